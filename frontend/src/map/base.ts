// The base layer: raster tiles of the settings, or the portal's own in the reader's theme and language.

import * as L from "leaflet";
import type { Settings } from "./settings";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function baseLayer(
  settings: Pick<Settings, "tiles" | "attribution" | "maxZoom">,
): L.TileLayer {
  const { tiles, attribution, maxZoom } = settings;
  if (tiles) return L.tileLayer(tiles, { attribution, maxZoom });
  const layer = L.tileLayer(ownTiles(), { attribution, maxZoom });
  dark.addEventListener("change", () => layer.setUrl(ownTiles()));
  return layer;
}

function ownTiles(): string {
  const theme = dark.matches ? "dark" : "light";
  return `/tiles/base/{z}/{x}/{y}.svg?theme=${theme}&lang=${document.documentElement.lang}`;
}
