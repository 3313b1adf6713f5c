// One press sends once, and not into a dead line. The server sees to the first too.

/** Milliseconds after which a line that does not answer counts as dead. */
const PATIENCE = 8000;

export function onceOnly(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-once]");
  const form = button?.form;
  if (!button || !form) return;
  const told = form.querySelector<HTMLElement>(".offline");
  let checked = false;

  const send = async (): Promise<void> => {
    button.disabled = true;
    if (told) told.textContent = "";
    if (await alive(form, button.dataset["alive"] ?? "")) {
      checked = true;
      button.disabled = false; // a disabled button would send nothing
      form.requestSubmit(button);
    } else {
      button.disabled = false;
      if (told) told.textContent = button.dataset["offline"] ?? "";
    }
  };
  form.addEventListener("submit", (event) => {
    if (!checked) {
      event.preventDefault();
      void send();
      return;
    }
    // After the browser has read the form, or the button's own value would be missing.
    window.setTimeout(() => {
      button.disabled = true;
    });
  });
  // Back from the next page the button must work again.
  window.addEventListener("pageshow", () => {
    checked = button.disabled = false;
  });
}

/** Whether the server is there: it keeps the draft once more, so that a line cut later loses nothing. */
async function alive(form: HTMLFormElement, url: string): Promise<boolean> {
  const data = new FormData(form);
  data.delete("photos");
  try {
    await fetch(url, { method: "POST", body: data, signal: AbortSignal.timeout(PATIENCE) });
    return true;
  } catch {
    return false;
  }
}
