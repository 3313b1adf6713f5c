// A list of addresses under the field while one types (WAI-ARIA combobox with a list box).

import { latest, settled } from "./page";

export interface Place {
  label: string;
  /** The label, with the house that was typed where only its street is known. */
  address: string;
  /** What must be known before it is chosen, often nothing. */
  note: string;
  lat: number;
  lon: number;
}

export function suggest(
  field: HTMLInputElement,
  url: string,
  label: string,
  nothing: string,
  choose: (place: Place) => void,
): void {
  const list = document.createElement("ul");
  list.id = `${field.id}-places`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  const around = document.createElement("div");
  around.className = "suggestions__field";
  // Whoever types already must not lose the field under the fingers.
  const hadFocus = document.activeElement === field;
  field.replaceWith(around);
  const told = document.createElement("p");
  told.className = "suggestions__none";
  told.setAttribute("role", "status");
  around.append(field, list, told);
  if (hadFocus) field.focus();
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  let places: Place[] = [];
  let active = -1;

  const close = (): void => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const take = (index: number): void => {
    const place = places[index];
    if (!place) return;
    told.textContent = "";
    field.value = place.address;
    close();
    choose(place);
  };
  const light = (index: number): void => {
    active = (index + places.length) % places.length;
    [...list.children].forEach((option, n) =>
      option.setAttribute("aria-selected", String(n === active)),
    );
    list.children[active]?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", `${list.id}-${active}`);
  };
  const show = (found: Place[]): void => {
    places = found;
    list.replaceChildren(
      ...found.map((place, n) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${n}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = place.label;
        if (place.note) {
          const note = document.createElement("span");
          note.className = "field__optional";
          note.textContent = place.note;
          option.append(" ", note);
        }
        // Before the field loses the focus, and with it the list.
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          take(n);
        });
        return option;
      }),
    );
    told.textContent = found.length ? "" : nothing;
    active = -1;
    list.hidden = found.length === 0 || document.activeElement !== field;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };

  const load = latest((answer) => answer.json() as Promise<{ places: Place[] }>);
  field.addEventListener(
    "input",
    settled(() => {
      if (field.value.trim().length < 3) {
        told.textContent = "";
        return close();
      }
      void load(`${url}?${new URLSearchParams({ q: field.value })}`, (answer) =>
        show(answer.places),
      );
    }),
  );
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") light(active + 1);
    else if (event.key === "ArrowUp") light(active < 0 ? places.length - 1 : active - 1);
    else if (event.key === "Enter" && active >= 0) take(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
