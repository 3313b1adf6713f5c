// Shows the questions of the chosen way alone; without a script all of them stand there.

export function askOnlyChosen(shown: () => void): void {
  const choices = document.querySelectorAll<HTMLInputElement>("input[name=where]");
  const show = (): void => {
    const chosen = document.querySelector<HTMLInputElement>("input[name=where]:checked")?.value;
    document.querySelectorAll<HTMLElement>("[data-where]").forEach((part) => {
      part.hidden = part.dataset["where"] !== chosen;
    });
    if (chosen === "drawn") shown();
  };
  choices.forEach((choice) => choice.addEventListener("change", show));
  show();
}
