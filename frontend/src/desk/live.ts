// The queue stays true while somebody looks at it: what is shown changes in its place, and nothing moves.
// What has come up since is told, and shown when the moderator wants it.

import { chooseAgain, chosen } from "./choosing";

const OFF = "desk-live-off";

const box = document.querySelector<HTMLInputElement>(".live input");
if (box) {
  box.checked = localStorage.getItem(OFF) === null;
  box.closest<HTMLElement>(".live")!.hidden = false;
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event as CustomEvent;
  if (!detail.elt.matches("[data-asks]")) return;
  if (document.hidden || !box?.checked) {
    event.preventDefault();
    return;
  }
  for (const [name, value] of new URLSearchParams(location.search)) detail.parameters.append(name, value);
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  for (const number of new Set(rows.map((row) => row.dataset["row"]))) detail.parameters.append("shown", number);
  for (const held of document.querySelectorAll<HTMLElement>("[data-held]")) {
    detail.parameters.append("held", held.dataset["held"]);
  }
});

// What is as it was stays untouched; what had the focus has it after.
let left: Element | null = null;
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { detail } = event as CustomEvent;
  const fresh = detail.fragment.firstElementChild;
  if (fresh?.isEqualNode(detail.target)) {
    detail.shouldSwap = false;
  } else if (detail.target.contains(document.activeElement)) {
    left = detail.target.closest("li");
  }
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (document.activeElement !== document.body) return;
  const next = left?.querySelector<HTMLElement>("button") ?? left?.querySelector<HTMLElement>("a");
  next?.focus({ preventScroll: true });
  left = null;
});

let numbers = new Set<string>();
document.addEventListener("htmx:beforeSwap", (event) => {
  if ((event.target as Element).id === "list") numbers = chosen();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const list = event.target as HTMLElement;
  if (list.id !== "list") return;
  chooseAgain(numbers);
  // Who pressed what is not there any more goes on in the list.
  if (document.activeElement === document.body) list.focus({ preventScroll: true });
});
