// Files are sent as soon as they are chosen, and removed as soon as they are ticked.

export function sendFiles(): void {
  const part = document.querySelector<HTMLElement>(".photos");
  const field = part?.querySelector<HTMLInputElement>("input[type=file]");
  const list = part?.querySelector<HTMLElement>(".photos__list");
  const form = field?.form;
  if (!part || !field || !list || !form) return;

  const send = async (): Promise<void> => {
    const data = new FormData(form);
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
    }
  };

  field.addEventListener("change", () => void send());
  list.addEventListener("change", () => void send());
}

function tell(list: HTMLElement, words: string): void {
  const line = list.querySelector(".photos__told") ?? list.appendChild(document.createElement("p"));
  line.className = "photos__told";
  line.textContent = words;
}
