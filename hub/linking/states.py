"""The moves of one source key: each state, each telling, and where it leads or why it does not.

The only place that says which state follows. Pure: no clock, no store. The same table is printed
in `docs/reference/states.md`.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hub.model.words import AlertStatus, EndKind, Refused, Telling


class Basis(StrEnum):
    """What a telling rests on.

    Shape: `WORD` is the tool's own, `LOOK` the hub's look at a tool that is believed, `CLOCK` time
           alone, `NOTHING` what may only be silence.
    """

    WORD = "word"
    LOOK = "look"
    CLOCK = "clock"
    NOTHING = "nothing"


BASIS: Final[Mapping[Telling, Basis]] = MappingProxyType(
    {
        Telling.PENDING: Basis.WORD,
        Telling.FIRES: Basis.WORD,
        Telling.SUPPRESSED: Basis.WORD,
        Telling.ENDED: Basis.WORD,
        Telling.DOUBTED: Basis.NOTHING,
        Telling.GONE: Basis.LOOK,
        Telling.SILENT: Basis.NOTHING,
        Telling.SETTLED: Basis.LOOK,
        Telling.TIMED_OUT: Basis.CLOCK,
    }
)

_TOLD: Final[dict[Telling, AlertStatus | Refused]] = {
    Telling.PENDING: Refused.PENDING_IS_PAST,
    Telling.FIRES: AlertStatus.FIRING,
    Telling.SUPPRESSED: AlertStatus.SUPPRESSED,
    Telling.ENDED: AlertStatus.RESOLVED,
    Telling.DOUBTED: AlertStatus.UNVERIFIED,
    Telling.GONE: AlertStatus.EXPIRED,
    Telling.SILENT: Refused.SILENCE_IS_NO_EVIDENCE,
    Telling.SETTLED: Refused.NOTHING_DOUBTED,
    Telling.TIMED_OUT: Refused.NOTHING_DOUBTED,
}
MOVES: Final[Mapping[AlertStatus | None, Mapping[Telling, AlertStatus | Refused]]] = (
    MappingProxyType(
        {
            None: {**_TOLD, Telling.PENDING: AlertStatus.PENDING},
            AlertStatus.PENDING: {**_TOLD, Telling.PENDING: AlertStatus.PENDING},
            AlertStatus.FIRING: _TOLD,
            AlertStatus.SUPPRESSED: _TOLD,
            AlertStatus.UNVERIFIED: {
                **_TOLD,
                Telling.SETTLED: AlertStatus.RESOLVED,
                Telling.TIMED_OUT: AlertStatus.EXPIRED,
            },
            AlertStatus.EXPIRED: _TOLD,
            AlertStatus.RESOLVED: {
                **dict.fromkeys(Telling, Refused.RESOLVED_IS_FINAL),
                Telling.ENDED: AlertStatus.RESOLVED,
                Telling.DOUBTED: AlertStatus.RESOLVED,
                Telling.GONE: AlertStatus.RESOLVED,
                Telling.SILENT: Refused.SILENCE_IS_NO_EVIDENCE,
                Telling.SETTLED: Refused.NOTHING_DOUBTED,
                Telling.TIMED_OUT: Refused.NOTHING_DOUBTED,
            },
        }
    )
)
"""From each state of a source key (None: never heard of) by each telling. The same state: stays."""

# What beats what where two things are told at the same instant, and among the series of an alert.
RANK: Final[Mapping[AlertStatus, int]] = MappingProxyType(
    {
        AlertStatus.PENDING: 0,
        AlertStatus.SUPPRESSED: 1,
        AlertStatus.UNVERIFIED: 2,
        AlertStatus.FIRING: 3,
        AlertStatus.EXPIRED: 4,
        AlertStatus.RESOLVED: 5,
    }
)


def move(
    state: AlertStatus, told_at: datetime, telling: Telling, at: datetime
) -> AlertStatus | Refused:
    """Say where a telling of `at` leads a source key that is in `state` since it was `told_at`.

    Shape: what was pending moves on and an end is final whatever the order of tellings; of all
           else the last telling counts. So any order ends in the same state.
    """
    to = MOVES[state][telling]
    if to is state or to is AlertStatus.RESOLVED or at > told_at:
        return to
    if state is AlertStatus.PENDING or isinstance(to, Refused):
        return to
    return to if at == told_at and RANK[to] > RANK[state] else Refused.TOLD_EARLIER


TIMED_OUT: Final = "timeout"
SETTLED: Final = "settled"
"""An end that was doubted, and that a later look at the tool bears out."""
NOT_LOOKED: Final = "not_looked_yet"
"""Why a tool's silence is not believed before the first look of this process."""
NOT_HEARD_SINCE: Final = "not_heard_since"
"""Why an end is not believed that came later than anybody vouches for: a look decides."""
INFERRED: Final = "ended"
"""An end that a look found."""


def end_kind(state: AlertStatus, why: str) -> EndKind | None:
    """Say how an end is known; None: it is none."""
    if state is AlertStatus.RESOLVED:
        return EndKind.REPORTED
    if state is not AlertStatus.EXPIRED:
        return None
    if why == TIMED_OUT:
        return EndKind.TIMEOUT
    return EndKind.INFERRED_POLL if why == INFERRED else EndKind.GONE
