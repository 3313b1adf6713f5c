// A small map in a page: what it is told stands in the data attributes of its element.

import * as L from "leaflet";
import { baseLayer } from "./base";

const MAX_ZOOM = 18;

export function smallMap(box: HTMLElement, told: DOMStringMap = box.dataset): L.Map {
  box.hidden = false;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", told["mapLabel"] ?? "");
  const attribution = told["attribution"] ?? "";
  const map = L.map(box, { attributionControl: Boolean(attribution), zoomControl: false });
  map.attributionControl?.setPrefix(false);
  L.control
    .zoom({ zoomInTitle: told["zoomIn"] ?? "", zoomOutTitle: told["zoomOut"] ?? "" })
    .addTo(map);
  baseLayer({ tiles: told["tiles"] || null, attribution, maxZoom: MAX_ZOOM }).addTo(map);
  return map;
}

/** West, south, east, north as the page writes them. */
export function boundsOf(box: string | undefined): L.LatLngBounds {
  const [west = 0, south = 0, east = 0, north = 0] = (box ?? "").split(",").map(Number);
  return L.latLngBounds([south, west], [north, east]);
}

/** Two typed numbers, undefined where they are none. */
export function typedPoint(lat: string, lon: string): L.LatLng | undefined {
  const [y, x] = [lat, lon].map((value) => Number.parseFloat(value.replace(",", ".")));
  return y !== undefined && x !== undefined && Number.isFinite(y + x) ? L.latLng(y, x) : undefined;
}
