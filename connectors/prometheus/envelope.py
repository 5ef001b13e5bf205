"""The envelope of an Alertmanager webhook: what it must be, and where each alert stands in it."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec

from hub.errors import Anomalous

_VERSION: Final = "4"
_GAP: Final = re.compile(rb"[\s,]+")

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


class Envelope(msgspec.Struct):
    """The part of the envelope that is used; the alerts stay undecoded bytes."""

    alerts: list[msgspec.Raw]
    version: Any = None
    truncated: Annotated[int, msgspec.Meta(ge=0)] | None = msgspec.field(
        default=None, name="truncatedAlerts"
    )


_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
decode: Final = msgspec.json.Decoder().decode
# What `decode` raises: MsgspecError and UnicodeDecodeError are ValueErrors.
UNREADABLE: Final = (ValueError, RecursionError)


def opened(body: bytes) -> Envelope:
    """Open a delivery, leaving its alerts undecoded.

    Raises: Anomalous, when it is not an envelope of version 4.
    """
    try:
        envelope = _ENVELOPE.decode(body)
    except UNREADABLE:
        raise Anomalous(_complaint(body), evidence=body) from None
    if envelope.version != _VERSION:
        raise Anomalous(_complaint(body), evidence=body)
    return envelope


def spans(body: bytes, alerts: list[msgspec.Raw]) -> Iterator[tuple[msgspec.Raw, tuple[int, int]]]:
    """Find where each element stands in the delivery.

    The bytes between two elements are skipped rather than searched: a search for a long needle
    costs as much as decoding it.
    """
    end = 0
    for raw in alerts:
        text = bytes(raw)
        start = end + 1 if body.startswith(b",{", end) else _after_gap(body, end)
        if not body.startswith(text, start):
            start = body.index(text, end)
        end = start + len(text)
        yield raw, (start, end)


def _after_gap(body: bytes, at: int) -> int:
    gap = _GAP.match(body, at)
    return gap.end() if gap else at


def json_word(value: object) -> str:
    """Name what kind of JSON value it is."""
    return _JSON_WORDS[type(value)]


def _complaint(body: bytes) -> str:
    """Say why bytes are not Alertmanager's envelope, and what to do."""
    try:
        said = decode(body)
    except UNREADABLE as reason:
        return f"not JSON: {reason}"
    if type(said) is not dict:
        return f"a webhook of Alertmanager is an object, not {json_word(said)}"
    for field, tool in _TELLTALES.items():
        if field in said:
            return f"this is a webhook of {tool}; send it to a connector of that tool"
    if said.get("version") != _VERSION:
        return 'not a webhook of Alertmanager 0.16 or newer: "version" is not "4"'
    if type(said.get("alerts")) is not list:
        return 'not a webhook of Alertmanager: "alerts" is not a list'
    return 'not a webhook of Alertmanager: "truncatedAlerts" is not a count'
