// Passing a message on by the device's own means, else by copying its address; and printing it.

export function pass(): void {
  const box = document.querySelector<HTMLElement>("#share");
  const field = box?.querySelector<HTMLInputElement>("input");
  const status = box?.querySelector<HTMLElement>("[role=status]");
  const actions = box?.querySelector<HTMLElement>(".actions");
  if (!box || !field || !status || !actions) return;
  const button = (name: string): HTMLButtonElement | null =>
    box.querySelector<HTMLButtonElement>(`[data-do=${name}]`);

  actions.hidden = false;
  const share = button("share");
  const data = { title: box.dataset.title ?? "", url: field.value };
  if (share && "share" in navigator) {
    share.hidden = false;
    // A reader who changes their mind is no mistake.
    share.addEventListener("click", () => void navigator.share(data).catch(() => undefined));
  }
  button("copy")?.addEventListener("click", () => {
    const select = (): void => {
      field.select();
      status.textContent = box.dataset.selected ?? "";
    };
    if (!("clipboard" in navigator)) return select();
    void navigator.clipboard.writeText(field.value).then(() => {
      status.textContent = box.dataset.copied ?? "";
    }, select);
  });
  button("print")?.addEventListener("click", () => void print());
  field.addEventListener("focus", () => field.select());
}

/** Prints the page once every photo of it is there. */
async function print(): Promise<void> {
  const photos = [...document.querySelectorAll<HTMLImageElement>("main img[src]")];
  for (const photo of photos) photo.loading = "eager";
  await Promise.allSettled(photos.map((photo) => photo.decode()));
  window.print();
}
