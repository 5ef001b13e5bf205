"""Health of a milestone: red, amber, green or unknown, always with its reasons. Pure.

Every rule speaks for itself; the worst one counts. What is not known blocks green and makes
nothing red. All times are wall-clock times of the project's zone, `now` too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from hub.model.links import Reason
from hub.model.words import Rag
from hub.plan.calendars import WorkTime

# The four numbers are our choice; docs/reference/plan.md says what they do.
BASELINE_AMBER_DAYS: Final = 1.0
BASELINE_RED_DAYS: Final = 10.0
EXPOSURE_AMBER: Final = 40.0
EXPOSURE_RED: Final = 70.0

_WORST_FIRST: Final = (Rag.RED, Rag.AMBER, Rag.UNKNOWN, Rag.GREEN)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a milestone; None is unknown.

    Shape: `due` is what was promised, a bare day lasts until its end; `finish` is where the plan
           puts the milestone now; `actual` is set once it is achieved. `stale_since` is set while
           a source of these facts is silent.
    Units: floats are working minutes, computed and as the tool said; `exposure` 0..100, that of
           the worst open incident, 0 when there is none.
    """

    due: date | datetime | None = None
    baseline: datetime | None = None
    finish: datetime | None = None
    forecast_p50: datetime | None = None
    forecast_p80: datetime | None = None
    actual: datetime | None = None
    float_minutes: int | None = None
    float_source_minutes: int | None = None
    exposure: float | None = None
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The colour and why. Shape: the reasons that set the colour stand first."""

    rag: Rag
    reasons: tuple[Reason, ...]


def milestone_health(
    facts: Facts, *, now: datetime, worktime: WorkTime, minutes_per_day: int = 480
) -> Health:
    """Judge a milestone."""
    if facts.actual is not None:
        return _achieved(facts, worktime, minutes_per_day)
    judge = _Judge(facts, now, worktime, minutes_per_day)
    found = sorted(judge.verdicts(), key=lambda verdict: _WORST_FIRST.index(verdict[0]))
    rag = found[0][0] if found else Rag.GREEN
    reasons = tuple(reason for _, reason in found)
    return Health(rag, (Reason("health_on_track"), *reasons) if rag is Rag.GREEN else reasons)


def _achieved(facts: Facts, worktime: WorkTime, minutes_per_day: int) -> Health:
    assert facts.actual is not None  # noqa: S101 - the caller asks first
    promised = _end(facts.due) or facts.baseline
    late = 0.0
    if promised is not None:
        late = worktime.days_between(promised, facts.actual, minutes_per_day)
    at = _shown(facts.actual)
    if late > 0:
        return Health(Rag.GREEN, (Reason("health_achieved_late", {"at": at, "days": late}),))
    return Health(Rag.GREEN, (Reason("health_achieved", {"at": at}),))


@dataclass(frozen=True, slots=True)
class _Judge:
    facts: Facts
    now: datetime
    worktime: WorkTime
    minutes_per_day: int

    def verdicts(self) -> Iterator[tuple[Rag, Reason]]:
        yield from self._promise()
        yield from self._dates()
        yield from self._baseline()
        yield from self._floats()
        yield from self._exposure()
        if self.facts.stale_since is not None:
            since = _shown(self.facts.stale_since)
            yield Rag.UNKNOWN, Reason("health_source_stale", {"since": since})

    def _promise(self) -> Iterator[tuple[Rag, Reason]]:
        promised = _end(self.facts.due) or self.facts.baseline
        if promised is None:
            yield Rag.UNKNOWN, Reason("health_promise_unknown")
        elif promised < self.now:
            days = (self.now - promised) / timedelta(days=1)
            yield Rag.RED, Reason("health_overdue", {"due": self._promised(), "days": days})

    def _dates(self) -> Iterator[tuple[Rag, Reason]]:
        facts, due = self.facts, _end(self.facts.due)
        likely = facts.forecast_p50 or facts.finish
        if likely is None and facts.forecast_p80 is None:
            yield Rag.UNKNOWN, Reason("health_finish_unknown")
        if due is None:
            return
        if likely is not None and likely > due:
            yield Rag.RED, self._late("health_finish_after_due", likely, due)
        elif facts.forecast_p80 is not None and facts.forecast_p80 > due:
            yield Rag.AMBER, self._late("health_p80_after_due", facts.forecast_p80, due)

    def _late(self, code: str, finish: datetime, due: datetime) -> Reason:
        days = self._days(due, finish)
        return Reason(code, {"finish": _shown(finish), "due": self._promised(), "days": days})

    def _baseline(self) -> Iterator[tuple[Rag, Reason]]:
        finish = self.facts.forecast_p50 or self.facts.finish
        if self.facts.baseline is None or finish is None:
            return
        days = self._days(self.facts.baseline, finish)
        if days >= BASELINE_AMBER_DAYS:
            rag = Rag.RED if days >= BASELINE_RED_DAYS else Rag.AMBER
            promised = _shown(self.facts.baseline)
            yield rag, Reason("health_behind_baseline", {"days": days, "baseline": promised})

    def _floats(self) -> Iterator[tuple[Rag, Reason]]:
        """Judge by the lower of the two floats; neither overwrites the other."""
        own, source = self.facts.float_minutes, self.facts.float_source_minutes
        known = [minutes for minutes in (own, source) if minutes is not None]
        if not known:
            yield Rag.UNKNOWN, Reason("health_float_unknown")
            return
        days = min(known) / self.minutes_per_day
        if days < 0:
            yield Rag.RED, Reason("health_float_negative", {"days": days})
        elif not days:
            yield Rag.GREEN, Reason("health_no_float")
        if own is not None and source is not None and own != source:
            both = {
                "days": own / self.minutes_per_day,
                "source_days": source / self.minutes_per_day,
            }
            yield Rag.GREEN, Reason("health_floats_differ", both)

    def _exposure(self) -> Iterator[tuple[Rag, Reason]]:
        exposure = self.facts.exposure
        if exposure is None:
            yield Rag.UNKNOWN, Reason("health_exposure_unknown")
        elif exposure >= EXPOSURE_AMBER:
            rag = Rag.RED if exposure >= EXPOSURE_RED else Rag.AMBER
            yield rag, Reason("health_exposed", {"exposure": exposure})
        elif exposure > 0:
            yield Rag.GREEN, Reason("health_slightly_exposed", {"exposure": exposure})

    def _days(self, start: datetime, finish: datetime) -> float:
        return self.worktime.days_between(start, finish, self.minutes_per_day)

    def _promised(self) -> str:
        due = self.facts.due or self.facts.baseline
        assert due is not None  # noqa: S101 - the callers ask first
        return _shown(due)


def _end(due: date | datetime | None) -> datetime | None:
    """Let a bare day last until its end; tools without hours write it as midnight."""
    if due is None:
        return None
    if isinstance(due, datetime) and due.time() != time():
        return due
    day = due.date() if isinstance(due, datetime) else due
    return datetime.combine(day, time()) + timedelta(days=1)


def _shown(at: date | datetime) -> str:
    return at.isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()
