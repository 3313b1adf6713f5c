// What the server tells the map: a JSON block of the page, and the shapes of its answers.

export interface Settings {
  /** Address of raster tiles with {z}, {x}, {y}; null: the base map drawn by the portal. */
  tiles: string | null;
  attribution: string;
  /** West, south, east, north of what to show, WGS 84 degrees. */
  box: [number, number, number, number];
  /** The zoom that the address asks for; null: what fits the box. */
  zoom: number | null;
  maxZoom: number;
  /** The place that the address names. */
  found: Place | null;
  words: Words;
}

export interface Words {
  zoomIn: string;
  zoomOut: string;
  notFound: string;
  failed: string;
  here: string;
  looking: string;
  refused: string;
  unknown: string;
  copied: string;
  address: string;
}

/** One sign: a cluster with its box, or a single message with its address. */
export interface Sign {
  count: number;
  lon: number;
  lat: number;
  /** What a screen reader says. */
  label: string;
  href?: string;
  box?: [number, number, number, number];
  kind?: string;
  state?: string;
}

export interface Signs {
  count: number;
  signs: Sign[];
}

export interface Place {
  label: string;
  lon: number;
  lat: number;
  zoom: number;
  /** Whether its name stands for it in an address; where the reader is does not. */
  named: boolean;
}

export interface Places {
  places: Place[];
}

export function readSettings(id: string): Settings {
  const block = document.getElementById(id);
  if (!block?.textContent) throw new Error(`the page has no block ${id}`);
  return JSON.parse(block.textContent) as Settings;
}
