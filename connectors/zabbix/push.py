"""What a webhook of Zabbix means, as a record. Pure: no clock, no network.

The sender is our own media type (`webhook.js`): one object of macros. What Zabbix could not
replace arrives as the macro's own text, and counts as not told.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from connectors.zabbix import parse
from connectors.zabbix.parse import Trigger
from hub.contract import Page, Record, Rejected
from hub.errors import Anomalous, Unmappable

_MACRO: Final = re.compile(r"\{[$A-Z0-9._]+\}")
_DIGITS: Final = re.compile(r"\d{1,20}", re.ASCII)
_HOSTS: Final = 9
"""Zabbix numbers the hosts of a trigger's functions from 1 to 9."""
_ENTRY: Final = re.compile(
    r'^(?P<day>\d{4}\.\d\d\.\d\d) (?P<time>\d\d:\d\d:\d\d) "(?P<who>.*)"$', re.MULTILINE | re.ASCII
)
_ACTIONS: Final = re.compile(r"\AActions: (?P<actions>[^\n]*)\.(?:\n|\Z)")
_LOG_IN: Final = re.compile(r"\(([^()]+)\)\Z")
_BITS: Final = (
    (r"\bclosed\b", 1),
    (r"\backnowledged\b", parse.ACKNOWLEDGED),
    (r"\bchanged severity\b", 8),
    (r"\bunacknowledged\b", 16),
    (r"\bsuppressed\b", 32),
    (r"\bunsuppressed\b", 64),
    (r"\bto cause\b", 128),
    (r"\bto symptom\b", 256),
)
"""Words of `{EVENT.UPDATE.HISTORY}`: the server writes them, in English, whatever the language."""
_EVENT_OF_TRIGGER: Final = ("0", "0")


def page(body: bytes, frontend: str) -> Page:
    """Read one webhook call: one problem as it stands at this moment.

    Shape:  events of other sources (discovery, services, internal) give no record.
    Raises: Anomalous, when it is not what our media type sends.
    Source: Zabbix 6.0 manual, supported macros; media types, webhook.
    """
    told = _opened(body)
    kind = (told.get("event_source") or "0", told.get("event_object") or "0")
    if kind != _EVENT_OF_TRIGGER:
        return Page(())
    whole = (0, len(body))
    try:
        return Page((_problem(told, frontend, whole),))
    except Unmappable as fault:
        return Page((), rejected=(Rejected(parse.KIND, fault.path, str(fault), whole),))


def _opened(body: bytes) -> dict[str, str | None]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as reason:
        raise Anomalous(f"not JSON: {reason}", evidence=body) from None
    if not isinstance(said, dict):
        raise Anomalous("a webhook of Zabbix is an object", evidence=body)
    if "alerts" in said and "receiver" in said:
        raise Anomalous(
            "this is a webhook of Alertmanager; send it to a connector of that tool", evidence=body
        )
    if "event_id" not in said:
        raise Anomalous(
            "not a webhook of the media type Milepost: it has no event_id", evidence=body
        )
    return {name: _told(value) for name, value in said.items()}


def _told(value: object) -> str | None:
    """Return a macro's value; None where Zabbix left the macro as it is."""
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    text = str(value)
    return None if _MACRO.fullmatch(text) else text


def _problem(told: Mapping[str, str | None], frontend: str, span: tuple[int, int]) -> Record:
    eventid, triggerid = _number(told, "event_id"), _number(told, "trigger_id")
    ended = told.get("event_value") == "0"
    trigger = Trigger(
        hosts=tuple(_hosts(told)),
        groups=tuple((told.get("host_groups") or "").split(", "))
        if told.get("host_groups")
        else (),
        url=told.get("trigger_url") or "",
        comments=told.get("trigger_description") or "",
        manual_close="",
    )
    facts = {
        "eventid": eventid,
        "objectid": triggerid,
        "value": "0" if ended else "1",
        "clock": _number(told, "event_clock"),
        "name": told.get("event_name") or "",
        "severity": _number(told, "event_nseverity"),
        "acknowledged": "1" if told.get("event_ack") == "Yes" else "0",
        "suppressed": None,
        "r_eventid": _number(told, "recovery_id") if ended else "0",
        "r_clock": _number(told, "recovery_clock") if ended else "0",
        "opdata": told.get("event_opdata") or "",
        "tags": list(_tags(told)),
        "acknowledges": _history(told),
        "suppression_data": None,
    }
    made = parse.record(facts, trigger, frontend)
    return Record(made.kind, made.key, made.body, made.version, made.series, span)


def _number(told: Mapping[str, str | None], name: str) -> str:
    value = told.get(name)
    if value is not None and _DIGITS.fullmatch(value):
        return value
    said = "was not told" if value is None else f"is no number: {value[:40]!a}"
    raise Unmappable(f"{name} {said}", path=name)


def _hosts(told: Mapping[str, str | None]) -> Iterator[dict[str, str]]:
    """Yield each host once: Zabbix numbers functions, and two may be of one host."""
    seen = set[str]()
    for number in ("", *range(1, _HOSTS + 1)):
        hostid, host = told.get(f"host_id{number}"), told.get(f"host_host{number}")
        if hostid and host and hostid not in seen and _DIGITS.fullmatch(hostid):
            seen.add(hostid)
            yield {"hostid": hostid, "host": host, "name": told.get(f"host_name{number}") or host}


def _tags(told: Mapping[str, str | None]) -> Iterator[dict[str, str]]:
    """Yield the tags; they are JSON within the JSON."""
    text = told.get("event_tags")
    if not text:
        return
    try:
        for one in json.loads(text):
            yield {"tag": str(one["tag"]), "value": str(one["value"])}
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise Unmappable(f"event_tags are not tags in JSON: {fault}", path="event_tags") from None


def _history(told: Mapping[str, str | None]) -> list[dict[str, str | None]] | None:
    """Read the log of updates, oldest first; None when it was not told.

    Shape: an entry is a line with time and author, a line of actions, and the message.
    """
    text = told.get("event_update_history")
    if text is None:
        return None
    found = list(_ENTRY.finditer(text))
    if not found:
        return None if text.strip() else []
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [
        _entry(one, text[one.end() + 1 : end], told) for one, end in zip(found, ends, strict=True)
    ]


def _entry(one: re.Match[str], rest: str, told: Mapping[str, str | None]) -> dict[str, str | None]:
    actions = _ACTIONS.match(rest)
    words = actions["actions"] if actions else ""
    log_in = _LOG_IN.search(one["who"])
    bits = sum(bit for pattern, bit in _BITS if re.search(pattern, words))
    message = rest[actions.end() if actions else 0 :].removesuffix("\n\n")
    return {
        "clock": _clock(one["day"], one["time"], told),
        "username": log_in[1] if log_in else None,
        "action": str(bits | (parse.COMMENTED if message else 0)),
        "message": message,
    }


def _clock(day: str, time: str, told: Mapping[str, str | None]) -> str:
    """Turn a date and a time of the sender's zone into epoch seconds.

    The zone is nowhere said, but the beginning of the problem was told in both ways.
    """
    began = told.get("event_date"), told.get("event_time")
    if began[0] is None or began[1] is None:
        return str(_seconds(day, time))
    behind = _seconds(began[0], began[1]) - int(_number(told, "event_clock"))
    return str(_seconds(day, time) - behind)


def _seconds(day: str, time: str) -> int:
    try:
        at = datetime.strptime(f"{day} {time}", "%Y.%m.%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        message = f"{day[:20]!a} {time[:20]!a} is no date and time"
        raise Unmappable(message, path="event_update_history") from None
    return int(at.timestamp())
