"""What people want of a tool: checked, written down, and seen again in the ledger."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from hub.services.access import Principal
from hub.services.acting.ports import Outbox, Wish
from hub.services.acting.words import Write, WriteState
from hub.services.board import Board
from hub.services.refusals import Fault, Refusal, Why


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be written to a connector.

    Shape: `can` is what the connector can do, `may` what an admin switched on of it.
    """

    kind: str
    can: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    read_only: bool = True

    def why_not(self, connector: str, write: Write) -> str | None:
        """Say why a class of write is not carried out, and what to do; None: it is."""
        if write not in self.can:
            return f"{connector} cannot do this: its connector has no {write.value}"
        if self.read_only:
            return f"{connector} is read-only; an admin sets read_only: false to let the hub write"
        if write not in self.may:
            return f"{write.value} is switched off for {connector}; an admin adds it to `writes`"
        return None


SeverityWord = Callable[[str, str, int], Awaitable[str | Refusal]]
"""Gives a tool's own word for a severity: (connector, kind, level)."""


@dataclass(slots=True)
class ActDesk:
    """The port `hub.services.desks.Acts`."""

    outbox: Outbox
    board: Board
    allowed: Mapping[str, Allowed]
    word_of: SeverityWord
    ring: Callable[[str], None] = field(default=lambda _: None)

    async def want(
        self, ref: str, write: Write, values: Mapping[str, object], who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Write down what a tool is to be told about an alert; it is sent at once."""
        wish = await self._wish(ref, write, values, who)
        if isinstance(wish, Refusal):
            return wish
        if wish.refused is not None:
            return Refusal(Why.CONFLICT, wish.refused)
        refs = await self.outbox.want(wish)
        if isinstance(refs, Refusal):
            return refs
        self.ring(_connector(ref))
        found = [await self.board.one("operations", one) for one in refs]
        return {"operations": [orjson.loads(one) for one in found if one is not None]}

    async def beside(
        self, ref: str, write: Write, values: Mapping[str, object], who: Principal
    ) -> Wish | None:
        """Return the wish that goes with something a person does in the hub anyway.

        Shape: None where the connector knows no such write; a wish that is refused is written down
               with its reason, so that nobody believes that the tool was told.
        """
        allowed = self.allowed.get(_connector(ref))
        if allowed is None or write not in allowed.can or allowed.read_only:
            return None
        wish = await self._wish(ref, write, values, who)
        return None if isinstance(wish, Refusal) else wish

    async def _wish(
        self, ref: str, write: Write, values: Mapping[str, object], who: Principal
    ) -> Wish | Refusal:
        connector = _connector(ref)
        allowed = self.allowed.get(connector)
        if allowed is None:
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r} to write to")
        refused = allowed.why_not(connector, write)
        wanted = {**values, "by": who.name}
        level = wanted.get("severity")
        if refused is None and isinstance(level, int):
            word = await self.word_of(connector, allowed.kind, level)
            if isinstance(word, Refusal):
                return word
            wanted["severity_raw"] = word
        return Wish(ref, write, wanted, who.name, allowed.kind, refused=refused)

    async def cancel(self, ref: str, who: Principal) -> bytes | Refusal:
        """Take an operation back that was not sent yet."""
        among = (WriteState.PLANNED, WriteState.UNKNOWN)
        refusal = await self.outbox.change(ref, WriteState.CANCELLED, among, who.name)
        return refusal or await self._shown(ref)

    async def retry(self, ref: str, who: Principal) -> bytes | Refusal:
        """Try an operation again that failed; it is read back first."""
        among = (WriteState.FAILED, WriteState.PLANNED, WriteState.UNKNOWN)
        refusal = await self.outbox.change(ref, WriteState.PLANNED, among, who.name)
        if refusal is None:
            self.ring("")
        return refusal or await self._shown(ref)

    async def stop_writes(
        self, connector: str, *, stopped: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Throw the kill switch of a connector, or let writes go on."""
        if connector not in self.allowed:
            message = f"there is no connector {connector!r} that can be written to"
            return Refusal(Why.NOT_FOUND, message, (Fault("id", "connector", message),))
        await self.outbox.stop_writes(connector, stopped=stopped, who=who.name)
        if not stopped:
            self.ring(connector)
        return await self.writes(connector)

    async def writes(self, connector: str) -> Mapping[str, object]:
        """Return what may be written to a connector, and whether that is stopped."""
        return {"connector": connector, **(await self.all_writes())[connector]}

    async def all_writes(self) -> Mapping[str, Mapping[str, object]]:
        """Return the same of every connector that can be written to."""
        stopped = await self.outbox.stopped()
        return {name: self._writes(name, stopped.get(name)) for name in self.allowed}

    def _writes(self, connector: str, stopped: tuple[str, datetime] | None) -> Mapping[str, object]:
        allowed = self.allowed[connector]
        return {
            "can": sorted(allowed.can),
            "may": [] if allowed.read_only else sorted(allowed.may & allowed.can),
            "read_only": allowed.read_only,
            "stopped": stopped is not None,
            "stopped_by": stopped[0] if stopped else None,
            "stopped_at": stopped[1] if stopped else None,
        }

    async def _shown(self, ref: str) -> bytes | Refusal:
        found = await self.board.one("operations", ref)
        return found or Refusal(Why.NOT_FOUND, f"there is no operation {ref}")


def _connector(ref: str) -> str:
    return ref.partition(":")[0]
