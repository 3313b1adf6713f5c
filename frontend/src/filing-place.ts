// Entry point of the place step: the map, addresses while typing.

import { saveDraft } from "./filing/draft";
import { pickPlace } from "./filing/place";

pickPlace();
saveDraft();
