/**
 * Sentences that the hub always says in these words, so that they can be said in the reader's language;
 * what a tool says is shown as it came. Pure.
 */

import type { Key } from "../i18n";

/** As they stand in the hub's code, with `{}` around what differs. What begins with less comes later. */
export const SAYS: Record<string, Key> = {
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
  "there is no problem {operation.on.key} in Zabbix, or its user may not see it": "said.zbxNone",
  "it ran out before the hub saw that Zabbix had suppressed it": "said.zbxRanOut",
  "Zabbix does not let its user {_does(operation)}: {fault}; its role must allow this action, and its user group needs read-write permission to the host group":
    "said.zbxMayNot",
  "Zabbix will not {_does(operation)}: {fault}": "said.zbxWillNot",
  "Zabbix {dialect.said} cannot suppress a problem by hand; 6.2 and newer can": "said.zbxOldSuppress",
  "the problem has ended, so Zabbix does not {operation.write}": "said.zbxEnded",
  "the problem is in a maintenance of Zabbix; end that itself": "said.zbxMaintained",
  "the trigger of this problem does not allow closing by hand; tick `Allow manual close` in the trigger, or wait for its recovery":
    "said.zbxNoClose",
  "only an alert that an Alertmanager of this connector lists can be silenced; set alertmanager_urls, and silence nothing that the hub itself tells of":
    "said.amOnlyListed",
  "no Alertmanager lists this alert any more: it has ended": "said.amEnded",
  "the silence would end before it begins; choose a later `until`": "said.amTooShort",
  "the alert is suppressed by {by}; end that itself": "said.amOthers",
  "Alertmanager at {self.url} will not silence it: {sentence(answer.body)}": "said.amRefuses",
  "Zabbix refuses the log-in: {said}; check user and password": "said.zbxPassword",
  "Zabbix refuses the log-in: {refused}": "said.zbxLogIn",
  "Zabbix refuses the token: {refused}; it may have ended or be of another server: make a new one (Users, API tokens) and put it into `token`":
    "said.zbxToken",
  "Zabbix took user and password and refuses what it gave for them: {still}": "said.zbxSession",
  "the user's role does not allow {method}: {said}; allow API access and this method": "said.zbxMethod",
  "Zabbix cannot answer {method} now: {said}": "said.zbxBusy",
  "this Zabbix does not know {method}: {said}; versions from 6.0 on are supported": "said.zbxUnknown",
  "Zabbix refuses {method}: {said}": "said.zbxRefuses",
  "Zabbix answered 412: the content type did not reach it; a proxy between here and the frontend changes the header Content-Type":
    "said.zbx412",
  "something before the API of Zabbix refuses the hub: HTTP {status}": "said.zbxBefore",
  "Zabbix answered HTTP {status}": "said.zbxHttp",
  "Zabbix answered {status} with nothing in it": "said.zbxNothing",
  "a log-in page answers instead of the API of Zabbix; let the hub through to api_jsonrpc.php, or mend `url`":
    "said.zbxPage",
  "the answer ({status}) is not the API of Zabbix; is `url` the address of the frontend?": "said.zbxNoApi",
  "PHP ran out of memory at the Zabbix frontend; {_MEMORY}": "said.phpMemory",
  "PHP ran out of time at the Zabbix frontend; raise max_execution_time there, or make page_size smaller":
    "said.phpTime",
  "{text}; if it stays so, {_MEMORY}": "said.phpMaybe",
  "raise memory_limit there, or make page_size smaller": "said.phpRaise",
  "the user sees no host group {unseen}; mend `host_groups`, or give the user's group read permission to it":
    "said.zbxNoGroups",
  "{place}: its certificate names another host ({says}); write the address with a name that is in the certificate, or have the certificate issued for this one":
    "said.tlsName",
  "{place}: its certificate is not valid any more ({says}); renew it at the tool": "said.tlsOver",
  "{place}: its certificate is not valid yet ({says}); compare the clocks of tool and hub, or renew it": "said.tlsYet",
  "{place}: its certificate is self-signed ({says}); {held}": "said.tlsSelf",
  "{place}: the authority of its certificate is not trusted ({says}); {held}": "said.tlsAuthority",
  "{place}: its certificate is not accepted ({says}); have it renewed at the tool": "said.tlsOther",
  "name a file with it in ca_file": "said.tlsFile",
  "add it to ca_file, {where}": "said.tlsAdd",
  "name a file with the certificate of the authority in ca_file": "said.tlsCa",
  "ca_file, {where}, holds other authorities; add the right one": "said.tlsOtherCa",
  "{place}: does not speak TLS there; check the port, or write http:// in the address": "said.tlsNone",
  "{place}: wants a certificate of us ({_plain(reason)}); give one in client_cert, with its key in client_key":
    "said.tlsWants",
  "{place}: does not know itself by that name; check the address": "said.tlsNoName",
  "{place}: the secured connection broke ({_plain(reason) or 'cut off'})": "said.tlsBroke",
  "{asked.place}: leads to {veil.over(leads, asked.headers)} ({status}), and the hub does not follow with its credentials; write the final address, or let the hub pass the log-in that stands before the tool":
    "said.led",
  "{asked.place}: the proxy does not know who asks (407); check proxy_username and proxy_password": "said.proxyWho",
  "{asked.place}: the proxy does not connect to it ({status}); let it, or name the host in no_proxy": "said.proxyNot",
  "{self.url} has no API of {self._what} ({said}); look at the address and its path": "said.noApi",
  "{self._what} at {self.url} answered what it never promised: {fault}": "said.odd",
  "not tried: a step before it failed": "said.stepNot",
  "nobody could tell": "said.stepUntold",
  "{self._settings.frontend} answers as Zabbix {said}": "said.stepReach",
  "Zabbix {dialect.said} is too old; 6.0 and newer are supported": "said.stepOld",
  "{dialect.said} is newer than {newest}, the last that this connector knows": "said.stepNew",
  "{dialect.said} is supported": "said.stepVersion",
  "the frontend's clock agrees with the hub's": "said.stepClock",
  "the frontend's clock is {minutes} min {way} the hub's: no problem is missed by it, but the times of Zabbix are off by so much; set the clocks by NTP":
    "said.stepClockOff",
  "ahead of": "said.stepAhead",
  "behind": "said.stepBehind",
  "the token counts": "said.stepToken",
  "user and password count": "said.stepPassword",
  "the user sees no host; give its user group read permission to host groups": "said.stepNoHost",
  "the user sees no host group; give its user group permission": "said.stepNoGroup",
  "the user sees {count} hosts": "said.stepHosts",
  "the user sees {count} host groups": "said.stepGroups",
  "nothing is written: the connector is read-only, or no write is switched on": "said.stepReadOnly",
  "Zabbix has no media type {NAME}: problems come by polling only; install the webhook, or import what is printed for it":
    "said.stepNoMedia",
  "the media type {NAME} is disabled; enable it (Alerts, Media types)": "said.stepMediaOff",
  "the media type {NAME} is there": "said.stepMedia",
  "no alertmanager_urls: nothing is polled": "said.stepNoManager",
  "{manager.url} is Alertmanager {about.version}": "said.stepManager",
  "no prometheus_url: pending alerts are not seen": "said.stepNoServer",
  "{server.url} is Prometheus {version}": "said.stepServer",
  "{len(rules)} alerting rules are evaluated": "said.stepRules",
  "the clock of {url} is right": "said.stepUrlClock",
  "the clock of {url} differs by {off.total_seconds():.0f} s; mend it (NTP)": "said.stepUrlClockOff",
  "alert_relabel_configs rename alerts on their way: no pending alert is shown": "said.stepRenamed",
  "no webhook_secret: news come by polling only": "said.stepNoSecret",
  "{url} has webhooks and does not show where they lead": "said.stepHookHidden",
  "no receiver of {url} calls this hub; {_PRINTED}": "said.stepNoHook",
  "a receiver of {url} has send_resolved: false": "said.stepNoResolved",
  "a receiver of {url} cuts off: set max_alerts: 0": "said.stepCuts",
  "a receiver of {url} calls a hub": "said.stepHook",
  "no heartbeat is heard; {_PRINTED}": "said.stepNoHeart",
  "the onboarding of this connector prints what to copy": "said.stepPrinted",
  "{len(heard)} heard, the longest silent for {worst.age.total_seconds():.0f} s": "said.stepHearts",
  "{self._what} at {self.url} answered {said}": "said.answered",
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
