// How htmx works here: without evaluating, without keeping pages in the browser, with our token; and what
// is said when an answer does not come.

import htmx from "htmx.org";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false, // the content security policy allows no styles of a script
  attributesToSettle: [], // nothing here moves from one style to another
  selfRequestsOnly: true,
  // Pages with personal data are not kept: the Back button asks the server.
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "400|409", swap: true }, // a form with its faults; the page as it is since
    { code: "...", swap: false, error: true },
  ],
});

function tell(kind: "session" | "other" | ""): void {
  const words = document.querySelector<HTMLTemplateElement>(`#trouble-${kind}`)?.content.cloneNode(true);
  document.querySelector("#trouble")?.replaceChildren(...(words ? [words] : []));
}

/** Whether the page asks by itself: then nobody waits for the answer. */
function isByItself(element: Element): boolean {
  return element.matches("[data-asks], #lease");
}

document.addEventListener("htmx:configRequest", (event) => {
  const { headers, parameters, verb } = (event as CustomEvent).detail;
  const cookie = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie);
  headers["X-CSRFToken"] = cookie?.[1] ?? "";
  // After a new log-in the one in the form is an old one.
  parameters.delete("csrfmiddlewaretoken");
  if (verb !== "get") return;
  // An address says what is chosen, and not what is not.
  for (const [name, value] of [...parameters.entries()]) if (value === "") parameters.delete(name);
});

document.addEventListener("htmx:sendError", (event) => {
  if (!isByItself((event as CustomEvent).detail.requestConfig.elt)) tell("other");
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = (event as CustomEvent).detail;
  if (xhr.status === 401 || xhr.status === 403) tell("session");
  else if (!isByItself(requestConfig.elt)) tell("other");
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isByItself((event as CustomEvent).detail.requestConfig.elt)) tell("");
});
