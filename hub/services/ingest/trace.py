"""What an alert remembers beside its state: its former source keys, and what moved nothing.

Most alerts have neither, and then there is nothing to read or write.
"""

from typing import Any, Final

import orjson

from hub.model.ops import Alert, Flapping, Spell
from hub.services.instants import instant, micros

REFUSED: Final = 20
"""So many refused moves are kept of one alert, the newest; arbitrary."""
Past = tuple[tuple[Spell, ...], Flapping | None]
NO_PAST: Final[Past] = ((), None)


def past_of(trace: bytes | None) -> Past:
    """Return the former source keys of a trace, and from when until when the alert flaps."""
    if trace is None:
        return NO_PAST
    held = orjson.loads(trace)
    past = tuple(
        Spell(series, instant(start), None if end is None else instant(end))
        for series, start, end in held["past"]
    )
    mark = held["flapping"]
    return past, Flapping(instant(mark[0]), instant(mark[1])) if mark else None


def refused_of(trace: bytes | None) -> list[dict[str, Any]]:
    """Return what was told lately and moved nothing, oldest first."""
    return [] if trace is None else list(orjson.loads(trace)["refused"])


def traced(before: bytes | None, alert: Alert) -> bytes | None:
    """Encode the past of an alert beside what was refused."""
    if before is None and not alert.past and alert.flapping is None:
        return None
    return _encoded(alert.past, alert.flapping, refused_of(before))


def refusing(before: bytes | None, entry: dict[str, object]) -> bytes | None:
    """Add what was refused; None when it is there already, whoever repeats it."""
    refused = refused_of(before)
    named = [entry[name] for name in ("source_key", "telling", "reason")]
    if any([one[name] for name in ("source_key", "telling", "reason")] == named for one in refused):
        return None
    return _encoded(*past_of(before), [*refused, entry][-REFUSED:])


def _encoded(
    past: tuple[Spell, ...], mark: Flapping | None, refused: list[dict[str, Any]]
) -> bytes:
    return orjson.dumps(
        {
            "past": [
                [one.series, micros(one.starts_at), one.ends_at and micros(one.ends_at)]
                for one in past
            ],
            "flapping": mark and [micros(mark.since), micros(mark.until)],
            "refused": refused,
        }
    )
