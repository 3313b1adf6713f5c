// What is typed is kept while one types, so that a closed tab loses nothing.

import { settled } from "./page";

/** Milliseconds without a press after which the draft is kept. */
const PAUSE = 1200;

export function saveDraft(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-autosave]");
  const url = form?.dataset["autosave"];
  if (!form || !url) return;
  const told = form.querySelector<HTMLElement>(".saved");
  let leaving = false;

  const save = async (): Promise<void> => {
    if (leaving) return;
    try {
      const answer = await fetch(url, { method: "POST", body: typed(form), keepalive: true });
      if (told) told.textContent = answer.ok ? (form.dataset["saved"] ?? "") : "";
    } catch {
      // No network: the step itself brings everything later.
      if (told) told.textContent = "";
    }
  };
  const saveSoon = settled(() => void save(), PAUSE);
  form.addEventListener("input", saveSoon);
  // On a slow line somebody types before the script has come, and perhaps no more after it.
  const text = form.querySelector("textarea");
  if (text && text.value !== text.defaultValue) saveSoon();
  // The step brings it all by itself; what comes after it would bring the draft back.
  form.addEventListener("submit", () => (leaving = true));
  window.addEventListener("pageshow", () => (leaving = false));
}

/** The form without its files: they are sent as soon as they are chosen. */
function typed(form: HTMLFormElement): FormData {
  const data = new FormData(form);
  data.delete("photos");
  data.delete("remove");
  return data;
}
