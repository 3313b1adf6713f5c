// Files are sent as soon as they are chosen, and removed as soon as they are ticked.

export function sendFiles(): void {
  const part = document.querySelector<HTMLElement>(".photos");
  const field = part?.querySelector<HTMLInputElement>("input[type=file]");
  const list = part?.querySelector<HTMLElement>(".photos__list");
  const form = field?.form;
  if (!part || !field || !list || !form) return;

  const send = async (): Promise<void> => {
    const data = new FormData(form);
    const hadFocus = list.contains(document.activeElement);
    // What is typed goes with the step itself: here only the files matter.
    data.delete("asks_words");
    field.value = "";
    list.setAttribute("aria-busy", "true");
    tell(list, part.dataset["sending"] ?? "");
    try {
      const answer = await fetch(part.dataset["files"] ?? "", { method: "POST", body: data });
      if (!answer.ok) throw new Error(String(answer.status));
      list.innerHTML = await answer.text();
    } catch {
      tell(list, part.dataset["failed"] ?? "");
    } finally {
      list.removeAttribute("aria-busy");
      // What was ticked to go is gone: the focus goes where files are added.
      if (hadFocus) field.focus();
    }
  };

  let running: Promise<void> | undefined;
  const start = (): void => {
    const mine = (running ?? Promise.resolve()).then(send).finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
  };
  field.addEventListener("change", start);
  list.addEventListener("change", start);
  // Whoever presses on before the files are there goes on once they are.
  form.addEventListener("submit", (event) => {
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    void running.then(() => form.requestSubmit(button));
  });
}

function tell(list: HTMLElement, words: string): void {
  const line = list.querySelector(".photos__told") ?? list.appendChild(document.createElement("p"));
  line.className = "photos__told";
  line.textContent = words;
}
