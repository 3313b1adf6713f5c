// An area of the map, corner by corner: by pressing, or by keyboard with a button for the map's middle.

import * as L from "leaflet";
import { boundsOf, smallMap } from "../map/small";

const MOST_CORNERS = 100;

/** Returns what is to be called each time when the map comes into sight. */
export function drawArea(area: HTMLElement, shape: HTMLInputElement): () => void {
  const data = area.dataset;
  const told = area.querySelector<HTMLElement>(".area__told");
  const box = area.querySelector<HTMLElement>(".area__map");
  if (!told || !box) return () => undefined;
  let corners = read(shape.value);
  let map: L.Map | undefined;
  const drawn = L.polygon(corners, { interactive: false, className: "area__shape" });
  const marks = L.layerGroup();

  const show = (): void => {
    shape.value = corners.length
      ? JSON.stringify(corners.map(({ lat, lng }) => [round(lng), round(lat)]))
      : "";
    drawn.setLatLngs(corners);
    marks.clearLayers();
    for (const corner of corners) {
      const icon = L.divIcon({ className: "area__corner", iconSize: [14, 14] });
      L.marker(corner, { icon, interactive: false, keyboard: false }).addTo(marks);
    }
    told.textContent = corners.length
      ? `${data["corners"] ?? ""} ${corners.length}`
      : (data["none"] ?? "");
  };
  const add = (corner: L.LatLng): void => {
    if (corners.length < MOST_CORNERS) corners = [...corners, corner.wrap()];
    show();
  };
  area.addEventListener("click", (event) => {
    const wish = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset["do"];
    if (wish === "add" && map) add(map.getCenter());
    if (wish === "back") corners = corners.slice(0, -1);
    if (wish === "clear") corners = [];
    if (wish) show();
  });

  return () => {
    if (map) return;
    area.hidden = false;
    map = smallMap(box, data);
    map.fitBounds(corners.length ? L.latLngBounds(corners) : boundsOf(data["box"]));
    drawn.addTo(map);
    marks.addTo(map);
    map.on("click", (event) => add(event.latlng));
    show();
  };
}

function read(shape: string): L.LatLng[] {
  try {
    const corners = JSON.parse(shape || "[]") as [number, number][];
    return corners.map(([lon, lat]) => L.latLng(lat, lon));
  } catch {
    return [];
  }
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
