"""What an incident costs the plan: when it begins to slip, and by how many days. Pure.

The effect of an incident is found by putting delays into the network and running it, never as
outage minus float. "The float absorbs it" is an answer, and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from hub.model.links import Reason
from hub.plan.calendars import WorkTime
from hub.plan.timetable import Schedule

_ONE_DAY: Final = timedelta(days=1)


class Channel(StrEnum):
    """By what way an incident reaches the plan (domain 3.5)."""

    ENVIRONMENT = "environment"
    PEOPLE = "people"
    REMEDIATION = "remediation"
    ACCEPTANCE_CLOCK = "acceptance_clock"


class ClockRule(StrEnum):
    """What a fault does to a trial run: it begins anew on the next day, or gets one day more."""

    RESTART_NEXT_DAY = "restart_next_day"
    EXTEND_ONE_DAY = "extend_one_day"


@dataclass(frozen=True, slots=True)
class Effect:
    """What one channel does to one milestone.

    Units: `days` are working days; calendar days for a trial run. None is unknown, not 0.
    """

    channel: Channel
    days: float | None
    before: datetime | date | None
    after: datetime | date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """A task that cannot be worked on.

    Units: `float_minutes` to the milestone, on the task's calendar; `share` 0..1 of the work.
    """

    task: str
    float_minutes: int
    since: datetime
    worktime: WorkTime
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Slip:
    """The instant from which a milestone slips, the task that makes it slip, and why."""

    at: datetime
    task: str
    reasons: tuple[Reason, ...]


def restore_by(
    float_minutes: int | None, blocked_since: datetime, worktime: WorkTime, *, share: float = 1.0
) -> datetime | None:
    """Find the first instant at which the blocked working time exceeds the float.

    Shape: None when no task is blocked (`float_minutes` None, or a share of nothing). Without
           float the plan slips from the first blocked working minute on.
    Raises: NoWorkingTime.
    """
    if float_minutes is None or share <= 0:
        return None
    allowed = ceil(max(float_minutes, 0) / min(share, 1.0))
    if not allowed:
        return worktime.next_working(blocked_since)
    # The end of a shift is as good as the beginning of the next one: nobody works between them.
    return worktime.next_working(worktime.add(blocked_since, allowed))


def time_to_slip(blocked: Iterable[Blocked]) -> Slip | None:
    """Find what slips first; None when nothing is blocked."""
    slips = [
        Slip(at, item.task, (_slip_reason(item, at),))
        for item in blocked
        if (at := _restore(item)) is not None
    ]
    return min(slips, key=lambda slip: (slip.at, slip.task), default=None)


def slip_of(
    schedule: Schedule,
    milestone: str,
    tasks: Iterable[str],
    *,
    since: datetime,
    share: float = 1.0,
    by: datetime | None = None,
) -> Slip | None:
    """Find when a milestone slips because tasks are blocked; None when it does not wait for them.

    Shape: it slips when it moves; with `by`, when it moves beyond that date.
    """
    floats = schedule.float_to(milestone, by=by)
    return time_to_slip(
        Blocked(ref, floats[ref], since, schedule.calendar_of(ref), share)
        for ref in tasks
        if ref in floats
    )


def _restore(item: Blocked) -> datetime | None:
    return restore_by(item.float_minutes, item.since, item.worktime, share=item.share)


def _slip_reason(item: Blocked, at: datetime) -> Reason:
    code = "restore_by" if item.float_minutes > 0 else "slips_at_once"
    hours = item.float_minutes / 60
    return Reason(code, {"task": item.task, "at": _minute(at), "float_hours": hours})


def environment_effect(
    schedule: Schedule,
    milestone: str,
    tasks: Iterable[str],
    *,
    since: datetime | Mapping[str, datetime],
    until: datetime,
    share: float = 1.0,
    minutes_per_day: int = 480,
) -> Effect:
    """Tell what an outage costs, by the tasks that could not be worked on.

    Shape: `tasks` are those in progress on the service; `since` is one instant, or one of each
           task; `share` is the stated part of their work that was blocked. What was blocked is
           working time on each task's own calendar.
    """
    delays = {}
    for ref in sorted(set(tasks)):
        begun = since[ref] if isinstance(since, Mapping) else since
        blocked = max(schedule.calendar_of(ref).minutes_between(begun, until), 0)
        delays[ref] = round(blocked * share)
    return _effect(Channel.ENVIRONMENT, schedule, milestone, delays, minutes_per_day)


def people_effect(
    schedule: Schedule,
    milestone: str,
    taken: Mapping[str, int],
    *,
    minutes_per_day: int = 480,
) -> Effect:
    """Tell what it costs that people leave their tasks to respond.

    Units: `taken` is by task the working minutes by which it is done later. One person who works
           on it alone delays it by the time spent on the incident; see `taken_from`.
    """
    return _effect(Channel.PEOPLE, schedule, milestone, dict(taken), minutes_per_day)


def taken_from(minutes: int, units: float, total_units: float) -> int:
    """Tell by how long a task is done later when one of those who work on it is away.

    Units: `units` is the share of that person in the task, `total_units` that of everybody.
    """
    if total_units <= 0:
        return minutes
    return round(minutes * min(units / total_units, 1.0))


def remediation_effect(
    schedule: Schedule,
    milestone: str,
    estimates: Mapping[str, int | None],
    *,
    minutes_per_day: int = 480,
) -> Effect:
    """Tell what follow-up work costs; one ticket without an estimate makes the answer unknown.

    Units: `estimates` by task of the plan whose work grows, in working minutes.
    """
    known = {ref: minutes for ref, minutes in estimates.items() if minutes is not None}
    if len(known) < len(estimates):
        missing = Reason("remediation_not_estimated", {"count": len(estimates) - len(known)})
        before = schedule.delayed({}).early_finish(milestone)
        return Effect(Channel.REMEDIATION, None, before, None, (missing,))
    return _effect(Channel.REMEDIATION, schedule, milestone, known, minutes_per_day)


def acceptance_clock(
    start: date, days: int, faults: Iterable[date], rule: ClockRule = ClockRule.RESTART_NEXT_DAY
) -> Effect:
    """Tell when a trial run ends, faults counted.

    Shape: first and last day count as days of the run; a fault after its end does nothing.
    """
    planned = end = start + (days - 1) * _ONE_DAY
    reasons = []
    for fault in sorted(set(faults)):
        if not start <= fault <= end:
            continue
        restarts = rule is ClockRule.RESTART_NEXT_DAY
        end = fault + days * _ONE_DAY if restarts else end + _ONE_DAY
        code = "trial_run_restarted" if restarts else "trial_run_extended"
        reasons.append(Reason(code, {"fault": fault.isoformat(), "end": end.isoformat()}))
    if not reasons:
        reasons.append(Reason("trial_run_undisturbed", {"end": end.isoformat()}))
    return Effect(
        Channel.ACCEPTANCE_CLOCK, float((end - planned).days), planned, end, tuple(reasons)
    )


def _effect(
    channel: Channel,
    schedule: Schedule,
    milestone: str,
    delays: Mapping[str, int],
    minutes_per_day: int,
) -> Effect:
    """Put delays into the network, run it, and compare the milestone."""
    base = schedule.delayed({})
    before = base.early_finish(milestone)
    if before is None:
        return Effect(channel, None, None, None, (Reason("milestone_not_scheduled"),))
    if not any(delays.values()):
        code = "no_working_time_blocked" if delays else "no_task_blocked"
        return Effect(channel, 0.0, before, before, (Reason(code),))
    after = schedule.delayed(delays).early_finish(milestone)
    assert after is not None  # noqa: S101 - a delay excludes nothing
    moved = schedule.calendar.minutes_between(before, after) / minutes_per_day
    lost = {"tasks": len(delays), "lost_days": max(delays.values()) / minutes_per_day}
    if moved > 0:
        reason = Reason("moves_milestone", {"days": moved, **lost})
        return Effect(channel, moved, before, after, (reason,))
    return Effect(
        channel, 0.0, before, before, (_absorbed(base, milestone, delays, minutes_per_day),)
    )


def _absorbed(
    base: Schedule, milestone: str, delays: Mapping[str, int], minutes_per_day: int
) -> Reason:
    """Say why nothing moves: the float is larger, or the milestone does not wait for the task."""
    floats = base.float_to(milestone)
    on_the_way = {ref: floats[ref] for ref in delays if ref in floats}
    if not on_the_way:
        return Reason("milestone_does_not_wait", {"tasks": len(delays)})
    tightest = min(on_the_way, key=lambda ref: (on_the_way[ref] - delays[ref], ref))
    return Reason(
        "float_absorbs",
        {
            "task": tightest,
            "float_days": on_the_way[tightest] / minutes_per_day,
            "lost_days": delays[tightest] / minutes_per_day,
        },
    )


def _minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
