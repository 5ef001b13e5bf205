/** The words of the Alerts page; whatever shows one of them imports this. */

import en from "words:en/alerts";
import zh from "words:zh-CN/alerts";
import { learn } from ".";

learn("en", en);
learn("zh-CN", zh);
