// One press sends once. The server sees to it too: this only spares the second request.

export function onceOnly(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-once]");
  button?.form?.addEventListener("submit", () => {
    // After the browser has read the form, or the button's own value would be missing.
    window.setTimeout(() => {
      button.disabled = true;
    });
  });
  // Back from the next page the button must work again.
  window.addEventListener("pageshow", () => {
    if (button) button.disabled = false;
  });
}
