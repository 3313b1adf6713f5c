// The page of one message: a decision that has faults comes back in its place, what would be read is shown
// beside the form, and is read anew when the form was changed.

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as CustomEvent;
  if (detail.xhr.status === 409) {
    // The message is not as it was: the whole page tells how it is, and what was written in vain.
    detail.target = document.querySelector("#main");
    detail.swapOverride = "outerHTML show:window:top";
  } else if (detail.xhr.status === 400) {
    detail.target = detail.requestConfig.elt.closest(".card");
    detail.swapOverride = "outerHTML";
  }
  // The answer is the whole page then, as without a script.
  if (detail.target.matches("#main, .card")) detail.selectOverride = `#${detail.target.id}`;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.target as HTMLElement;
  const fault = place.querySelector<HTMLElement>("[aria-invalid=true]");
  if (fault && place.matches(".card")) fault.focus();
  else if (place.id === "main") place.focus();
  else if (place.matches(".shown") && isPressed(event as CustomEvent)) place.focus();
});

function isPressed(event: CustomEvent): boolean {
  return event.detail.requestConfig.triggeringEvent?.type !== "input";
}

// Until it is read anew nothing can be sent that was shown otherwise.
document.addEventListener("input", (event) => {
  const card = (event.target as Element).closest(".card");
  for (const shown of card?.querySelectorAll<HTMLElement>(".shown") ?? []) shown.inert = true;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.target as HTMLElement;
  if (place.matches(".shown")) place.inert = false;
});

// A reason that was chosen before this came, or that the browser has kept, shows its letter as well.
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) return;
  const reason = document.querySelector<HTMLSelectElement>("#reject [name=reason]");
  if (reason?.value) reason.dispatchEvent(new Event("input", { bubbles: true }));
});
