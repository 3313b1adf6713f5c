// Entry point of the map page: the map, its signs, the filters, and the list that says the same in words.

import "leaflet/dist/leaflet.css";
import { MapPage } from "./map/page";
import { readSettings } from "./map/settings";

const element = document.getElementById("map");
if (element) {
  new MapPage(element, readSettings("map-settings")).start();
}
