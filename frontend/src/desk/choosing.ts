// The boxes of the queue: one by one, or with Shift all from the last one to this. The rows may be new at
// any time, so everything is asked of the page as it stands.

const last = { number: "" };

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(".pick input")];
}

function choose(box: HTMLInputElement, upTo: boolean): void {
  const all = boxes();
  const from = all.findIndex((one) => one.value === last.number);
  if (upTo && from >= 0) {
    const ends = [from, all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(ends[0], (ends[1] ?? 0) + 1)) one.checked = true;
  }
  last.number = box.value;
  count();
}

/** Chooses the message whose row has the focus, or takes it out again. */
export function chooseFocused(upTo: boolean): void {
  const box = document.activeElement?.closest(".queue > li")?.querySelector<HTMLInputElement>(".pick input");
  if (!box) return;
  if (!upTo) box.checked = !box.checked;
  choose(box, upTo);
}

/** The numbers of the chosen messages. */
export function chosen(): Set<string> {
  return new Set(boxes().filter((box) => box.checked).map((box) => box.value));
}

/** Checks the boxes of these messages, where they are still there. */
export function chooseAgain(numbers: Set<string>): void {
  for (const box of boxes()) box.checked = numbers.has(box.value);
  count();
}

function count(): void {
  const place = document.querySelector<HTMLElement>(".bulk__count");
  const found = chosen().size;
  if (place) place.textContent = found ? (place.dataset["words"] ?? "").replace("{}", String(found)) : "";
}

document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches(".pick input")) {
    choose(event.target, event.shiftKey);
  }
});
count(); // a browser that goes back keeps what was chosen
