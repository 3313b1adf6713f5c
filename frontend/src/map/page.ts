// Keeps map, list, filters and the page's address telling the same.

import * as L from "leaflet";
import { baseLayer } from "./base";
import { locate } from "./near";
import type { Place, Places, Settings, Signs } from "./settings";
import { share } from "./share";
import { SignLayer } from "./signs";

const SETTLE_MS = 200;
// The whole region fills its frame only where a zoom need not be a whole number.
const ZOOM_STEP = 0.25;
const NEAR_ZOOM = 15;

export class MapPage {
  private readonly map: L.Map;
  private readonly signs: SignLayer;
  private readonly status = byId("map-status");
  private readonly list = byId("beside");
  private readonly filter = byId<HTMLFormElement>("map-filter");
  private readonly search = byId<HTMLFormElement>("place-search");
  private readonly pin = L.layerGroup();
  private found: Place | null = null;
  private timer = 0;
  private asking = new AbortController();
  /** Whether the last change was asked for, and not only a move of the map: the back button undoes it. */
  private isStep = false;
  private shown = window.location.search;

  constructor(
    private readonly element: HTMLElement,
    private readonly settings: Settings,
  ) {
    document.documentElement.classList.add("has-script");
    this.map = L.map(element, {
      zoomControl: false,
      zoomSnap: ZOOM_STEP,
      minZoom: 4,
      maxZoom: settings.maxZoom,
    });
    this.map.attributionControl.setPrefix(false);
    L.control
      .zoom({ zoomInTitle: settings.words.zoomIn, zoomOutTitle: settings.words.zoomOut })
      .addTo(this.map);
    this.signs = new SignLayer(this.map);
  }

  start(): void {
    const [west, south, east, north] = this.settings.box;
    const { zoom } = this.settings;
    if (zoom === null) {
      this.map.fitBounds([
        [south, west],
        [north, east],
      ]);
    } else {
      this.map.setView([(south + north) / 2, (west + east) / 2], zoom);
    }
    baseLayer(this.settings).addTo(this.map);
    this.pin.addTo(this.map);
    if (this.settings.found) this.mark(this.settings.found);
    this.map.on("moveend", () => this.soon());
    this.filter.addEventListener("change", () => {
      this.isStep = true;
      this.soon();
    });
    this.filter.addEventListener("submit", (event) => {
      event.preventDefault();
      this.filter.closest("details")?.removeAttribute("open");
      this.soon();
    });
    this.search.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.fly(new FormData(this.search).get("q") as string);
    });
    this.button("near-me", () => this.near());
    this.button("share-view", async () => {
      const { words } = this.settings;
      this.status.textContent = await share(window.location.href, document.title, words);
    });
    // The server reads filters and place from the address better than any script would.
    window.addEventListener("popstate", () => {
      if (window.location.search !== this.shown) window.location.reload();
    });
    void this.refresh();
  }

  /** Buttons that do nothing without a script are hidden until there is one. */
  private button(id: string, press: () => Promise<void>): void {
    const button = byId<HTMLButtonElement>(id);
    button.hidden = false;
    button.addEventListener("click", () => void press());
  }

  private soon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), SETTLE_MS);
  }

  /** Asks for what the map shows now; an older question that is still open is dropped. */
  private async refresh(): Promise<void> {
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const query = this.query();
    const page = this.element.dataset["page"] ?? "";
    try {
      const [signs, list] = await Promise.all([
        ask(`${this.element.dataset["issues"]}?${query}`, signal).then(
          (answer) => answer.json() as Promise<Signs>,
        ),
        ask(`${page}?${query}&part=list`, signal).then((answer) => answer.text()),
      ]);
      this.signs.show(signs.signs);
      this.list.innerHTML = list;
      const counted = this.list.querySelector("h2")?.textContent ?? "";
      this.status.textContent = this.found ? `${this.found.label}. ${counted}` : counted;
      this.write(`${page}?${query}`);
    } catch {
      if (!signal.aborted) this.status.textContent = this.settings.words.failed;
    }
  }

  private write(address: string): void {
    if (this.isStep) window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
    this.isStep = false;
    this.shown = window.location.search;
  }

  /** The filters and the place as the server reads them from an address. */
  private query(): URLSearchParams {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(this.filter)) {
      // Which days are meant says something only where there are some.
      const idle = name === "by" && !this.hasDays();
      if (typeof value === "string" && value && name !== "bbox" && !idle) query.append(name, value);
    }
    query.set("bbox", boxOf(this.map.getBounds()));
    query.set("zoom", String(this.map.getZoom()));
    if (this.found?.named) query.set("at", this.found.label);
    return query;
  }

  private hasDays(): boolean {
    const chosen = new FormData(this.filter);
    return Boolean(chosen.get("since") || chosen.get("until"));
  }

  /** A ring stays round the place that was looked for until another one is found. */
  private mark(place: Place): void {
    this.found = place;
    this.pin.clearLayers();
    const icon = L.divIcon({ className: "found", iconSize: [56, 56] });
    const options = { icon, interactive: false, keyboard: false, zIndexOffset: -1000 };
    L.marker([place.lat, place.lon], options).addTo(this.pin);
  }

  private async fly(words: string): Promise<void> {
    const query = new URLSearchParams({ q: words });
    try {
      const answer = await ask(`${this.element.dataset["places"]}?${query}`);
      const place = ((await answer.json()) as Places).places[0];
      if (!place) {
        this.status.textContent = this.settings.words.notFound;
        return;
      }
      this.show(place);
    } catch {
      this.status.textContent = this.settings.words.failed;
    }
  }

  private async near(): Promise<void> {
    const { words } = this.settings;
    this.status.textContent = words.looking;
    const place = await locate();
    if (typeof place === "string") {
      this.status.textContent = words[place];
    } else {
      this.show({ ...place, label: words.here, zoom: NEAR_ZOOM, named: false });
    }
  }

  private show(place: Place): void {
    this.mark(place);
    this.isStep = true;
    this.status.textContent = place.label;
    this.map.flyTo([place.lat, place.lon], place.zoom);
  }
}

function boxOf(bounds: L.LatLngBounds): string {
  const west = Math.max(-180, bounds.getWest());
  const east = Math.min(180, bounds.getEast());
  const south = Math.max(-90, bounds.getSouth());
  const north = Math.min(90, bounds.getNorth());
  return [west, south, east, north].map((n) => n.toFixed(5)).join(",");
}

async function ask(address: string, signal: AbortSignal | null = null): Promise<Response> {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}

function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}
