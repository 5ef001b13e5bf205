/** The words of the Plan page; whatever shows one of them imports this. */

import en from "words:en/plan";
import zh from "words:zh-CN/plan";
import { learn } from ".";

learn("en", en);
learn("zh-CN", zh);
