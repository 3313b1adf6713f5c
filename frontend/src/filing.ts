// Entry point of the filing steps. Every step works without it; this only saves presses.

import { onceOnly } from "./filing/once";
import { sendFiles } from "./filing/files";
import { searchTopics } from "./filing/topics";

searchTopics();
sendFiles();
onceOnly();
