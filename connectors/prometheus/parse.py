"""What an Alertmanager webhook means, as records. Pure: no clock, no network.

Keeps every element as it came; names, severities and services are the mapping's business.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from connectors.prometheus.envelope import UNREADABLE, decode, json_word, opened, spans
from hub.contract import Page, Record, Rejected
from hub.errors import Unmappable

_STATES: Final = frozenset({"firing", "resolved"})
_POLLED: Final = _STATES | {"suppressed", "pending"}
__all__ = ["UNREADABLE", "alert", "instant", "page"]
_TEXT: Final = frozenset({str})
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
# Both are arbitrary: far above what Alertmanager sends, far below what hurts.
_LONGEST: Final = 128
_MOST_REJECTED: Final = 1000
_HALF: Final = "cannot be read as JSON: it holds half of a surrogate pair, which is no character"


def page(body: bytes) -> Page:
    """Split one delivery into a record for each alert; a bad alert is rejected, the rest counts.

    Shape:  hint `truncated` is how many alerts Alertmanager left out (its `max_alerts`).
    Raises: Anomalous, when it is not an envelope of version 4.
    Source: Alertmanager documentation, "webhook_config", data format of the HTTP POST.
    """
    envelope, text = opened(body)
    records: list[Record] = []
    rejected: list[Rejected] = []
    for index, (raw, span) in enumerate(spans(text, envelope.alerts)):
        if text is not body and not body.startswith(raw, span[0]):
            _reject(rejected, index, "", _HALF, span)
            continue
        try:
            records.append(alert(decode(raw), span))
        except Unmappable as fault:
            _reject(rejected, index, fault.path, str(fault), span)
        except UNREADABLE as fault:
            _reject(rejected, index, "", f"cannot be read as JSON: {fault}", span)
    return Page(
        tuple(records), rejected=tuple(rejected), hints={"truncated": envelope.truncated or 0}
    )


def alert(
    element: object, span: tuple[int, int] | None = None, *, version: str | None = None
) -> Record:
    """Wrap one alert, keeping every field it came with.

    Shape:  the key is fingerprint and start, the version is the state: these three are what
            Alertmanager repeats. Neither the end nor the annotations make it news. With `version`
            it was asked for, and may be suppressed or pending; a webhook never says so.
    Raises: Unmappable, with a path that begins at the element.
    """
    if type(element) is not dict:
        raise Unmappable(f"an alert is an object, not {json_word(element)}", path="")
    fingerprint = _text(element, "fingerprint")
    if not fingerprint.isprintable() or len(fingerprint) > _LONGEST or not fingerprint:
        raise Unmappable("fingerprint is not a short printable text", path=".fingerprint")
    status = _text(element, "status")
    if status not in (_STATES if version is None else _POLLED):
        raise Unmappable("status is neither firing nor resolved", path=".status")
    starts_at = instant(_text(element, "startsAt"))
    if starts_at is None:
        raise Unmappable(
            "startsAt is not an instant of RFC 3339 like 2026-01-05T10:00:00Z", path=".startsAt"
        )
    _expect_texts(element, "labels")
    _expect_texts(element, "annotations")
    key = f"{fingerprint}/{starts_at}"
    return Record("alert", key, element, version or status, fingerprint, span)


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


def _text(element: Mapping[str, object], name: str) -> str:
    value = element.get(name)
    if type(value) is str:
        return value
    said = f"is {json_word(value)}, not text" if name in element else "is missing"
    raise Unmappable(f"{name} {said}", path=f".{name}")


def _expect_texts(element: Mapping[str, object], name: str) -> None:
    """Check that a field, where there is one, holds texts by name."""
    value = element.get(name)
    if value is None:
        return
    if type(value) is not dict:
        raise Unmappable(f"{name} is {json_word(value)}, not an object of texts", path=f".{name}")
    if _TEXT.issuperset(map(type, value.values())):
        return
    key, wrong = next((key, it) for key, it in value.items() if type(it) is not str)
    raise Unmappable(f"{name}[{key[:_LONGEST]!a}] is {json_word(wrong)}, not text", path=f".{name}")


def _reject(
    rejected: list[Rejected], index: int, path: str, message: str, span: tuple[int, int]
) -> None:
    """Note a bad element; the last note stands for all that are too many to note."""
    if len(rejected) < _MOST_REJECTED:
        rejected.append(Rejected("alert", f"alerts[{index}]{path}", message, span))
    elif len(rejected) == _MOST_REJECTED:
        more = "this element and all later bad ones of this delivery are refused without a note"
        rejected.append(Rejected("alert", f"alerts[{index}]", more, span))
