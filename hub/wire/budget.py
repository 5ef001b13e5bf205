"""How often a tool says that it may still be asked: its newest word, read from its headers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from hub.contract import Budget
from hub.wire.instants import instant, number
from hub.wire.verdict import is_busy, wish

_PREFIXES: Final = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
_DIGITS: Final = 16


class Budgets:
    """Remembers the newest word of one tool; may be told from several threads."""

    def __init__(self) -> None:
        self._newest: Budget | None = None

    def hear(self, status: int, headers: Mapping[str, str], now: datetime) -> None:
        """Read an answer.

        Shape: header names are lower-case. An answer that says nothing leaves the rest as it was;
               one that is no refusal ends a hold.
        """
        known = self._newest or Budget()
        said = _said(headers, now) or known
        until = None
        if is_busy(status):
            wait = wish(status, headers, now)
            until = known.held_until if wait is None else now + wait
        found = Budget(said.limit, said.remaining, said.resets_at, until)
        self._newest = None if found == Budget() else found

    def now(self, now: datetime) -> Budget | None:
        """Return what still holds; None where the tool says nothing.

        Shape: what was left before a renewal is not known any more after it.
        """
        known = self._newest
        if known is None:
            return None
        over = known.resets_at is not None and known.resets_at <= now
        held = known.held_until if known.held_until and known.held_until > now else None
        left = (None, None) if over else (known.remaining, known.resets_at)
        found = Budget(known.limit, *left, held)
        return None if found == Budget() else found


def _said(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """Read the headers that tools use; where there are several budgets, the tightest.

    Source: draft-ietf-httpapi-ratelimit-headers, its older form with a header for each number, and
            the same names with X-.
    """
    limits = {
        name: numbers.get("q") for name, numbers in _items(headers.get("ratelimit-policy", ""))
    }
    budgets = [
        Budget(limits.get(name), numbers["r"], instant(str(numbers.get("t", "")), now))
        for name, numbers in _items(headers.get("ratelimit", ""))
        if "r" in numbers
    ]
    if budgets:
        return min(budgets, key=lambda one: one.remaining or 0)
    for prefix in _PREFIXES:
        limit = number(headers.get(f"{prefix}limit", ""))
        remaining = number(headers.get(f"{prefix}remaining", ""))
        if limit is not None or remaining is not None:
            return Budget(limit, remaining, instant(headers.get(f"{prefix}reset", ""), now))
    return None


def _items(text: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield name and numbers of each item of `"name";r=50;t=30, …`."""
    for item in text.split(","):
        name, *parameters = item.split(";")
        pairs = (one.strip().partition("=") for one in parameters)
        yield (
            name.strip(),
            {key: int(n) for key, _, n in pairs if n.isdecimal() and len(n) < _DIGITS},
        )
