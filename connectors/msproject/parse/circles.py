"""Links that run in a circle: found for tens of thousands of links in a few numbers for each."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

MAX_CYCLES: Final = 20
"""Arbitrary: a plan with more circles than this needs mending, not a longer list."""


def bound(names: Sequence[str], before: Sequence[int], after: Sequence[int]) -> dict[str, set[str]]:
    """Return who waits for whom among those that are on a circle or behind one.

    Shape: link n is from the name at `before[n]` to that at `after[n]`.
    """
    waits = _waiting(len(names), before, after)
    found: dict[str, set[str]] = {}
    for one, other in zip(before, after, strict=True):
        if waits[one] and waits[other]:
            found.setdefault(names[other], set()).add(names[one])
    return found


def _waiting(count: int, before: Sequence[int], after: Sequence[int]) -> Sequence[int]:
    """Count the links that each still waits for when all that can be done is done."""
    waits, starts = array("I", bytes(4 * count)), array("I", bytes(4 * (count + 1)))
    for one, other in zip(before, after, strict=True):
        starts[one + 1] += 1
        waits[other] += 1
    starts = array("I", accumulate(starts))
    follow, filled = array("I", bytes(4 * len(after))), array("I", starts)
    for one, other in zip(before, after, strict=True):
        follow[filled[one]] = other
        filled[one] += 1
    free = [n for n in range(count) if not waits[n]]
    while free:
        done = free.pop()
        for other in follow[starts[done] : starts[done + 1]]:
            waits[other] -= 1
            if not waits[other]:
                free.append(other)
    return waits


def cycles(predecessors: dict[str, set[str]]) -> Iterator[list[str]]:
    """Name circles, each as the tasks on it with the first one again at the end; eats its input."""
    for _ in range(MAX_CYCLES):
        _trim(predecessors)
        if not predecessors:
            return
        circle = _walk(predecessors)
        yield circle
        for uid in circle:
            predecessors.pop(uid, None)


def _trim(predecessors: dict[str, set[str]]) -> None:
    # What has no predecessor left is on no circle; taking it away frees those that follow it.
    successors: dict[str, list[str]] = {}
    for uid, before in predecessors.items():
        for one in before:
            successors.setdefault(one, []).append(uid)
    free = [uid for uid in successors if uid not in predecessors]
    while free:
        gone = free.pop()
        for uid in successors.get(gone, ()):
            if uid in predecessors:
                predecessors[uid].discard(gone)
                if not predecessors[uid]:
                    del predecessors[uid]
                    free.append(uid)


def _walk(predecessors: dict[str, set[str]]) -> list[str]:
    uid = next(iter(predecessors))
    path: dict[str, None] = {}
    while uid not in path:
        path[uid] = None
        uid = min(predecessors[uid])
    circle = list(path)
    circle = circle[circle.index(uid) :]
    return [uid, *reversed(circle)]
