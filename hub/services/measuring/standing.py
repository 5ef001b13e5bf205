"""How one objective stands: what its windows counted, and what follows from it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from hub.objectives import (
    RULES,
    Burn,
    Declared,
    Events,
    Rule,
    Verdict,
    budget,
    judge,
    remaining,
    windows,
    worst,
)

LEAST: Final = timedelta(minutes=1)
MOST: Final = timedelta(minutes=15)
NOTHING: Final = Events(None, None)


@dataclass(frozen=True, slots=True)
class Watched:
    """An objective that is to be judged, of a service by its ref, and who is asked."""

    declared: Declared
    service: str
    connector: str

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that fit into its period."""
        period = self.declared.objective.period
        return tuple(rule for rule in RULES if rule.long <= period)

    @property
    def spans(self) -> tuple[timedelta, ...]:
        """Return every window in which its events are counted, the shortest first."""
        period = self.declared.objective.period
        return tuple(sorted({*windows(self.rules), period}))


@dataclass(slots=True)
class Counts:
    """What was counted of one objective, and when.

    Shape: `whole` False when the tool's data do not go back for the whole period.
    """

    events: dict[timedelta, tuple[Events, datetime]] = field(default_factory=dict)
    whole: bool | None = None
    message: str | None = None

    def due(self, watched: Watched, now: datetime) -> list[timedelta]:
        """Return the windows that are to be counted anew: the longer, the less often.

        Shape: what is not known is asked for each time.
        """
        return [
            span
            for span in watched.spans
            if self.events.get(span, (NOTHING, now))[0] == NOTHING
            or now - self.events[span][1] >= every(span)
        ]

    def known(self, now: datetime) -> dict[timedelta, Events]:
        """Return what still holds; what was counted long ago says nothing about now."""
        return {
            span: events if now - at <= 3 * every(span) else NOTHING
            for span, (events, at) in self.events.items()
        }


def every(span: timedelta) -> timedelta:
    """Return how often a window is counted: a sixtieth of it, within bounds."""
    return min(max(span / 60, LEAST), MOST)


@dataclass(frozen=True, slots=True)
class Stand:
    """How an objective stands. Shape: `left` is the share of its budget; None: unknown."""

    says: Burn
    verdicts: tuple[Verdict, ...]
    left: float | None


def stand(watched: Watched, counts: Counts, now: datetime) -> Stand:
    """Judge an objective by what is known."""
    objective, known = watched.declared.objective, counts.known(now)
    verdicts = judge(objective, known, watched.rules)
    left = remaining(objective, known.get(objective.period, NOTHING))
    return Stand(worst(verdicts), verdicts, left)


def stand_json(
    watched: Watched, counts: Counts, found: Stand, since: datetime, now: datetime
) -> dict[str, Any]:
    """Return how an objective stands as the API writes it."""
    objective = watched.declared.objective
    minutes = budget(objective).total_seconds() / 60
    return {
        "name": watched.declared.name,
        "title": watched.declared.title,
        "service": watched.service,
        "connector": watched.connector,
        "target": float(objective.target),
        "period_seconds": int(objective.period.total_seconds()),
        "min_events": objective.min_events,
        "state": found.says.value,
        "since": since,
        "judged_at": now,
        "message": counts.message,
        "budget": {
            "minutes": minutes,
            "left": found.left,
            "left_minutes": None if found.left is None else found.left * minutes,
            "whole": counts.whole,
        },
        "rules": list(_rules(watched, found)),
    }


def _rules(watched: Watched, found: Stand) -> Iterator[dict[str, Any]]:
    for verdict in found.verdicts:
        rule = verdict.rule
        yield {
            "says": rule.says.value,
            "state": verdict.says.value,
            "factor": float(rule.factor(watched.declared.objective.period)),
            "long_seconds": int(rule.long.total_seconds()),
            "short_seconds": int(rule.short.total_seconds()),
            "long_burn": verdict.long,
            "short_burn": verdict.short,
        }
