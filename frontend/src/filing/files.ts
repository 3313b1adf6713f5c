// Files are sent as soon as they are chosen, and removed as soon as they are ticked.

export function sendFiles(): void {
  const part = document.querySelector<HTMLElement>(".photos");
  const field = part?.querySelector<HTMLInputElement>("input[type=file]");
  const list = part?.querySelector<HTMLElement>(".photos__list");
  const form = field?.form;
  if (!part || !field || !list || !form) return;

  /** Files that a dead line has not taken. */
  let waiting: File[] = [];

  const send = async (): Promise<void> => {
    const data = new FormData(form);
    const hadFocus = list.contains(document.activeElement);
    // What is typed goes with the step itself: here only the files matter.
    data.delete("asks_words");
    for (const file of waiting) data.append("photos", file);
    waiting = [...waiting, ...(field.files ?? [])];
    field.value = "";
    list.setAttribute("aria-busy", "true");
    tell(list, part.dataset["sending"] ?? "");
    try {
      const answer = await fetch(part.dataset["files"] ?? "", { method: "POST", body: data });
      waiting = [];
      if (answer.ok) list.innerHTML = await answer.text();
      else tell(list, part.dataset["failed"] ?? "");
    } catch {
      tell(list, part.dataset["waiting"] ?? "");
      offer(list, part.dataset["again"] ?? "", start);
      // A line that never takes them must keep nobody on the page.
      offer(list, part.dataset["without"] ?? "", () => {
        waiting = [];
        tell(list, "");
        field.focus();
      });
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
  window.addEventListener("online", () => {
    if (waiting.length) start();
  });
  // Whoever presses on before the files are there goes on once they are.
  form.addEventListener("submit", (event) => {
    if (waiting.length && !running) start();
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    // Still a dead line: the files and the page stay where they are.
    void running.then(() => {
      if (!waiting.length) form.requestSubmit(button);
    });
  });
}

function tell(list: HTMLElement, words: string): void {
  const line = list.querySelector(".photos__told") ?? list.appendChild(document.createElement("p"));
  line.className = "photos__told";
  line.textContent = words;
}

function offer(list: HTMLElement, words: string, act: () => void): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  button.textContent = words;
  button.addEventListener("click", act);
  list.querySelector(".photos__told")?.append(" ", button);
}
