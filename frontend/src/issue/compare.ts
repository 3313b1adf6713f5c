// Two photos one over the other, with a slider that moves the border between them.

export function compare(): void {
  // Where a browser can not tell that there are scripts, the style sheet shows them side by side.
  if (!matchMedia("(scripting: enabled)").matches) return;
  for (const pair of document.querySelectorAll<HTMLElement>(".compare")) {
    const border = document.createElement("span");
    border.className = "compare__border";
    const slider = document.createElement("input");
    slider.type = "range";
    slider.value = "50";
    slider.step = "5";
    slider.setAttribute("aria-label", pair.dataset.label ?? "");
    const move = (): void => {
      pair.style.setProperty("--at", `${slider.value}%`);
      slider.setAttribute(
        "aria-valuetext",
        (pair.dataset.value ?? "{n}").replace("{n}", slider.value),
      );
    };
    slider.addEventListener("input", move);
    move();
    pair.append(border, slider);
  }
}
