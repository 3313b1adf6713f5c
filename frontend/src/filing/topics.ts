// The list of topics follows what is typed.

import { latest, settled } from "./page";

export function searchTopics(): void {
  const field = document.querySelector<HTMLInputElement>("#topic-search");
  const list = document.querySelector<HTMLElement>("#topics");
  const form = field?.form;
  if (!field || !list || !form) return;
  const load = latest((answer) => answer.text());
  field.addEventListener(
    "input",
    settled(() => {
      const query = new URLSearchParams({ fragment: "1" });
      new FormData(form).forEach((value, name) => query.set(name, String(value)));
      void load(`${form.action}?${query}`, (html) => {
        list.innerHTML = html;
      });
    }),
  );
}
