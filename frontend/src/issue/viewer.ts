// Photos in large, one after the other: arrow keys, buttons, Escape.

export function enlarge(): void {
  const viewer = document.querySelector<HTMLDialogElement>("#viewer");
  const picture = viewer?.querySelector<HTMLImageElement>(".viewer__photo");
  const place = viewer?.querySelector<HTMLElement>(".viewer__place");
  const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-photo]")];
  if (!viewer || !picture || !place || !links.length || !("showModal" in viewer)) return;

  let shown = 0;
  const show = (index: number): void => {
    shown = (index + links.length) % links.length;
    const link = links[shown];
    if (!link) return;
    picture.src = link.href;
    picture.alt = link.querySelector("img")?.alt ?? link.textContent ?? "";
    place.textContent = (viewer.dataset.place ?? "{n}")
      .replace("{n}", String(shown + 1))
      .replace("{all}", String(links.length));
  };
  links.forEach((link, index) => {
    link.addEventListener("click", (event) => {
      // A new tab stays a new tab.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(index);
      viewer.showModal();
    });
  });
  const does: Record<string, () => void> = {
    back: () => show(shown - 1),
    forward: () => show(shown + 1),
    close: () => viewer.close(),
  };
  for (const button of viewer.querySelectorAll<HTMLButtonElement>("[data-do]")) {
    const name = button.dataset.do ?? "";
    if (links.length === 1 && name !== "close") button.hidden = true;
    button.addEventListener("click", () => does[name]?.());
  }
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(shown - 1);
    if (event.key === "ArrowRight") show(shown + 1);
  });
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close();
  });
  viewer.addEventListener("close", () => {
    picture.removeAttribute("src");
    links[shown]?.focus();
  });
}
