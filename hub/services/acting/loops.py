"""Is a wish new, the same again, or part of a loop? Pure: no clock, no store.

Two systems that answer each other's changes can go round for ever, mostly in bursts. Each rule
here stops one way in which that happens (domain 5, loop prevention).
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import blake2b
from typing import Final

from hub.services.acting.words import COUNTED, FIELDS, SPOKEN, WAITING, Write, WriteState

MOST_HOPS: Final = 3
"""A change that came through more hands than these comes back to where it was."""
FLIPS: Final = 3
WINDOW: Final = timedelta(minutes=10)
"""So many changes of one field to and fro in this time freeze it."""
SAME_AGAIN: Final = timedelta(seconds=60)
"""So long the same wish is a second press of the button and no wish of its own; arbitrary."""


class Judgement(Enum):
    """What a wish turns out to be."""

    NEW = "new"
    SAME = "same"
    FROZEN = "frozen"
    TRAVELLED = "travelled"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An operation on the same field of the same record, as far as it matters here."""

    number: int
    digest: str
    state: WriteState
    at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement. `same` is the operation that is wanted again, `over` those that it replaces."""

    what: Judgement
    same: int | None = None
    over: tuple[int, ...] = ()


def canonical(values: Mapping[str, object]) -> dict[str, object]:
    """Bring wanted values into the one form in which they are compared and stored.

    Shape: texts without blanks around them, nothing that is None. Instants come as texts that
           whoever asks has brought to UTC and to the second.
    """
    made: dict[str, object] = {}
    for name, value in sorted(values.items()):
        if value is None:
            continue
        made[name] = value.strip() if isinstance(value, str) else value
    return made


def digest_of(write: str, values: Mapping[str, object]) -> str:
    """Digest what is wanted: 16 hexadecimal digits.

    Shape: a value is the same whoever wants it; what is said is of the person who says it.
    """
    wanted = canonical(values)
    if FIELDS[Write(write)] not in SPOKEN:
        wanted.pop("by", None)
    text = json.dumps([write, wanted], sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def judge(
    field: str, digest: str, earlier: Sequence[Earlier], *, now: datetime, hops: int = 0
) -> Judged:
    """Compare a wish with what was wanted of this field before.

    Shape: `earlier` stands in the order asked for and reaches back at least `WINDOW`.
    """
    if hops > MOST_HOPS:
        return Judged(Judgement.TRAVELLED)
    last = next((one for one in reversed(earlier) if one.state in COUNTED), None)
    if last is not None and last.digest == digest and _still_meant(last, now):
        return Judged(Judgement.SAME, same=last.number)
    if field in SPOKEN:
        return Judged(Judgement.NEW)
    lately = [one.digest for one in earlier if one.state in COUNTED and now - one.at <= WINDOW]
    lately.append(digest)
    if sum(one != other for one, other in itertools.pairwise(lately)) > FLIPS:
        return Judged(Judgement.FROZEN)
    # A wish that nobody has begun to carry out is replaced: of a burst only the last one is sent.
    over = (WriteState.PLANNED, WriteState.UNKNOWN)
    return Judged(Judgement.NEW, over=tuple(o.number for o in earlier if o.state in over))


def _still_meant(last: Earlier, now: datetime) -> bool:
    confirmed = last.state is WriteState.CONFIRMED and now - last.at <= SAME_AGAIN
    return last.state in WAITING or confirmed
