// The list of topics follows what is typed.

import { latest, settled } from "./page";

export function searchTopics(): void {
  const field = document.querySelector<HTMLInputElement>("#topic-search");
  const list = document.querySelector<HTMLElement>("#topics");
  const url = field?.dataset["topics"];
  if (!field || !list || !url) return;
  const load = latest((answer) => answer.text());
  field.addEventListener(
    "input",
    settled(() => {
      const query = new URLSearchParams({ q: field.value, kind: field.dataset["kind"] ?? "" });
      void load(`${url}?${query}`, (html) => {
        list.innerHTML = html;
      });
    }),
  );
}
