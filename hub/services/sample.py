"""The sample organisation in this very hub: load it, see whether it is loaded, remove it whole.

It has connectors of its own, and nobody else may bear their names; so what came by them is known
for sample data for good, and goes in one write (ADR 0015).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog

from hub.errors import HubError
from hub.services.access import Principal
from hub.services.refusals import Refusal, Why

PLAN: Final = "sample-plan"
ALERTS: Final = "sample-am"
CONNECTORS: Final = (PLAN, ALERTS)
ORIGIN: Final = "sample"
"""The origin of the service catalogue that comes with it."""
HUB: Final = "hub"
"""Who takes back what was loaded half."""

NOT_EMPTY: Final = (
    "the hub holds data of its own (a plan, an alert or a service catalogue); sample data is "
    "loaded into an empty hub only"
)
LOADED: Final = "the sample data is loaded already; remove it first"
NOT_LOADED: Final = "no sample data is loaded, so there is nothing to remove"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SampleState:
    """What the store says of the sample.

    Shape: `loaded` is false while it is loaded only half; `since` and `by` then tell who began.
           `offered`: the hub holds nothing, so it may be loaded.
    """

    loaded: bool
    since: datetime | None
    by: str | None
    offered: bool

    @property
    def half(self) -> bool:
        """Tell whether a load was begun and not ended."""
        return not self.loaded and self.since is not None


class SampleStore(Protocol):
    """What the desk asks of a store. Each method is one write or one read. Raises: Transient."""

    async def state(self) -> SampleState:
        """Read whether the sample is loaded."""

    async def claim(self, who: str, catalogue: str) -> bool:
        """Begin to load, with the services at once; false when the hub is not empty any more."""

    async def settle(self) -> None:
        """Write down that all of it is there."""

    async def remove(self, who: str) -> None:
        """Remove all that came by the sample's connectors, whole or not at all."""


class SampleDesk:
    """The port `hub.services.desks.Sample`.

    Shape: `catalogue` makes the services' text; `bring_in` sends plan and alerts the ways that any
           plan and any alert come; `forget` lets the ingest read anew what it knew.
    """

    def __init__(
        self,
        store: SampleStore,
        catalogue: Callable[[], str],
        bring_in: Callable[[str], Awaitable[None]],
        forget: Callable[[], Awaitable[object]],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._bring_in = bring_in
        self._forget = forget
        self._one = asyncio.Lock()

    async def state(self) -> SampleState:
        """Tell whether the sample is loaded, since when and by whom."""
        return await self._store.state()

    async def load(self, who: Principal) -> SampleState | Refusal:
        """Load the sample into a hub that holds nothing; one that fails is taken back."""
        async with self._one:
            known = await self._store.state()
            if known.loaded:
                return Refusal(Why.CONFLICT, LOADED)
            if known.half:  # nobody loads right now, so it was killed
                await self._take_back()
            text = await asyncio.to_thread(self._catalogue)
            if not await self._store.claim(who.name, text):
                return Refusal(Why.CONFLICT, NOT_EMPTY)
            try:
                await self._bring_in(who.name)
                await self._store.settle()
            except BaseException as error:
                await self._take_back()
                if not isinstance(error, HubError):
                    raise
                why = f"the sample data could not be loaded, and nothing of it is left: {error}"
                return Refusal(Why.UNAVAILABLE, why)
            return await self._store.state()

    async def remove(self, who: Principal) -> SampleState | Refusal:
        """Remove the sample whole; what is the hub's own stays as it is."""
        async with self._one:
            known = await self._store.state()
            if not known.loaded and not known.half:
                return Refusal(Why.CONFLICT, NOT_LOADED)
            await self._store.remove(who.name)
            await self._forget()
            return await self._store.state()

    async def recover(self) -> None:
        """Take back what a hub that was killed had loaded half; to be called at the start."""
        async with self._one:
            try:
                if (await self._store.state()).half:
                    await self._take_back()
                    log.info("sample data that was loaded half is taken back")
            except HubError as error:
                log.warning("sample data that was loaded half is still there", why=str(error))

    async def _take_back(self) -> None:
        await self._store.remove(HUB)
        await self._forget()
