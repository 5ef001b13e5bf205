"""How each connector is, in one place for list and detail: looked at, heard of, written to."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from hub.services.sync.health import Pulse, condition_json, details_json
from hub.services.sync.ports import Polled
from hub.services.sync.syncing import Syncing

Problems = Callable[[str], tuple[str | None, datetime | None]]
"""Says what is wrong with a connector that nobody polls, and since when."""
Heard = Callable[[], Awaitable[Mapping[str, datetime | None]]]
"""Tells when each connector last brought something."""
Writes = Callable[[], Awaitable[Mapping[str, Mapping[str, object]]]]
"""Tells what may be written to each connector, and whether somebody stopped it."""

_NEVER_WRITTEN: Final[Mapping[str, object]] = {
    "can": [], "may": [], "read_only": True, "stopped": False, "stopped_by": None,
    "stopped_at": None,
}  # fmt: skip


class Conditions:
    """How connectors are. A polled one is as its looks say; another as what it last brought."""

    def __init__(
        self,
        syncing: Syncing,
        problems: Problems,
        heard: Heard,
        writes: Writes,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._syncing, self._problems, self._now = syncing, problems, now
        self._heard, self._writes = heard, writes

    async def all(self) -> dict[str, dict[str, object]]:
        """Return how every connector is, as lists show it."""
        heard, writes, now = await self._heard(), await self._writes(), self._now()
        return {
            name: {
                **condition_json(one, self._pulse(one, heard.get(name)), now),
                **writes.get(name, _NEVER_WRITTEN),
            }
            for name, one in self._syncing.polled.items()
        }

    async def one(self, connector: str) -> dict[str, object] | None:
        """Return all that is known of how a connector is; None where there is none."""
        one = self._syncing.polled.get(connector)
        if one is None:
            return None
        known = (await self.all())[connector]
        return {"connector": connector, **known, **details_json(one, self._pulse(one, None))}

    def _pulse(self, one: Polled, heard: datetime | None) -> Pulse:
        if one.source is not None:
            return self._syncing.pulses[one.id]
        message, at = self._problems(one.id)  # a watched file, or what is only sent to us
        state = "failing" if message else "ok" if heard else "idle"
        return Pulse(state, message, at, last_success_at=heard)
