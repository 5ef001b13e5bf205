/** The words of what opens beside a page; whatever shows one of them imports this. */

import en from "words:en/details";
import zh from "words:zh-CN/details";
import { learn } from ".";

learn("en", en);
learn("zh-CN", zh);
