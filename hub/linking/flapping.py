"""When an alert flaps: it begins and stops to fire so often that single moves say nothing.

Counted by event time over the stretches in which any of its series fired, so neither the order of
arrival nor a repeat nor a second replica changes the count. Pure: no clock, no store.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from hub.model.ops import Flapping, Spell

_NOT_YET: Final = datetime.max.replace(tzinfo=UTC)


class FlapRule(NamedTuple):
    """What counts as flapping.

    Shape: a firing that begins no later than `gap` after an end continues the episode; so many
           `transitions` within `window` are flapping, which ends a `window` after the last time
           that they were reached.
    """

    gap: timedelta = timedelta(minutes=5)
    transitions: int = 5
    window: timedelta = timedelta(minutes=60)


FLAPS: Final = FlapRule()


def remembered(
    past: tuple[Spell, ...], spell: Spell, newest: datetime, rule: FlapRule
) -> tuple[Spell, ...]:
    """Put a spell among those of former source keys; what cannot matter any more is forgotten."""
    since = newest - 2 * rule.window
    if not past:
        return (spell,) if _last(spell) >= since else ()
    kept = {(one.series, one.starts_at): one for one in past if _last(one) >= since}
    name = spell.series, spell.starts_at
    if (known := kept.get(name)) is not None:
        ends = [one.ends_at for one in (spell, known) if one.ends_at is not None]
        spell = spell._replace(ends_at=min(ends, default=None))
    if _last(spell) >= since:
        kept[name] = spell
    return tuple(sorted(kept.values(), key=_start)[-4 * rule.transitions :])


def stretches(spells: Iterable[Spell]) -> list[tuple[datetime, datetime]]:
    """Return when any series fired, oldest first; what has not ended ends in the far future."""
    made: list[tuple[datetime, datetime]] = []
    for start, end in sorted(_closed(spells)):
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(made[-1][1], end)
        else:
            made.append((start, end))
    return made


def _closed(spells: Iterable[Spell]) -> Iterable[tuple[datetime, datetime]]:
    """Let an end that was never told be the next start of its series."""
    series: dict[str, list[Spell]] = {}
    for spell in spells:
        series.setdefault(spell.series, []).append(spell)
    for mine in series.values():
        mine.sort(key=_start)
        for one, after in pairwise(mine):
            yield one.starts_at, one.ends_at or after.starts_at
        yield mine[-1].starts_at, mine[-1].ends_at or _NOT_YET


def flaps_of(fired: Sequence[tuple[datetime, datetime]], rule: FlapRule) -> int:
    """Count the short gaps that lead to the last stretch without a long one between."""
    count = 0
    for before, after in pairwise(reversed(fired)):
        if before[0] - after[1] > rule.gap:
            break
        count += 1
    return count


def flapping(
    fired: Sequence[tuple[datetime, datetime]], known: Flapping | None, rule: FlapRule
) -> Flapping | None:
    """Say from when until when it flaps; `known` is what was said before.

    Shape: the end is that which holds if nothing more happens.
    """
    turns = [at for stretch in fired for at in stretch if at != _NOT_YET]
    found = None
    for first, last in zip(turns, turns[rule.transitions - 1 :], strict=False):
        if last - first <= rule.window:
            runs = [run.since for run in (found, known) if run is not None and last <= run.until]
            found = Flapping(min([last, *runs]), last + rule.window)
    return found


def _start(spell: Spell) -> datetime:
    return spell.starts_at


def _last(spell: Spell) -> datetime:
    return spell.ends_at or spell.starts_at
