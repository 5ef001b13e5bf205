"""What an admin may ask of a connector: its health, a check, a look now, a pause."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

from hub.contract import Step
from hub.services.access import Principal
from hub.services.refusals import Refusal, Why
from hub.services.sync.condition import Conditions
from hub.services.sync.ports import PollStore
from hub.services.sync.syncing import Syncing

PATIENCE: Final = 60.0
"""Seconds that one check may take."""


class SyncDesk:
    """The port `hub.services.desks.Connectors`."""

    def __init__(self, syncing: Syncing, store: PollStore, conditions: Conditions) -> None:
        self._syncing = syncing
        self._store = store
        self._conditions = conditions

    async def health(self, connector: str) -> Mapping[str, object] | Refusal:
        """Return how a connector is doing."""
        return await self._conditions.one(connector) or _unknown(connector)

    async def check(self, connector: str, who: Principal) -> Mapping[str, object] | Refusal:
        """Take the steps of a connector's check; nothing is changed."""
        one = self._syncing.polled.get(connector)
        if one is None:
            return _unknown(connector)
        if one.checker is None:
            return Refusal(Why.CONFLICT, f"{connector} has nothing that could be checked")
        await self._store.note(who.name, "connector.check", connector)
        return {"connector": connector, "steps": await taken(one.checker.check())}

    async def sync(
        self, connector: str, *, full: bool, accept_gone: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Look at a tool now, and return how that went."""
        one = self._syncing.polled.get(connector)
        if one is None or one.source is None:
            return _unknown(connector)
        action = "connector.accept_gone" if accept_gone else "connector.sync"
        await self._store.note(who.name, action, connector)
        pause = await self._syncing.once(
            connector, full=full or accept_gone, accept_gone=accept_gone
        )
        self._syncing.hasten(connector, pause)
        return await self.health(connector)

    async def pause(
        self, connector: str, *, paused: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Stop polling a tool, or go on."""
        one = self._syncing.polled.get(connector)
        if one is None or one.source is None:
            return _unknown(connector)
        action = "connector.pause" if paused else "connector.resume"
        await self._store.note(who.name, action, connector)
        await self._syncing.pause(connector, paused=paused)
        return await self.health(connector)

    async def onboarding(self, connector: str, hook: str) -> Mapping[str, object] | Refusal:
        """Return what an admin copies into the tool so that it tells the hub."""
        one = self._syncing.polled.get(connector)
        if one is None:
            return _unknown(connector)
        if one.onboarding is None:
            return Refusal(Why.CONFLICT, f"{connector} needs nothing from its tool")
        return {"connector": connector, "hook": hook, "text": one.onboarding.printed(hook)}


async def taken(steps: AsyncIterator[Step]) -> list[dict[str, object]]:
    """Take every step, within the time that a check may take."""
    found: list[dict[str, object]] = []
    try:
        async with asyncio.timeout(PATIENCE):
            async for step in steps:
                # One by one: what was found until the time is up is told.
                found += [{"code": step.code, "done": step.done, "says": step.says}]
    except TimeoutError:
        says = f"not ended within {PATIENCE:g} s"
        found.append({"code": "time-out", "done": False, "says": says})
    return found


def _unknown(connector: str) -> Refusal:
    return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r} that is asked")
