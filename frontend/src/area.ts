// Entry point of “follow a place”: only what is chosen is asked, and an area is drawn on the map.

import "leaflet/dist/leaflet.css";
import { drawArea } from "./area/draw";
import { askOnlyChosen } from "./area/choice";

const area = document.querySelector<HTMLElement>("#area");
const shape = document.querySelector<HTMLInputElement>("#id_shape");
const shown = area && shape ? drawArea(area, shape) : () => undefined;
askOnlyChosen(shown);
