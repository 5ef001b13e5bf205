"""The envelope of an Alertmanager webhook: what it must be, and where each alert stands in it."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec

from hub.errors import Anomalous

_VERSION: Final = "4"
_GAP: Final = re.compile(rb"[\s,]+")
# An escaped backslash and a whole surrogate pair come first; what is left is half of a pair.
_ESCAPES: Final = re.compile(
    rb"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<half>\\u[dD][89a-fA-F]..)"
)
_STAND_IN: Final = rb"\ufffd"

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


def opened(body: bytes) -> tuple[Envelope, bytes]:
    """Open a delivery, leaving its alerts undecoded; return also the text that was read.

    Shape:  half of a surrogate pair is no text and would spoil the whole delivery. Then the text
            has a stand-in of the same length in its place; otherwise it is the very body.
    Raises: Anomalous, when it is not an envelope of version 4.
    """
    try:
        envelope, text = _ENVELOPE.decode(body), body
    except UNREADABLE:
        envelope, text = _mended(body)
    if envelope.version != _VERSION:
        raise Anomalous(_complaint(body), evidence=body)
    return envelope, text


def _mended(body: bytes) -> tuple[Envelope, bytes]:
    text = _ESCAPES.sub(lambda escape: _STAND_IN if escape["half"] else escape[0], body)
    try:
        return _ENVELOPE.decode(text), text
    except UNREADABLE:
        raise Anomalous(_complaint(body), evidence=body) from None


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
