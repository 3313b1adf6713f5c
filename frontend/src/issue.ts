// The page of a message: photos in large, before over after, passing it on. All of it reads without this.

import { compare } from "./issue/compare";
import { pass } from "./issue/share";
import { enlarge } from "./issue/viewer";

compare();
enlarge();
pass();
