// Entry point of the place step: the map, addresses while typing.

import { pickPlace } from "./filing/place";

pickPlace();
