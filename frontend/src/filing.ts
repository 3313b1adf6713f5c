// Entry point of the filing steps. Every step works without it; this only saves presses.

import { saveDraft } from "./filing/draft";
import { sendFiles } from "./filing/files";
import { mindTheLine } from "./filing/line";
import { onceOnly } from "./filing/once";
import { searchTopics } from "./filing/topics";

mindTheLine();
searchTopics();
sendFiles();
saveDraft();
onceOnly();
