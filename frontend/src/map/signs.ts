// Draws signs as markers that a keyboard reaches and a screen reader names.

import * as L from "leaflet";
import type { Sign } from "./settings";

export class SignLayer {
  private readonly group = L.layerGroup();

  constructor(private readonly map: L.Map) {
    this.group.addTo(map);
  }

  show(signs: Sign[]): void {
    // A sign that had the focus gives it to the one that takes its place.
    const focused = document.activeElement?.getAttribute("data-place") ?? "";
    this.group.clearLayers();
    for (const sign of signs) this.add(sign, focused);
    // Where none does, the map itself has it: the next Tab goes on to the new signs.
    if (focused && document.activeElement === document.body) {
      this.map.getContainer().focus({ preventScroll: true });
    }
  }

  private add(sign: Sign, focused: string): void {
    const marker = L.marker([sign.lat, sign.lon], {
      icon: sign.count === 1 ? dropOf(sign) : ringOf(sign),
      riseOnHover: true,
      title: sign.label,
    });
    marker.addTo(this.group);
    const element = marker.getElement();
    if (!element) return;
    element.setAttribute("role", sign.href ? "link" : "button");
    element.setAttribute("aria-label", sign.label);
    element.dataset["place"] = `${sign.lat},${sign.lon}`;
    if (element.dataset["place"] === focused) element.focus();
    const open = (): void => this.open(sign);
    marker.on("click", open);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        open();
      }
    });
  }

  private open(sign: Sign): void {
    if (sign.href) {
      window.location.assign(sign.href);
    } else if (sign.box) {
      const [west, south, east, north] = sign.box;
      // In a flight the zoom is between two steps.
      const before = Math.round(this.map.getZoom());
      const fit = this.map.getBoundsZoom(
        [
          [south, west],
          [north, east],
        ],
        false,
        L.point(60, 60),
      );
      // Always closer, so that a press never seems dead.
      this.map.flyTo([(south + north) / 2, (west + east) / 2], fit > before ? fit : before + 1);
    }
  }
}

function ringOf(sign: Sign): L.DivIcon {
  const size = 30 + 7 * String(sign.count).length;
  return L.divIcon({ className: "sign", html: String(sign.count), iconSize: [size, size] });
}

function dropOf(sign: Sign): L.DivIcon {
  const svg = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(svg, "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg, "use");
  const sprite = document.getElementById("map")?.dataset["icons"] ?? "";
  use.setAttribute("href", `${sprite}#kind-${sign.kind ?? "problem"}`);
  icon.append(use);
  const holder = document.createElement("span");
  holder.append(icon);
  return L.divIcon({
    className: `sign sign--one sign--${sign.state ?? ""}`,
    html: holder,
    iconSize: [34, 34],
    iconAnchor: [17, 40],
  });
}
