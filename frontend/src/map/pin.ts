// A pin that is put by a press on the map, dragged, or moved by the arrow keys while it has the focus.

import * as L from "leaflet";

/** Pixels of one press of an arrow key; with Shift so many times more. */
const STEP = 4;
const LEAPS = 10;
const MARGIN = L.point(40, 40);

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Returns what puts the pin without a word; `moved` is told when the reader has moved it. */
export function movablePin(
  map: L.Map,
  label: string,
  moved: (point: L.LatLng) => void,
): (point: L.LatLng) => void {
  const marker = L.marker([0, 0], {
    draggable: true,
    zIndexOffset: 1000, // above all else
    title: label,
    icon: L.divIcon({ className: "place-map__pin", iconSize: [28, 28], iconAnchor: [14, 28] }),
  });
  const put = (point: L.LatLng): void => {
    marker.setLatLng(point.wrap()).addTo(map);
  };
  const move = (point: L.LatLng): void => {
    put(point);
    moved(marker.getLatLng());
  };
  map.on("click", (event) => move(event.latlng));
  marker.on("dragend", () => move(marker.getLatLng()));
  marker.on("add", () => {
    const element = marker.getElement();
    element?.setAttribute("aria-label", label);
    let isOnTheWay = false;
    const arrive = (): void => {
      if (isOnTheWay) moved(marker.getLatLng());
      isOnTheWay = false;
    };
    element?.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation(); // the map itself would move, too
      const by = L.point(arrow).multiplyBy(event.shiftKey ? LEAPS : 1);
      put(map.unproject(map.project(marker.getLatLng()).add(by)));
      map.panInside(marker.getLatLng(), { padding: MARGIN, animate: false });
      isOnTheWay = true;
    });
    // While a key is held nobody is asked about every step.
    element?.addEventListener("keyup", arrive);
    element?.addEventListener("blur", arrive);
  });
  return put;
}
