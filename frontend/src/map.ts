// Entry point of the map page.

import "leaflet/dist/leaflet.css";
