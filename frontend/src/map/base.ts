// The base layer: raster tiles of the settings, or the portal's own in the reader's theme and language.

import * as L from "leaflet";
import type { Settings } from "./settings";

const TILE = 256;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

class BaseLayer extends L.TileLayer {
  /** Leaflet's own redraw asks for tiles of the map's zoom, which need not be a whole number. */
  change(url: string): void {
    this.setUrl(url, true);
    const map = this._map as L.Map | null;
    if (map) this.remove().addTo(map);
  }
}

export function baseLayer(
  settings: Pick<Settings, "tiles" | "attribution" | "maxZoom">,
): L.TileLayer {
  const { tiles, attribution, maxZoom } = settings;
  const layer = new BaseLayer(tiles ?? ownTiles(), { attribution, maxZoom });
  if (!tiles) dark.addEventListener("change", () => layer.change(ownTiles()));
  // Between two whole zooms a browser rounds each tile by itself, and the ground shows through.
  layer.on("tileloadstart", ({ tile }: L.TileEvent) => {
    tile.style.width = tile.style.height = `${TILE + 1}px`;
  });
  return layer;
}

function ownTiles(): string {
  const theme = dark.matches ? "dark" : "light";
  return `/tiles/base/{z}/{x}/{y}.svg?theme=${theme}&lang=${document.documentElement.lang}`;
}
