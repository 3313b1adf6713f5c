// The moderators' desk with a script: the same addresses and the same answers, put in place by htmx.

import "./desk/swapping";
import "./desk/choosing";
import "./desk/counting";
import "./desk/keys";
import "./desk/judging";
import "./desk/live";
