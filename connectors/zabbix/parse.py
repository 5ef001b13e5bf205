"""What a problem of Zabbix is, as one record, whichever way it came. Pure: no clock, no network.

The API tells a problem in pieces (event, trigger, hosts, groups), a webhook in macros. Both are
brought into one body in Zabbix's own words, so that one document maps both to the same row.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from hub.contract import Record
from hub.errors import Anomalous

KIND: Final = "problem"
ACKNOWLEDGED: Final = 2
COMMENTED: Final = 4
"""Bits of an acknowledgement's `action`."""
_OWN: Final = re.compile(r"\s*\[milepost:([A-Za-z0-9._:-]{1,80})\]\s*\Z")
_ONLY_SAID: Final = ACKNOWLEDGED | COMMENTED


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a problem's trigger adds to it.

    Shape: `hosts` have hostid, host, name; `groups` are names. `watched` tells whether the trigger,
           its items and its hosts are all enabled.
    """

    hosts: tuple[Mapping[str, str], ...]
    groups: tuple[str, ...]
    url: str = ""
    comments: str = ""
    manual_close: str = "0"
    watched: bool = True


DELETED: Final = Trigger((), (), watched=False)
"""What a trigger adds that is not there any more: nothing."""


def marker(key: str) -> str:
    """Return what the hub's own messages end with; `key` is the idempotency key."""
    return f"[milepost:{key}]"


def marked(message: str) -> str | None:
    """Return the key of a message that the hub wrote; None for everybody else's."""
    found = _OWN.search(message)
    return found[1] if found else None


def pulled(row: Mapping[str, Any], trigger: Trigger, ended: str | None, frontend: str) -> Record:
    """Make a record of a row of event.get or problem.get.

    Shape:  `ended` is the clock of the recovery event, where there is one and it is known.
    Units:  clocks stay as sent: epoch seconds, as text.
    Raises: Anomalous, when the row is no problem.
    Source: Zabbix 6.0 and 7.0 manual, API, event object and problem object.
    """
    try:
        resolved = row["r_eventid"] != "0"
        facts = {
            "eventid": row["eventid"],
            "objectid": row["objectid"],
            "value": "0" if resolved else "1",
            "clock": row["clock"],
            "name": row["name"],
            "severity": row["severity"],
            "acknowledged": row["acknowledged"],
            "suppressed": row["suppressed"],
            "r_eventid": row["r_eventid"],
            "r_clock": ended or "0",
            "opdata": row.get("opdata", ""),
            "tags": row["tags"],
            "acknowledges": [_said(one) for one in _by_age(row["acknowledges"])],
            "suppression_data": row.get("suppression_data") or [],
        }
    except (KeyError, TypeError) as fault:
        raise Anomalous(f"a problem without {fault}", evidence=dict(row)) from fault
    return record(facts, trigger, frontend)


def record(facts: Mapping[str, Any], trigger: Trigger, frontend: str) -> Record:
    """Make the record of a problem; the one place where its body takes shape."""
    eventid, triggerid = str(facts["eventid"]), str(facts["objectid"])
    body = {
        **facts,
        "tags": sorted(
            ({"tag": one["tag"], "value": one["value"]} for one in facts["tags"]), key=_tag
        ),
        "ack": _acknowledgement(facts),
        "hosts": sorted(trigger.hosts, key=_hostid),
        "groups": sorted(trigger.groups),
        "trigger": {
            "triggerid": triggerid,
            "url": trigger.url,
            "comments": trigger.comments,
            "manual_close": trigger.manual_close,
        },
        "event_url": f"{frontend}tr_events.php?triggerid={triggerid}&eventid={eventid}",
    }
    return Record(KIND, eventid, body, version(body), triggerid)


def version(body: Mapping[str, Any]) -> str:
    """Digest what may change without a new event.

    Shape: 16 hexadecimal digits. `opdata` is left out, for Zabbix computes it anew at each reading;
           so is what the hub itself acknowledged or said: own words are no news.
    """
    others = [one for one in body["acknowledges"] or () if marked(one["message"]) is None]
    own = len(others) != len(body["acknowledges"] or ())
    acknowledged = body["acknowledged"]
    if own and not any(int(one["action"]) & ACKNOWLEDGED for one in others):
        acknowledged = "0"
    told = [
        body["r_eventid"],
        body["severity"],
        body["name"],
        body["suppressed"] or "0",
        sorted(map(_suppression, body["suppression_data"] or ())),
        acknowledged,
        [[one["clock"], int(one["action"]), one["message"]] for one in others],
        [[one["tag"], one["value"]] for one in body["tags"]],
        [[one["hostid"], one["host"], one["name"]] for one in body["hosts"]],
        body["groups"],
    ]
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=8).hexdigest()


def static(url: str, eventid: str, triggerid: str, hosts: Sequence[Mapping[str, str]]) -> str:
    """Fill in the macros of a trigger's URL that are known here; "" when others are in it.

    The API gives the URL as it was typed, a webhook with every macro replaced.
    """
    known = {"{EVENT.ID}": eventid, "{TRIGGER.ID}": triggerid}
    if len(hosts) == 1:
        host = hosts[0]
        known |= {"{HOST.ID}": host["hostid"], "{HOST.HOST}": host["host"]}
        known |= {"{HOST.NAME}": host["name"]}
    for macro, value in known.items():
        url = url.replace(macro, value)
    return "" if "{" in url else url


def _said(one: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        "clock": str(one["clock"]),
        "username": one.get("username"),
        "action": str(one["action"]),
        "message": str(one["message"]),
    }


def _acknowledgement(facts: Mapping[str, Any]) -> dict[str, str | None] | None:
    """Return the last acknowledgement that still holds, without the hub's own mark."""
    if facts["acknowledged"] != "1":
        return None
    for one in reversed(facts["acknowledges"] or ()):
        if int(one["action"]) & ACKNOWLEDGED:
            return {
                "clock": one["clock"],
                "username": one["username"],
                "message": _OWN.sub("", one["message"]),
            }
    return None


def _by_age(acknowledges: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(acknowledges, key=lambda one: (int(one["clock"]), int(one["acknowledgeid"])))


def _tag(tag: Mapping[str, str]) -> tuple[str, str]:
    return tag["tag"], tag["value"]


def _hostid(host: Mapping[str, str]) -> int:
    return int(host["hostid"])


def _suppression(one: Mapping[str, Any]) -> list[str]:
    return [str(one.get("maintenanceid", "")), str(one.get("suppress_until", ""))]
