// A step is not sent into a dead line: what was typed stays on the page instead of the browser's error.

export function mindTheLine(): void {
  const words = document.querySelector<HTMLElement>("[data-offline-step]")?.dataset["offlineStep"];
  if (!words) return;
  const told = document.createElement("p");
  told.className = "offline";
  told.setAttribute("role", "alert");
  document.addEventListener(
    "submit",
    (event) => {
      told.textContent = "";
      if (navigator.onLine || !(event.target instanceof HTMLFormElement)) return;
      event.preventDefault();
      event.stopPropagation();
      const near = event.submitter?.closest(".actions") ?? event.submitter ?? event.target;
      near.after(told);
      told.textContent = words;
    },
    { capture: true },
  );
  window.addEventListener("online", () => (told.textContent = ""));
}
