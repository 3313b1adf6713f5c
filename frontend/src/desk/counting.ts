// What runs out by the second: decisions that have not gone out yet, and how long a message is kept.

const began = new WeakMap<Element, number>();

function tick(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-seconds]")) {
    const start = began.get(place) ?? Date.now();
    began.set(place, start);
    const seconds = Math.ceil(Number(place.dataset["seconds"]) - (Date.now() - start) / 1000);
    if (seconds > Number(place.dataset["from"] ?? Infinity)) continue;
    const words = seconds > 0 ? place.dataset["words"] : place.dataset["over"];
    say(place, (words ?? "").replace("{}", String(seconds)));
  }
}

function say(place: HTMLElement, words: string): void {
  if (place.textContent === words) return; // a screen reader says it once
  place.textContent = words;
  const end = place.closest<HTMLElement>(".at-the-end");
  if (end) end.hidden = false;
}

tick();
window.setInterval(tick, 1000);
