"""What processes and latencies amount to."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from math import ceil
from statistics import median

import psutil


def family(pids: Iterable[int]) -> list[psutil.Process]:
    """Return processes and all that they started."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(pid)
            found.update({one.pid: one for one in (first, *first.children(recursive=True))})
    return list(found.values())


def cpu(pids: Iterable[int]) -> float:
    """Return the CPU seconds that processes have used, with those of ended children."""
    used = 0.0
    for process in family(pids):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
    return used


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Write median (min-max)."""
    low, middle, high = min(values), median(values), max(values)
    return f"{middle:{form}} ({low:{form}}-{high:{form}})"
