/** The words of a service's numbers and objectives; whatever shows one of them imports this. */

import en from "words:en/measured";
import zh from "words:zh-CN/measured";
import { learn } from ".";

learn("en", en);
learn("zh-CN", zh);
