"""How a connector is doing: kept small, and kept over a restart."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from hub.contract import Expiry
from hub.services.sync.ports import Polled
from hub.services.sync.round import Looked

HOURS: Final = 24
ERRORS: Final = 50
RAW: Final = 2000
"""Characters of evidence that are kept of one error."""


@dataclass(slots=True)
class Pulse:
    """The state of one connector.

    Shape: `state` is ok, failing (comes back by itself), misconfigured (an admin has to act),
           paused, waiting (not looked yet), unverified (the tool's silence is not believed) or idle
           (nothing is polled). `hours` are [hour since the epoch, looks, failures]; `looks` and
           `failures` count since the process began. `doubt` is why its ends are not believed.
    """

    state: str = "waiting"
    message: str | None = None
    since: datetime | None = None
    last_success_at: datetime | None = None
    last_attempt_at: datetime | None = None
    next_poll_at: datetime | None = None
    paused: bool = False
    seconds: float | None = None
    open: int = 0
    missing: int = 0
    held_back: int = 0
    held_of: int = 0
    alive: bool | None = None
    standing: str = ""
    seen_at: datetime | None = None
    doubt: str | None = None
    expiry: Expiry | None = None
    hints: dict[str, int] = field(default_factory=dict)
    looks: int = 0
    failures: int = 0
    hours: list[list[int]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def succeeded(self, at: datetime, looked: Looked, seconds: float) -> None:
        """Take note of a look that went well."""
        self._count(at, failed=False)
        self.last_attempt_at = self.last_success_at = at
        self.seconds = seconds
        self.open, self.missing = looked.open, looked.missing
        self.held_back, self.held_of = looked.held_back, looked.open + looked.missing
        self.alive, self.standing = looked.standing.alive, looked.standing.why
        self.seen_at = looked.standing.seen_at
        if looked.census_seconds is not None:
            self.hints = looked.hints
        if self.paused:  # an admin looked once; it stays paused
            self.become("paused", None, at)
        elif looked.held_back:
            says = f"{looked.held_back} alerts are no longer at the tool; too many to be believed"
            self.become("failing", says, at)
        elif looked.standing.alive is True:
            self.become("ok", None, at)
        else:
            self.become("unverified", looked.standing.why, at)

    def failed(self, at: datetime, state: str, says: str, raw: str | None) -> None:
        """Take note of a look that failed."""
        self._count(at, failed=True)
        self.last_attempt_at = at
        self.become(state, says, at)
        again = self.errors and self.errors[0]["message"] == says
        if again:
            self.errors[0]["times"] += 1
            self.errors[0]["at"] = at
            return
        self.errors.insert(0, {"at": at, "message": says, "times": 1, "raw": raw and raw[:RAW]})
        del self.errors[ERRORS:]

    def become(self, state: str, message: str | None, at: datetime) -> None:
        """Change the state, and remember since when it holds."""
        if self.state != state or self.since is None:
            self.since = at
        self.state, self.message = state, message

    def _count(self, at: datetime, *, failed: bool) -> None:
        hour = int(at.timestamp()) // 3600
        if not self.hours or self.hours[-1][0] != hour:
            self.hours.append([hour, 0, 0])
        self.hours = [one for one in self.hours if one[0] > hour - HOURS]
        self.hours[-1][1] += 1
        self.hours[-1][2] += failed
        self.looks += 1
        self.failures += failed

    def error_rate(self, now: datetime) -> float | None:
        """Return the share of failed looks of this and the last hour; None: there were none."""
        since = int(now.timestamp()) // 3600 - 1
        looks = sum(one[1] for one in self.hours if one[0] >= since)
        return sum(one[2] for one in self.hours if one[0] >= since) / looks if looks else None

    def kept(self) -> bytes:
        """Encode what a restart should not forget."""
        return orjson.dumps(
            {
                "paused": self.paused, "last_success_at": self.last_success_at,
                "doubt": self.doubt,
                "hours": self.hours, "errors": self.errors,
            }
        )  # fmt: skip

    @classmethod
    def of(cls, body: bytes | None) -> "Pulse":
        """Go on from what was kept."""
        if body is None:
            return cls()
        told = orjson.loads(body)
        last = told["last_success_at"]
        found = cls(
            paused=told["paused"],
            doubt=told["doubt"],
            last_success_at=None if last is None else datetime.fromisoformat(last),
            hours=told["hours"],
            errors=told["errors"],
        )
        if found.paused:
            found.state = "paused"
        return found


def condition_json(one: Polled, pulse: Pulse, now: datetime) -> dict[str, object]:
    """Return how a connector is, as lists show it."""
    polls = one.source is not None
    lag = None
    if polls and pulse.last_success_at is not None:
        lag = max((now - pulse.last_success_at).total_seconds(), 0.0)
    first = int(now.timestamp()) // 3600 - HOURS + 1
    counted: Mapping[int, list[int]] = {hour[0]: hour for hour in pulse.hours}
    return {
        "state": pulse.state,
        "message": pulse.message,
        "since": pulse.since,
        "polls": polls,
        "poll_seconds": one.poll_seconds if polls else None,
        "last_success_at": pulse.last_success_at,
        "last_attempt_at": pulse.last_attempt_at,
        "next_poll_at": pulse.next_poll_at,
        "lag_seconds": lag,
        "error_rate": pulse.error_rate(now),
        "open": pulse.open,
        "backlog": pulse.missing,
        "guard": {"would_end": pulse.held_back, "of": pulse.held_of} if pulse.held_back else None,
        "tls": one.tls,
        "rate_limit": None if (budget := one.budget()) is None else asdict(budget),
        "token_expires_at": pulse.expiry.at if pulse.expiry else None,
        "token_expiry_known": pulse.expiry is not None,
        "hours": [
            {
                "at": datetime.fromtimestamp(hour * 3600, UTC),
                "looks": counted[hour][1] if hour in counted else 0,
                "failures": counted[hour][2] if hour in counted else 0,
            }
            for hour in range(first, first + HOURS)
        ],
    }


def details_json(one: Polled, pulse: Pulse) -> dict[str, object]:
    """Return what only the detail of a connector shows."""
    standing = {"alive": pulse.alive, "why": pulse.standing, "seen_at": pulse.seen_at}
    return {
        "seconds": pulse.seconds,
        "standing": standing if one.source is not None else None,
        "hints": dict(pulse.hints),
        "checks": one.checker is not None,
        "onboards": one.onboarding is not None,
        "surveys": one.surveys,
        "errors": pulse.errors,
    }
