"""What people decide about alerts, links and incidents. What a person sets stays.

Each of these is one ordered write; afterwards the ingest links again what it touches.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.model.words import IncidentStatus
from hub.services.access import Principal
from hub.services.acting.desk import ActDesk
from hub.services.acting.ports import Wish
from hub.services.acting.words import Write
from hub.services.board import Board
from hub.services.ingest.context import Context
from hub.services.numbers import whole
from hub.services.refusals import Fault, Refusal, Why


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person changes of an incident; only what is named changes."""

    ref: str
    fields: Mapping[str, Any]
    if_match: int | None
    who: str


class VerdictStore(Protocol):
    """What these desks ask of a store. Each answers None when done."""

    async def judge(self, link: str, state: str, who: str, reason: str) -> Refusal | None:
        """Store a verdict on a link."""

    async def acknowledge(
        self, ref: str, message: str, who: str, also: Wish | None = None
    ) -> Refusal | None:
        """Store that a person cares for an alert, and what the tool is to hear of it."""

    async def edit(self, edit: Edit) -> Refusal | None:
        """Store what a person changed of an incident."""

    async def move(
        self, alerts: Sequence[str] | None, sources: Sequence[str], target: str | None, who: str
    ) -> str | Refusal:
        """Move alerts (None: all of `sources`) into an incident (None: a new one); return it."""

    async def gather(
        self, alerts: Sequence[str], target: str | None, title: str | None, who: str
    ) -> str | Refusal:
        """Move alerts, of any incident or none, into an incident (None: a new one); return it."""

    async def assign(self, ref: str, service: str | None, who: str) -> Refusal | None:
        """Store of which service a person says an alert is; None takes that word back."""


class Linker(Protocol):
    """What the alert desk asks of the ingest."""

    async def context(self) -> Context:
        """Return catalogue, plan and documents as they are now."""

    async def look_up_again(self, ref: str, service: str | None, who: str) -> None:
        """Take in at once of which service a person says an alert is."""


Relink = Callable[[], None]


class LinkDesk:
    """The port `hub.services.desks.Links`."""

    def __init__(self, store: VerdictStore, board: Board, relink: Relink) -> None:
        self._store, self._board, self._relink = store, board, relink

    async def confirm(self, link: str, who: Principal) -> bytes | Refusal:
        """Confirm a link."""
        return await self._judge(link, "confirmed", who, "")

    async def reject(self, link: str, who: Principal, reason: str) -> bytes | Refusal:
        """Reject a link for good."""
        return await self._judge(link, "rejected", who, reason)

    async def _judge(self, link: str, state: str, who: Principal, reason: str) -> bytes | Refusal:
        refusal = await self._store.judge(link, state, who.name, reason)
        if refusal is not None:
            return refusal
        self._relink()
        return await _again(self._board, "links", link)


class AlertDesk:
    """The port `hub.services.desks.Alerts`."""

    def __init__(
        self, store: VerdictStore, board: Board, linker: Linker, acts: ActDesk | None = None
    ) -> None:
        self._store, self._board, self._linker, self._acts = store, board, linker, acts

    async def acknowledge(self, ref: str, message: str, who: Principal) -> bytes | Refusal:
        """Say that somebody cares for an alert, as long as this episode lasts."""
        also = await self._told(ref, message, who)
        refusal = await self._store.acknowledge(ref, message, who.name, also)
        if refusal is None and also is not None and self._acts is not None:
            self._acts.ring(also.alert.partition(":")[0])
        return refusal or await _again(self._board, "alerts", ref)

    async def _told(self, ref: str, message: str, who: Principal) -> Wish | None:
        if self._acts is None:
            return None
        return await self._acts.beside(ref, Write.ACKNOWLEDGE, {"message": message}, who)

    async def assign(self, ref: str, service: str | None, who: Principal) -> bytes | Refusal:
        """Say of which service an alert is: a link that a person confirmed."""
        known = service
        if service is not None:
            known = (await self._linker.context()).catalogue.find(service)
            if known is None:
                msg = f"the catalogue has no service {service!r}; add it there, or mend the name"
                return Refusal(Why.INVALID, msg, (Fault("service", "unknown", msg),))
        refusal = await self._store.assign(ref, known, who.name)
        if refusal is not None:
            return refusal
        await self._linker.look_up_again(ref, known, who.name)
        return await _again(self._board, "alerts", ref)


class IncidentDesk:
    """The port `hub.services.desks.Incidents`."""

    def __init__(self, store: VerdictStore, board: Board, relink: Relink) -> None:
        self._store, self._board, self._relink = store, board, relink

    async def patch(
        self, ref: str, fields: Mapping[str, object], if_match: str | None, who: Principal
    ) -> bytes | Refusal:
        """Change title, status, priority or commander."""
        version = _version(if_match)
        if isinstance(version, Refusal):
            return version
        if fields.get("status") == IncidentStatus.MERGED:
            fault = Fault("status", "merge", "an incident becomes merged by POST …/merge only")
            return Refusal(Why.INVALID, fault.msg, (fault,))
        refusal = await self._store.edit(Edit(ref, fields, version, who.name))
        return refusal or await _again(self._board, "incidents", ref)

    async def merge(self, ref: str, others: tuple[str, ...], who: Principal) -> bytes | Refusal:
        """Move the alerts of `others` into `ref`."""
        if ref in others:
            fault = Fault("incidents", "self", "an incident cannot be merged into itself")
            return Refusal(Why.INVALID, fault.msg, (fault,))
        return await self._moved(await self._store.move(None, others, ref, who.name))

    async def split(self, ref: str, alerts: tuple[str, ...], who: Principal) -> bytes | Refusal:
        """Move some alerts of `ref` into a new incident."""
        return await self._moved(await self._store.move(alerts, (ref,), None, who.name))

    async def gather(
        self, alerts: tuple[str, ...], target: str | None, title: str | None, who: Principal
    ) -> bytes | Refusal:
        """Move alerts into an incident, wherever they are; all of them or none."""
        return await self._moved(await self._store.gather(alerts, target, title, who.name))

    async def _moved(self, target: str | Refusal) -> bytes | Refusal:
        if isinstance(target, Refusal):
            return target
        self._relink()
        return await _again(self._board, "incidents", target)


async def _again(board: Board, kind: str, ref: str) -> bytes | Refusal:
    found = await board.one(kind, ref)
    return found if found is not None else Refusal(Why.NOT_FOUND, f"there is no {ref}")


def _version(if_match: str | None) -> int | Refusal | None:
    if if_match is None or if_match.strip() == "*":
        return None
    version = whole(if_match.strip().removeprefix("W/").strip('"'))
    if version is None:
        return Refusal(Why.STALE, "If-Match names no version of this incident; read it again")
    return version
