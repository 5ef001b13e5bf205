"""Wiring of measuring: what the catalogue and the SLO documents wish, and who is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

import structlog

from hub.app.settings import Configured
from hub.app.slos import SLO, asked_of, measurers
from hub.contract import Wire
from hub.errors import Misconfigured
from hub.model.ops import Service
from hub.objectives import load
from hub.services.board import Board
from hub.services.changes import Change
from hub.services.mapping_desk import DocumentVersion
from hub.services.measuring.desk import MeasureDesk
from hub.services.measuring.objectives import Objectives
from hub.services.measuring.series import KeptSeries
from hub.services.measuring.standing import Watched
from hub.services.measuring.turns import Wanted
from hub.store.measuring import StoredSeries

log = structlog.get_logger(__name__)

Catalogue = Callable[[], Awaitable[Mapping[str, Service]]]


class Documents(Protocol):
    """Where the SLO documents are."""

    async def active(self, kind: str) -> list[DocumentVersion]:
        """Return the active version of every document of a kind."""


class Measuring:
    """Series and objectives of one hub."""

    def __init__(
        self,
        connectors: Iterable[Configured],
        store: StoredSeries,
        board: Board,
        documents: Documents,
        catalogue: Catalogue,
    ) -> None:
        configured = tuple(connectors)
        asked, judged = measurers(configured), measurers(configured)
        self.known = frozenset(asked)
        self._wires: list[Wire] = [wire for _, wire in (*asked.values(), *judged.values())]
        self._documents, self._catalogue = documents, catalogue
        self.series = KeptSeries({n: one for n, (one, _) in asked.items()}, store, self._wanted)
        self.objectives = Objectives(
            {n: one for n, (one, _) in judged.items()}, store, self._watched
        )
        self.desk = MeasureDesk(board, store, store, self._services)

    async def start(self) -> None:
        """Begin to measure."""
        await self.series.start()
        await self.objectives.start()

    async def stop(self) -> None:
        """End at once."""
        await asyncio.gather(self.series.stop(), self.objectives.stop())

    async def close(self) -> None:
        """Close every way to a tool."""
        await asyncio.gather(*(wire.close() for wire in self._wires))

    def heard(self, changes: Sequence[Change]) -> None:
        """Hear that something changed."""
        if any(change.kind in {"services", SLO} for change in changes):
            self.series.outdated()
            self.objectives.outdated()

    async def _services(self) -> Sequence[Service]:
        return tuple((await self._catalogue()).values())

    async def _wanted(self) -> Sequence[Wanted]:
        return [
            Wanted(service.ref, metric)
            for service in await self._services()
            for metric in service.metrics
            if metric.connector in self.known
        ]

    async def _watched(self) -> Sequence[Watched]:
        names = {n: one.ref for one in await self._services() for n in (*one.aliases, one.ref)}
        found = []
        for document in await self._documents.active(SLO):
            try:
                declared = load(document.text, name=document.name)
            except Misconfigured as error:  # of an older release
                log.warning("SLO document not read", name=document.name, why=error.problems)
                continue
            for one in declared:
                meant = asked_of(one, self.known)
                if one.service in names and len(meant) == 1 and meant[0] in self.known:
                    found.append(Watched(one, names[one.service], meant[0]))
        return found
