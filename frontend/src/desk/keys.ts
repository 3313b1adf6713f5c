// The desk by keyboard: j and k move, x chooses, a, r, m, b and u go to a decision, ? tells of them.
// Nothing is decided by one key: each leads to the button or field that does.

import { chooseFocused } from "./choosing";

const OFF = "desk-keys-off";

function isOn(): boolean {
  return localStorage.getItem(OFF) === null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function move(by: number): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".queue .card__link")];
  // From wherever in a row the focus is.
  const row = document.activeElement?.closest(".queue > li");
  const here = links.findIndex((link) => row?.contains(link));
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}

function goTo(selector: string): void {
  const found = document.querySelector<HTMLElement>(selector);
  const folded = found?.closest("details");
  if (folded) folded.open = true;
  if (!found) return;
  // What is in view stays where it is: the message is being read beside it.
  const { top, bottom } = found.getBoundingClientRect();
  found.focus({ preventScroll: true });
  if (top < 0 || bottom > window.innerHeight) found.scrollIntoView({ block: "center" });
}

const help = document.querySelector<HTMLDialogElement>("#keys");
const helpButton = document.querySelector<HTMLButtonElement>(".keys-open");

function showHelp(): void {
  const box = help?.querySelector<HTMLInputElement>("[name=keys]");
  if (box) box.checked = isOn();
  help?.showModal();
}

help?.addEventListener("close", () => {
  if (help.querySelector<HTMLInputElement>("[name=keys]")?.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});
if (helpButton) {
  helpButton.hidden = false;
  helpButton.addEventListener("click", showHelp);
}

const KEYS: Record<string, (event: KeyboardEvent) => void> = {
  x: (event) => chooseFocused(event.shiftKey),
  b: () => goTo("#bulk button"),
  u: () => goTo(".pending button"),
  j: () => move(1),
  k: () => move(-1),
  a: () => goTo("[aria-labelledby=accepting] .actions button"),
  r: () => goTo("[aria-labelledby=rejecting] select"),
  m: () => goTo("#merge button"),
  "?": showHelp,
};
// The keys of a Russian keyboard in the same places.
const RUSSIAN: Record<string, string> = {
  о: "j", л: "k", ф: "a", к: "r", ь: "m", ч: "x", и: "b", г: "u",
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
  if (isTyping(event.target) || help?.open) return;
  const key = event.key.toLowerCase(); // with Caps Lock too
  const act = KEYS[RUSSIAN[key] ?? key];
  if (act) {
    event.preventDefault();
    act(event);
  }
});
