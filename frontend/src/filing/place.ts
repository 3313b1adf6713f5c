// The place step: a map to press on, addresses while typing, and who answers there.

import "leaflet/dist/leaflet.css";
import * as L from "leaflet";
import { suggest } from "./suggestions";
import { movablePin } from "../map/pin";
import { boundsOf, smallMap, typedPoint } from "../map/small";
import { latest } from "./page";

/** The zoom that shows a house. */
const CLOSE = 16;

export function pickPlace(): void {
  const box = document.querySelector<HTMLElement>("#place-map");
  const address = document.querySelector<HTMLInputElement>("#id_address");
  const lat = document.querySelector<HTMLInputElement>("#id_lat");
  const lon = document.querySelector<HTMLInputElement>("#id_lon");
  const responsible = document.querySelector<HTMLElement>("#responsible");
  if (!box || !address || !lat || !lon || !responsible) return;

  const data = box.dataset;
  const map = smallMap(box);
  map.fitBounds(boundsOf(data["box"]));

  const loadResponsible = latest((answer) => answer.text());
  const loadAddress = latest((answer) => answer.json() as Promise<{ label: string }>);
  // An address that the map has written may be overwritten by it; one typed by hand may not.
  let written = "";

  const mark = (point: L.LatLng): void => {
    const at = point.wrap();
    lat.value = at.lat.toFixed(6);
    lon.value = at.lng.toFixed(6);
    put(at);
    forgetFaults(address, lat, lon);
    const query = new URLSearchParams({ lon: lon.value, lat: lat.value });
    query.set("kind", data["kind"] ?? "");
    query.set("topic", data["topic"] ?? "");
    void loadResponsible(`${data["responsible"]}?${query}`, (html) => {
      responsible.innerHTML = html;
    });
  };
  const markAndName = (point: L.LatLng): void => {
    mark(point);
    const query = new URLSearchParams({ lon: lon.value, lat: lat.value });
    void loadAddress(`${data["address"]}?${query}`, ({ label }) => {
      if (label && (!address.value || address.value === written)) {
        written = address.value = label;
      }
    });
  };

  const put = movablePin(map, data["pinLabel"] ?? "", markAndName);
  suggest(address, data["places"] ?? "", data["found"] ?? "", data["nothing"] ?? "", (place) => {
    written = place.address;
    const point = L.latLng(place.lat, place.lon);
    mark(point);
    map.setView(point, Math.max(map.getZoom(), CLOSE));
  });
  for (const field of [lat, lon]) {
    field.addEventListener("change", () => {
      const point = typedPoint(lat.value, lon.value);
      if (!point) return;
      markAndName(point);
      map.setView(point, CLOSE);
    });
  }
  const before = typedPoint(lat.value, lon.value);
  const seen = typedPoint(...((data["seen"] || ",").split(",") as [string, string]));
  if (seen) {
    const icon = L.divIcon({ className: "place-map__seen", iconSize: [18, 18] });
    L.marker(seen, { icon, interactive: false, keyboard: false }).addTo(map);
  }
  if (before) put(before);
  const start = before ?? seen;
  if (start) map.setView(start, CLOSE);
  if ("geolocation" in navigator && window.isSecureContext) {
    locate(box, data["locate"] ?? "", data["notLocated"] ?? "", (point) => {
      markAndName(point);
      map.setView(point, CLOSE);
    });
  }
}

/** Takes away what was said of the place before: the server judges the new one. */
function forgetFaults(...fields: HTMLInputElement[]): void {
  const told = "[role=alert].notice--error, [data-search-told]";
  document.querySelectorAll(told).forEach((words) => words.remove());
  for (const field of fields) {
    field.closest(".field")?.classList.remove("field--error");
    field.removeAttribute("aria-invalid");
    document.querySelector(`#${field.id}_error`)?.remove();
  }
}

function locate(box: HTMLElement, label: string, failed: string, use: (p: L.LatLng) => void): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet place-locate";
  button.textContent = label;
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        told.textContent = "";
        use(L.latLng(coords.latitude, coords.longitude));
      },
      () => {
        told.textContent = failed;
      },
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  });
  (document.querySelector(".place-ways") ?? box).append(button);
  box.before(told);
}
