"""What an Alertmanager webhook means, as records. Pure: no clock, no network.

Keeps every element as it came; names, severities and services are the mapping's business.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec

from hub.contract import Page, Record, Rejected
from hub.errors import Anomalous, Unmappable

_VERSION: Final = "4"
_STATES: Final = frozenset({"firing", "resolved"})
_TEXT: Final = frozenset({str})
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_BETWEEN: Final = re.compile(rb"[\s,]*")
# Both are arbitrary: far above what Alertmanager sends, far below what hurts.
_LONGEST: Final = 128
_MOST_REJECTED: Final = 1000

_JSON_WORDS: Final[dict[type, str]] = {
    str: "text",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    type(None): "null",
    list: "a list",
    dict: "an object",
}

# A field that tells whose webhook it is that came here by mistake.
_TELLTALES: Final[dict[str, str]] = {
    "orgId": "Grafana",
    "webhookEvent": "Jira",
    "event_id": "Zabbix",
    "eventid": "Zabbix",
    "trigger_id": "Zabbix",
}


class _Envelope(msgspec.Struct):
    """The part of the envelope that is used; the alerts stay undecoded bytes."""

    alerts: list[msgspec.Raw]
    version: Any = None
    truncated: Annotated[int, msgspec.Meta(ge=0)] | None = msgspec.field(
        default=None, name="truncatedAlerts"
    )


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_ANYTHING: Final = msgspec.json.Decoder()
# What a decoder raises: MsgspecError and UnicodeDecodeError are ValueErrors.
_UNREADABLE: Final = (ValueError, RecursionError)


def page(body: bytes) -> Page:
    """Split one delivery into a record for each alert; a bad alert is rejected, the rest counts.

    Shape:  hint `truncated` is how many alerts Alertmanager left out (its `max_alerts`).
    Raises: Anomalous, when it is not an envelope of version 4.
    Source: Alertmanager documentation, "webhook_config", data format of the HTTP POST.
    """
    try:
        envelope = _ENVELOPE.decode(body)
    except _UNREADABLE:
        raise Anomalous(_complaint(body), evidence=body) from None
    if envelope.version != _VERSION:
        raise Anomalous(_complaint(body), evidence=body)
    records: list[Record] = []
    rejected: list[Rejected] = []
    for index, (raw, span) in enumerate(_spans(body, envelope.alerts)):
        try:
            records.append(alert(_ANYTHING.decode(raw), span))
        except Unmappable as fault:
            _reject(rejected, index, fault.path, str(fault), span)
        except _UNREADABLE as fault:
            _reject(rejected, index, "", f"cannot be read as JSON: {fault}", span)
    return Page(
        tuple(records), rejected=tuple(rejected), hints={"truncated": envelope.truncated or 0}
    )


def alert(element: object, span: tuple[int, int] | None = None) -> Record:
    """Wrap one alert, keeping every field it came with.

    Shape:  the key is fingerprint and start, the version is the state: these three are what
            Alertmanager repeats. Neither the end nor the annotations make it news.
    Raises: Unmappable, with a path that begins at the element.
    """
    if type(element) is not dict:
        raise Unmappable(f"an alert is an object, not {_word(element)}", path="")
    fingerprint = _text(element, "fingerprint")
    if not fingerprint.isprintable() or len(fingerprint) > _LONGEST or not fingerprint:
        raise Unmappable("fingerprint is not a short printable text", path=".fingerprint")
    status = _text(element, "status")
    if status not in _STATES:
        raise Unmappable("status is neither firing nor resolved", path=".status")
    starts_at = instant(_text(element, "startsAt"))
    if starts_at is None:
        raise Unmappable(
            "startsAt is not an instant of RFC 3339 like 2026-01-05T10:00:00Z", path=".startsAt"
        )
    _expect_texts(element, "labels")
    _expect_texts(element, "annotations")
    return Record("alert", f"{fingerprint}/{starts_at}", element, status, fingerprint, span)


@lru_cache(maxsize=4096)
def instant(text: str) -> str | None:
    """Spell an instant in one way; None when it is none, or Go's zero time.

    Shape: UTC, cut to milliseconds: Alertmanager's webhook has up to nine decimals where its
           API v2 has three, and both must give one key.
    """
    if len(text) > _LONGEST or not _INSTANT.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if at.year == 1 else at.isoformat(timespec="milliseconds")[:23] + "Z"


def _spans(body: bytes, alerts: list[msgspec.Raw]) -> Iterator[tuple[msgspec.Raw, tuple[int, int]]]:
    """Find where each element stands in the delivery.

    The bytes between two elements are skipped rather than searched: a search for a long needle
    costs as much as decoding it.
    """
    end = 0
    for raw in alerts:
        text = bytes(raw)
        start = end + 1 if body.startswith(b",{", end) else _BETWEEN.match(body, end).end()  # type: ignore[union-attr]  # it matches nothing, too
        if not body.startswith(text, start):
            start = body.index(text, end)
        end = start + len(text)
        yield raw, (start, end)


def _text(element: Mapping[str, object], name: str) -> str:
    value = element.get(name)
    if type(value) is str:
        return value
    said = f"is {_word(value)}, not text" if name in element else "is missing"
    raise Unmappable(f"{name} {said}", path=f".{name}")


def _expect_texts(element: Mapping[str, object], name: str) -> None:
    """Check that a field, where there is one, holds texts by name."""
    value = element.get(name)
    if value is None:
        return
    if type(value) is not dict:
        raise Unmappable(f"{name} is {_word(value)}, not an object of texts", path=f".{name}")
    if _TEXT.issuperset(map(type, value.values())):
        return
    key, wrong = next((key, it) for key, it in value.items() if type(it) is not str)
    raise Unmappable(f"{name}[{key[:_LONGEST]!a}] is {_word(wrong)}, not text", path=f".{name}")


def _word(value: object) -> str:
    return _JSON_WORDS[type(value)]


def _reject(
    rejected: list[Rejected], index: int, path: str, message: str, span: tuple[int, int]
) -> None:
    """Note a bad element; the last note stands for all that are too many to note."""
    if len(rejected) < _MOST_REJECTED:
        rejected.append(Rejected("alert", f"alerts[{index}]{path}", message, span))
    elif len(rejected) == _MOST_REJECTED:
        more = "this element and all later bad ones of this delivery are refused without a note"
        rejected.append(Rejected("alert", f"alerts[{index}]", more, span))


def _complaint(body: bytes) -> str:
    """Say why bytes are not Alertmanager's envelope, and what to do."""
    try:
        said = _ANYTHING.decode(body)
    except _UNREADABLE as reason:
        return f"not JSON: {reason}"
    if type(said) is not dict:
        return f"a webhook of Alertmanager is an object, not {_word(said)}"
    for field, tool in _TELLTALES.items():
        if field in said:
            return f"this is a webhook of {tool}; send it to a connector of that tool"
    if said.get("version") != _VERSION:
        return (
            'not a webhook of Alertmanager: "version" is not "4"; needs Alertmanager 0.16 or newer'
        )
    if type(said.get("alerts")) is not list:
        return 'not a webhook of Alertmanager: "alerts" is not a list'
    return 'not a webhook of Alertmanager: "truncatedAlerts" is not a count'
