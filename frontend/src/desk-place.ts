// The place of a message at the moderators' desk: a map that writes the figures, and who answers there.

import "leaflet/dist/leaflet.css";
import * as L from "leaflet";
import { latest, settled } from "./filing/page";
import { movablePin } from "./map/pin";
import type { Signs } from "./map/settings";
import { smallMap, typedPoint } from "./map/small";

const CLOSE = 15; // a quarter and its neighbours
const DIGITS = 5; // a metre

function begin(field: HTMLElement): void {
  const box = field.querySelector<HTMLElement>(".place-map");
  const figures = field.querySelector<HTMLInputElement>("input");
  const told = field.querySelector<HTMLElement>(".place-told");
  const back = field.querySelector<HTMLButtonElement>(".place-back");
  const topic = figures?.form?.querySelector<HTMLSelectElement>("[name=topic]");
  const author = pointOf(box?.dataset["author"] ?? "");
  if (!box || !figures || !told || !back || !topic || !author) return;

  const map = smallMap(box);
  map.scrollWheelZoom.disable(); // the page is scrolled over it
  const load = latest((answer) => answer.text());
  const tell = (): void => {
    const query = new URLSearchParams({ point: figures.value, topic: topic.value });
    void load(`${box.dataset["told"]}?${query}`, (html) => {
      told.innerHTML = html;
    });
    back.hidden = figures.value === box.dataset["author"];
  };
  const put = movablePin(map, box.dataset["pinLabel"] ?? "", (point) => {
    figures.value = `${point.lat.toFixed(DIGITS)}, ${point.lng.toFixed(DIGITS)}`;
    figures.dispatchEvent(new Event("input", { bubbles: true })); // as if typed: the message stays taken
    forgetFault(figures);
    tell();
  });
  const show = (point: L.LatLng): void => {
    put(point);
    map.setView(point, CLOSE);
  };
  // While one types, not when one leaves the field: a button must not move away under the pointer.
  const typed = settled(() => {
    const point = pointOf(figures.value);
    if (point) show(point);
    forgetFault(figures);
    tell();
  });
  figures.addEventListener("input", (event) => {
    if (event.isTrusted) typed();
  });
  topic.addEventListener("change", tell);
  back.addEventListener("click", () => {
    figures.value = box.dataset["author"] ?? "";
    forgetFault(figures);
    show(author);
    tell();
    figures.focus(); // the button goes
  });
  showNeighbours(map, box.dataset["signs"] ?? "");
  show(pointOf(figures.value) ?? author);
  back.hidden = figures.value === box.dataset["author"];
}

/** Published messages near by, to be seen and not to be pressed. */
function showNeighbours(map: L.Map, signs: string): void {
  const group = L.layerGroup().addTo(map);
  const load = latest((answer) => answer.json() as Promise<Signs>);
  map.on("moveend", () => {
    const query = `bbox=${map.getBounds().toBBoxString()}&zoom=${map.getZoom()}`;
    void load(`${signs}?${query}`, (found) => {
      group.clearLayers();
      for (const { lat, lon, count, label } of found.signs) {
        const html = count > 1 ? String(count) : "";
        const icon = L.divIcon({ className: "place-map__other", html, iconSize: [22, 22] });
        const options = { icon, title: label, keyboard: false, bubblingMouseEvents: true };
        L.marker([lat, lon], options).addTo(group);
      }
    });
  });
}

function pointOf(figures: string): L.LatLng | undefined {
  const [lat = "", lon = ""] = figures.split(",");
  return typedPoint(lat, lon);
}

/** The server judges the new place. */
function forgetFault(figures: HTMLInputElement): void {
  figures.removeAttribute("aria-invalid");
  figures.closest(".field")?.classList.remove("field--error");
  document.querySelector(`#${figures.id}_error`)?.remove();
}

function beginAll(): void {
  document.querySelectorAll<HTMLElement>(".place-field").forEach((field) => {
    if (!field.querySelector(".leaflet-container")) begin(field);
  });
}

beginAll();
// Where a part of the page was put anew, there is a new field.
document.addEventListener("htmx:load", beginAll);
