// The moderators' desk by keyboard: j and k move, a, r and m go to a decision, ? tells of them.
// Nothing is decided by one key: each leads to the button or field that does.

const OFF = "desk-keys-off";

function isOn(): boolean {
  return localStorage.getItem(OFF) === null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function move(by: number): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".queue .card__link")];
  const here = links.findIndex((link) => link === document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}

function goTo(selector: string): void {
  const found = document.querySelector<HTMLElement>(selector);
  const folded = found?.closest("details");
  if (folded) folded.open = true;
  found?.focus();
  found?.scrollIntoView({ block: "center" });
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

const KEYS: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  a: () => goTo("[aria-labelledby=accepting] button"),
  r: () => goTo("[aria-labelledby=rejecting] select"),
  m: () => goTo("#merge button"),
  "?": showHelp,
};
// The keys of a Russian keyboard in the same places.
const RUSSIAN: Record<string, string> = { о: "j", л: "k", ф: "a", к: "r", ь: "m" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
  if (isTyping(event.target) || help?.open) return;
  const act = KEYS[RUSSIAN[event.key] ?? event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
