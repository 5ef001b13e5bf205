/** The words of the Connectors page; whatever shows one of them imports this. */

import en from "words:en/connectors";
import zh from "words:zh-CN/connectors";
import { learn } from ".";

learn("en", en);
learn("zh-CN", zh);
