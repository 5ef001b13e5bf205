/**
 * Sentences that the hub always says in these words, so that they can be said in the reader's language;
 * what a tool says is shown as it came. Pure.
 */

import type { Key } from "../i18n";

/** As they stand in the hub's code, with `{}` around what differs. What begins with less comes later. */
const SAYS: Record<string, Key> = {
  "done": "said.done",
  "already so": "said.already",
  "found done": "said.found",
  "replaced by a later wish": "said.replaced",
  "sent, and not seen at the tool yet": "said.underWay",
  "an earlier write of this field may still be under way": "said.clouded",
  "the tool took it and does not show it": "said.unseen",
  "not sent within a day; ask again if it still counts": "said.old",
  "not done within a day: {why}": "said.day",
  "changed to and fro more than three times in ten minutes: frozen, so that two systems do not answer each other for ever; find out who changes it back":
    "said.frozen",
  "came through more than three systems: it would come back to where it began": "said.travelled",
  "the hub failed on this; it is in its log": "said.fault",
  "the hub failed on what this tool said; it is in its log": "said.broke",
  "{connector} cannot do this: its connector has no {write.value}": "said.cannot",
  "{connector} is read-only; an admin sets read_only: false to let the hub write": "said.readOnly",
  "{write.value} is switched off for {connector}; an admin adds it to `writes`": "said.off",
  "Zabbix was asked to {operation.write} and its server has not done so yet": "said.asked",
  "not every Alertmanager was reached: {said}": "said.lacking",
  "{place}: its name cannot be found ({one.strerror})": "said.name",
  "{place}: refuses the connection; is it running, on that port?": "said.refuses",
  "{place}: cannot be reached ({one.strerror or one.errno})": "said.unreachable",
  "{asked.place}: no whole answer within timeout_seconds, {settings.timeout_seconds:g} s": "said.slow",
  "{asked.place}: took no connection within connect_seconds, {settings.connect_seconds:g} s": "said.hole",
  "{asked.place}: the connection was cut off before the answer was whole": "said.cut",
  "{asked.place}: does not know who asks (401{says}); check token, user and password, and `headers`": "said.unknown",
  "{asked.place}: does not allow it (403{says}); give the account the right, or use another": "said.forbidden",
  "{asked.place}: cannot answer now ({status}{says})": "said.busy",
  "{asked.place}: answers a log-in page instead of data{says}; check the address, and let the hub pass whatever stands before the tool":
    "said.logIn",
  "{asked.place}: answers a web page instead of data{says}": "said.page",
  "{asked.place}: the proxy cannot reach it ({status})": "said.proxy",
  "the frontend answers; the server's sign of life is hidden": "said.hidden",
  "the frontend answers; the server shows no sign of life": "said.none",
  "the Zabbix server behind the frontend gives no sign of life": "said.dead",
  "the user sees no host; give its user group read permission to the host groups, or mend `token`": "said.noHost",
  "the heartbeat {name} is heard": "said.heard",
  "the heartbeat {name} was heard last at {since}": "said.last",
  "the heartbeat {name} was never heard since {since}": "said.never",
  "{name} has no alerting rule": "said.noRule",
  "{name} evaluates no alerting rule": "said.evaluatesNone",
  "{name} evaluates its rules": "said.evaluates",
  "{name} reaches none of its targets": "said.blind",
  "{name} has just started": "said.young",
  "Prometheus at {server.url}": "said.prometheus",
  "by {who}": "said.who",
};

const PLACE = /\{(?:\w+\.)?(\w+)[^}]*\}/g;
const plain = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

interface Sentence {
  match: RegExp;
  key: Key;
  names: string[];
}

function sentence([words, key]: [string, Key]): Sentence {
  const names = [...words.matchAll(PLACE)].map(([, name]) => name ?? "");
  const match = new RegExp(`^${words.split(/\{[^}]*\}/).map(plain).join("(.*?)")}$`, "su");
  return { match, key, names };
}

let sentences: Sentence[] | undefined;

export interface Said {
  key: Key;
  values: Record<string, string>;
}

/** Recognise a sentence of the hub; undefined: it is somebody else's. */
export function said(words: string): Said | undefined {
  sentences ??= Object.entries(SAYS).map(sentence);
  for (const { match, key, names } of sentences) {
    const found = match.exec(words);
    if (found) return { key, values: Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""])) };
  }
  return undefined;
}
