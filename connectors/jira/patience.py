"""Waiting: how often one question is tried, and how long a Jira that asks for it is left alone.

Jira counts in three ways: points of an hour (the whole connection waits), bursts at one path (that
path waits), writes to one issue (that issue waits). What it asks for is the least that is waited.
Nothing long is slept here: beyond a minute the hub waits, and the reading begins again where the
cursor is. Source: Atlassian, Jira Cloud platform, rate limiting.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from hub.errors import Transient

T = TypeVar("T")

TRIES: Final = 4
REFUSED_TRIES: Final = 5
"""One more where Jira answers that it is asked too often: it is alive."""
SLEPT: Final = 60.0
EAGER: Final = 2.0
"""Before anything was read nothing is lost by giving up, and the hub asks again by itself."""
EAGER_IN_ALL: Final = 5.0
IN_ALL: Final = 33.0
"""So long one question may take, but for waits that were asked for: silence is told in time."""
_BASE: Final = 2.0
_QUICK: Final = 8
"""Into so many parts a wait is cut while nothing is lost by giving up."""
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503
_AGAIN: Final = frozenset({None, 408, 425, 429, 502, 503, 504})
"""None: no answer came. 500 is an answer: the same question gets the same one."""


class Patience:
    """When one Jira may be asked again; shared by everything that asks it.

    Shape: `at_stake` tells whether a reading has begun that would have to begin anew. `again` and
           `waited` count questions that were asked again, and seconds that Jira asked for.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.at_stake = False
        self.again, self.waited = 0, 0.0
        self._clock, self._sleep, self._spread = clock, sleep, spread
        self._held: dict[str, float] = {}

    async def asked(
        self, ask: Callable[[], Awaitable[T]], place: str, *, repeats: bool = True
    ) -> T:
        """Ask, and ask again where that helps.

        Shape:  `place` is the path, for which alone a burst counts. `repeats` False: what changes
                something is sent once, whatever becomes of it.
        Raises: Transient, with how long to wait where that is known; what `ask` raises.
        """
        began, granted, number = self._clock(), 0.0, 0
        while True:
            number += 1
            granted += await self._let_be(place)
            asked_at = self._clock()
            try:
                return await ask()
            except Transient as fault:
                now = self._clock()
                wait = self._wait(fault, number)
                held = self._hold(fault, place, now + wait)
                longest = now - began - granted + wait + now - asked_at
                if not repeats or not self._helps(fault, number, wait, longest):
                    raise _with_wish(fault, wait) from None
            self.again += 1
            if not held:
                await self._sleep(wait)

    async def _let_be(self, place: str) -> float:
        """Wait until a path may be asked; return how long that took.

        Raises: Transient, when that is too long to be slept.
        """
        now = self._clock()
        self._held = {name: until for name, until in self._held.items() if until > now}
        left = max((self._held.get(name, now) for name in ("", place)), default=now) - now
        if left <= 0:
            return 0
        if left > self._most:
            says = f"Jira asked to be left alone for another {left:.0f} s"
            raise Transient(says, retry_after=timedelta(seconds=left), status=_TOO_MANY)
        await self._sleep(left)
        self.waited += left
        return left

    @property
    def _most(self) -> float:
        return SLEPT if self.at_stake else EAGER

    def _wait(self, fault: Transient, number: int) -> float:
        told = 0.0 if fault.retry_after is None else fault.retry_after.total_seconds()
        if told > 0:
            return told
        wait = float(_BASE * 2 ** (number - 1) * self._spread(0.7, 1.3))
        return wait if self.at_stake or fault.status == _TOO_MANY else wait / _QUICK

    def _hold(self, fault: Transient, place: str, until: float) -> bool:
        """Keep in mind what Jira asked for; tell whether it did."""
        wished = fault.retry_after is not None
        if fault.status != _TOO_MANY and not (wished and fault.status == _UNAVAILABLE):
            return False
        whole = fault.status == _UNAVAILABLE or "quota" in fault.reason
        name = "" if whole else place
        self._held[name] = max(until, self._held.get(name, until))
        return True

    def _helps(self, fault: Transient, number: int, wait: float, longest: float) -> bool:
        tries = REFUSED_TRIES if fault.status == _TOO_MANY else TRIES
        if fault.status not in _AGAIN or number >= tries or wait > self._most:
            return False
        asked_for = fault.status == _TOO_MANY or fault.retry_after is not None
        return asked_for or longest <= (IN_ALL if self.at_stake else EAGER_IN_ALL)


def _with_wish(fault: Transient, wait: float) -> Transient:
    """Let the hub wait as long as would have been waited here."""
    if fault.retry_after is not None or fault.status != _TOO_MANY:
        return fault
    wish = timedelta(seconds=wait)
    return Transient(str(fault), retry_after=wish, status=fault.status, reason=fault.reason)
