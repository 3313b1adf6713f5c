// The place step: a map to press on, addresses while typing, and who answers there.

import "leaflet/dist/leaflet.css";
import * as L from "leaflet";
import { suggest } from "./suggestions";
import { baseLayer } from "../map/base";
import { latest } from "./page";

/** The zoom that shows a house. */
const CLOSE = 16;
const MAX_ZOOM = 18;

export function pickPlace(): void {
  const box = document.querySelector<HTMLElement>("#place-map");
  const address = document.querySelector<HTMLInputElement>("#id_address");
  const lat = document.querySelector<HTMLInputElement>("#id_lat");
  const lon = document.querySelector<HTMLInputElement>("#id_lon");
  const responsible = document.querySelector<HTMLElement>("#responsible");
  if (!box || !address || !lat || !lon || !responsible) return;

  const data = box.dataset;
  const [west = 0, south = 0, east = 0, north = 0] = (data["box"] ?? "").split(",").map(Number);
  box.hidden = false;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", data["mapLabel"] ?? "");
  const attribution = data["attribution"] ?? "";
  const map = L.map(box, { attributionControl: Boolean(attribution), zoomControl: false });
  map.attributionControl?.setPrefix(false);
  L.control
    .zoom({ zoomInTitle: data["zoomIn"] ?? "", zoomOutTitle: data["zoomOut"] ?? "" })
    .addTo(map);
  map.fitBounds(L.latLngBounds([south, west], [north, east]));
  baseLayer({ tiles: data["tiles"] || null, attribution, maxZoom: MAX_ZOOM }).addTo(map);

  const marker = L.marker([0, 0], {
    draggable: true,
    keyboard: false,
    icon: L.divIcon({ className: "place-map__pin", iconSize: [28, 28], iconAnchor: [14, 28] }),
  });
  const loadResponsible = latest((answer) => answer.text());
  const loadAddress = latest((answer) => answer.json() as Promise<{ label: string }>);
  // An address that the map has written may be overwritten by it; one typed by hand may not.
  let written = "";

  const mark = (point: L.LatLng): void => {
    const at = point.wrap();
    lat.value = at.lat.toFixed(6);
    lon.value = at.lng.toFixed(6);
    marker.setLatLng(at).addTo(map);
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

  map.on("click", (event) => markAndName(event.latlng));
  marker.on("dragend", () => markAndName(marker.getLatLng()));
  suggest(address, data["places"] ?? "", data["found"] ?? "", (place) => {
    written = place.address;
    const point = L.latLng(place.lat, place.lon);
    mark(point);
    map.setView(point, Math.max(map.getZoom(), CLOSE));
  });
  for (const field of [lat, lon]) {
    field.addEventListener("change", () => {
      const point = typed(lat.value, lon.value);
      if (!point) return;
      markAndName(point);
      map.setView(point, CLOSE);
    });
  }
  const before = typed(lat.value, lon.value);
  const seen = typed(...((data["seen"] || ",").split(",") as [string, string]));
  if (seen) {
    const icon = L.divIcon({ className: "place-map__seen", iconSize: [18, 18] });
    L.marker(seen, { icon, interactive: false, keyboard: false }).addTo(map);
  }
  if (before) marker.setLatLng(before).addTo(map);
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

function typed(lat: string, lon: string): L.LatLng | undefined {
  const [y, x] = [lat, lon].map((value) => Number.parseFloat(value.replace(",", ".")));
  return y !== undefined && x !== undefined && Number.isFinite(y + x) ? L.latLng(y, x) : undefined;
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
