/** The hub's own sentences about tools; whatever shows one of them imports this. */

import en from "words:en/said";
import zh from "words:zh-CN/said";
import { learn } from ".";

learn("en", en);
learn("zh-CN", zh);
