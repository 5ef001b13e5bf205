"""The composition root: builds every part, hands each what it needs, starts and stops them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import structlog

from hub import __version__
from hub.app.acting import Acting
from hub.app.discovery import connectors as installed
from hub.app.discovery import shipped_documents
from hub.app.measuring import Measuring
from hub.app.plans import PlanFiles, PlanUploads
from hub.app.polling import polled
from hub.app.sampling import Sampling, sample_connectors
from hub.app.settings import Configuration, Configured
from hub.app.slos import SLO, own_slos
from hub.app.surveying import surveyors
from hub.app.watching import PlanWatch
from hub.bus import FilePosition, open_bus
from hub.contract import Connection, Receiver
from hub.errors import Misconfigured
from hub.linking import FlapRule
from hub.mapping import Document
from hub.mapping import load as load_mapping
from hub.model.ops import Service
from hub.services import Services
from hub.services.acting.metrics import families as writes
from hub.services.catalogue import load as load_catalogue
from hub.services.catalogue.desk import CatalogueDesk
from hub.services.changes import Change
from hub.services.doors import Doors
from hub.services.feed import LiveFeed
from hub.services.ingest.carrying import Carrier
from hub.services.ingest.foreseeing import Foreseer
from hub.services.ingest.intake import GroupIntake
from hub.services.mapping_desk import MappingDesk
from hub.services.measuring.metrics import families as measured
from hub.services.overview import IntakeOverview
from hub.services.plans.networks import Networks
from hub.services.reading import Reading, Source
from hub.services.replaying import ReplayDesk
from hub.services.retention import Retention
from hub.services.sample import SampleDesk
from hub.services.surveying import Surveys
from hub.services.sync.condition import Conditions
from hub.services.sync.desk import SyncDesk
from hub.services.sync.metrics import families
from hub.services.sync.syncing import Syncing
from hub.services.verdicts import AlertDesk, IncidentDesk, LinkDesk
from hub.services.vitals import Vitals
from hub.services.work.intake import WorkIntake
from hub.store import Database, Stores, open_database
from hub.store.documents import Offered
from hub.wire import OpenWire, open_wire

if TYPE_CHECKING:
    from hub.web import WebSettings

LINKED_KINDS: Final = frozenset({"project", "services", "mapping"})
"""A change of one of these makes the ingest link again."""

log = structlog.get_logger(__name__)


@dataclass
class Taken:
    """What became of the documents that were offered, a line for each."""

    applied: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def note(self, offered: Offered) -> None:
        """Write down what is new, and what waits for a person."""
        if offered.outcome == "applied":
            self.applied.append(f"{offered.name}: applied as version {offered.active.number}")
        if offered.outcome == "conflict":
            self.kept.append(
                f"{offered.name}: the console changed it since; the file was not applied"
            )


class Hub:
    """One running hub."""

    def __init__(self, configuration: Configuration, data: Path) -> None:
        self.configuration = configuration
        self.data = data
        hub = configuration.hub
        self.database: Database = open_database(hub.store, data)
        self.stores = Stores(self.database)
        self.feed = LiveFeed(self.stores.changes)
        flaps = FlapRule(
            timedelta(seconds=hub.flap_gap_seconds),
            hub.flap_transitions,
            timedelta(seconds=hub.flap_window_seconds),
        )
        unpackers = _unpackers(configuration.connectors.values())
        self.intake = GroupIntake(
            self.stores.ingest,
            _receivers(configuration.connectors.values()),
            Networks(self.stores.board),
            zone=hub.organisation.zone,
            quiet_seconds=hub.quiet_seconds,
            unverified_seconds=hub.unverified_seconds,
            flaps=flaps,
            max_body=hub.max_body,
            carrier=Carrier(self.stores.carrying, unpackers, flaps),
        )
        self.work = WorkIntake(
            self.stores.work,
            {one.id: _zone_of(one) or hub.organisation.zone for one in _trackers(configuration)},
            _receivers(_trackers(configuration)),
        )
        self.doors = Doors(self.intake, self.work)
        self.bus = open_bus(hub.bus, position=FilePosition(data / "bus.position"))
        self.vitals = Vitals(self.database, self.bus, self.feed, self.intake)
        self.plans = PlanFiles(self.stores, configuration.connectors, hub.organisation)
        self.watch = PlanWatch(self.plans, configuration.connectors, self.vitals)
        self.retention = Retention(self.stores.attic, hub.retention.terms)
        self._sample = sample_connectors()
        sampling = Sampling(self.plans, self.intake, hub.organisation)
        self.sample = SampleDesk(
            self.stores.sample, sampling.catalogue, sampling.bring_in, self._read_anew
        )
        self.wires: dict[str, OpenWire] = {
            one.id: open_wire(one.id, one.settings)
            for one in configuration.connectors.values()
            if isinstance(one.settings, Connection)
        }
        self.syncing = Syncing(
            polled((*configuration.connectors.values(), *self._sample), self.wires),
            self.doors,
            self.stores.polling,
            self._heard_of,
        )
        self.intake.bell = self.work.bell = self.syncing.nudge
        self.vitals.more.append(partial(families, self.syncing))
        self.services = self._services()
        self.database.told = self.feed.told
        self.feed.listeners.append(self._heard)

    def _services(self) -> Services:
        stores, intake = self.stores, self.intake
        sources = [
            *(_source(one) for one in self.configuration.connectors.values()),
            *(_source(one, sample=True) for one in self._sample),
        ]
        conditions = Conditions(
            self.syncing, self.vitals.problem_of, self._heard_last, self._writable
        )
        board = Reading(stores.board, intake.context, sources, conditions.all)
        self.acting = Acting(
            stores.outbox,
            board,
            self.configuration.connectors.values(),
            self.wires,
            intake.context,
            read_only=self.configuration.hub.read_only,
        )
        self.vitals.asked.append(partial(writes, stores.outbox, self.acting.sender))
        self.measuring = Measuring(
            self.configuration.connectors.values(),
            stores.series,
            board,
            stores.documents,
            self._catalogue,
        )
        self.vitals.more.append(partial(measured, self.measuring.series, self.measuring.objectives))
        unpackers = _unpackers(self.configuration.connectors.values())
        importers = _importers(self.configuration.connectors.values())
        foreseer = Foreseer(stores.carrying, unpackers, intake.context)
        mappings = MappingDesk(
            stores.documents, stores.journal, board, unpackers, importers, foreseer
        )
        return Services(
            intake=self.doors,
            board=board,
            feed=self.feed,
            access=stores.access,
            links=LinkDesk(stores.verdicts, board, intake.outdated),
            acts=self.acting.desk,
            alerts=AlertDesk(stores.verdicts, board, intake, self.acting.desk),
            incidents=IncidentDesk(stores.verdicts, board, intake.outdated),
            plans=PlanUploads(self.plans),
            connectors=SyncDesk(self.syncing, stores.polling, conditions),
            catalogue=CatalogueDesk(stores.documents, stores.ingest, self.measuring.known),
            mappings=mappings,
            measures=self.measuring.desk,
            surveys=Surveys(
                surveyors(self.configuration.connectors.values(), self.wires), self._catalogue
            ),
            replays=ReplayDesk(
                stores.deliveries,
                intake,
                self.work,
                unpackers,
                self.plans.again,
                self.configuration.connectors,
            ),
            sample=self.sample,
            health=self.vitals,
            overview=IntakeOverview(intake, self.bus, stores.overview, stores.documents, mappings),
        )

    async def _heard_last(self) -> Mapping[str, datetime | None]:
        fresh = await self.stores.board.freshness()
        return {name: one.last_received_at for name, one in fresh.items()}

    async def _writable(self) -> Mapping[str, Mapping[str, object]]:
        return await self.acting.desk.all_writes()

    def _heard_of(self, connector: str, fault: str | None, at: datetime) -> None:
        if fault is None:
            self.vitals.recovered(connector)
        else:
            self.vitals.failed(connector, fault, at)

    def _heard(self, changes: Sequence[Change]) -> None:
        if any(change.kind in LINKED_KINDS for change in changes):
            self.intake.outdated()
        self.measuring.heard(changes)
        self.bus.publish(changes)

    async def _catalogue(self) -> Mapping[str, Service]:
        return (await self.intake.context()).catalogue.services

    async def _read_anew(self) -> None:
        self.intake.outdated()
        await self.intake.context()

    async def open(self, *, migrate: bool = False, documents: bool = True) -> None:
        """Open the store and, but for `documents=False`, take in those of package and folder.

        Shape: a store that is empty is made; one of an older release is refused without `migrate`.
        Raises: Misconfigured, Transient.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)  # raw payloads live there
        except OSError as error:
            raise Misconfigured(
                f"{self.data}: cannot be made ({error.strerror}); give --data a folder that can be "
                "written"
            ) from error
        await self.database.start(migrate=migrate, create=True)
        if documents:
            await self.offer_documents()

    async def start(self) -> None:
        """Begin to work."""
        await self.feed.start()
        await self.sample.recover()
        await self.intake.start()
        await self.bus.start(self.feed)
        await self.watch.start()
        await self.syncing.start()
        await self.acting.sender.start()
        await self.measuring.start()
        await self.retention.start()

    async def stop(self) -> None:
        """End in the order in which nothing is lost."""
        await self.retention.stop()
        await self.measuring.stop()
        await self.acting.sender.stop()
        await self.syncing.stop()
        await self.watch.stop()
        await self.intake.stop()
        await self.bus.stop()
        await self.feed.stop()

    async def close(self) -> None:
        """Close the store, and every way to a tool."""
        wires = (wire.close() for wire in self.wires.values())
        await asyncio.gather(self.measuring.close(), *wires)
        await self.database.stop()

    async def offer_documents(self, taken: "Taken | None" = None) -> None:
        """Take in shipped and own documents; note in `taken` what was applied and what was not.

        Raises: Misconfigured, when an own document has faults: all of them at once.
        """
        taken = taken or Taken()
        own, problems = own_documents(self.configuration)
        if problems:
            raise Misconfigured("documents beside milepost.yaml have faults", problems=problems)
        shipped = {
            name: text
            for configured in (*self.configuration.connectors.values(), *self._sample)
            for name, text in shipped_documents(configured.connector).items()
        }
        for name, text in shipped.items():
            taken.note(await self.stores.documents.offer("mapping", name, "shipped", text))
        for kind, name, text in own:
            taken.note(await self.stores.documents.offer(kind, name, "file", text))
        slos = [name for kind, name, _ in own if kind == SLO]
        for name in await self.stores.documents.retire(SLO, keep=slos):
            taken.applied.append(f"{name}: retired; its file is gone")
        for line in taken.kept:
            log.warning("document not applied", why=line)

    async def first_link(self, address: str) -> str | None:
        """Return a one-time link for the very first admin; None when somebody can log in."""
        if not await self.stores.access.empty():
            return None
        return f"{address}/login?link={await self.stores.access.create_link()}"

    def web_settings(self) -> "WebSettings":
        """Return what the web side is told."""
        from hub.web import WebSettings  # noqa: PLC0415 - 15 MB that only a server needs

        organisation = self.configuration.hub.organisation
        return WebSettings(
            organisation=organisation.name,
            timezone=organisation.timezone,
            locale=organisation.locale,
            release=__version__,
            trust_forwarded=self.configuration.hub.trust_forwarded,
        )


def own_documents(
    configuration: Configuration,
) -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
    """Read what stands beside `milepost.yaml`; return (kind, name, text), faults."""
    mappings, faults = own_mappings(configuration)
    catalogue, more = _own_catalogue(configuration)
    slos = own_slos(configuration)
    return [*mappings, *catalogue, *slos.documents], (*faults, *more, *slos.problems)


def own_mappings(
    configuration: Configuration,
) -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
    """Read the mappings beside `milepost.yaml`; return (kind, name, text), faults."""
    found: list[tuple[str, str, str]] = []
    problems: list[str] = []
    folder = configuration.folder / "mappings"
    for path in sorted(folder.glob("*/*.yaml")) if folder.is_dir() else []:
        name = f"{path.parent.name}/{path.stem}"
        text = _read(path, problems)
        if text is None:
            continue
        try:
            loaded = load_mapping(text, name=str(path))
            problems.extend(_misplaced(loaded, name))
            found.append(("mapping", name, text))
        except Misconfigured as error:
            problems.extend(error.problems)
    return found, tuple(problems)


def _own_catalogue(
    configuration: Configuration,
) -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
    found: list[tuple[str, str, str]] = []
    problems: list[str] = []
    if configuration.services_file.is_file():
        text = _read(configuration.services_file, problems)
        try:
            if text is not None:
                load_catalogue(text, name=str(configuration.services_file))
                found.append(("services", "services", text))
        except Misconfigured as error:
            problems.extend(error.problems)
    return found, tuple(problems)


def _misplaced(loaded: Document, name: str) -> Iterator[str]:
    """Say when a document is not that of its file, or makes something else than the shipped one.

    Who takes the records expects alerts of a tool that sends alerts, and tasks of a plan.
    """
    wanted = name.replace("/", ".")
    if loaded.mapping != wanted:
        line = _line_of(loaded.text, "mapping:")
        yield f"{loaded.name}:{line}: mapping: is {loaded.mapping}; write {wanted}, or move it"
        return
    shipped = {n: t for c in installed().values() for n, t in shipped_documents(c).items()}
    if name not in shipped:
        return
    target = load_mapping(shipped[name], name=f"mappings/{name}.yaml").to
    if loaded.to != target:
        line = _line_of(loaded.text, "to:")
        yield f"{loaded.name}:{line}: to: {wanted} makes {target}, not {loaded.to}; write {target}"


def _line_of(text: str, start: str) -> int:
    lines = enumerate(text.splitlines(), start=1)
    return next((n for n, line in lines if line.startswith(start)), 1)


def _read(path: Path, problems: list[str]) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}:1: document: cannot be read ({error}); save it as UTF-8 text")
        return None


def _trackers(configuration: Configuration) -> list[Configured]:
    return [one for one in configuration.connectors.values() if one.connector.manifest.work]


def _zone_of(one: Configured) -> ZoneInfo | None:
    name = getattr(one.settings, "timezone", None)
    return None if name is None else ZoneInfo(name)


def _receivers(connectors: Any) -> dict[str, tuple[str, Any]]:
    return {
        one.id: (one.connector.manifest.type, one.connector.receiver(one.settings))
        for one in connectors
        if one.connector.receiver is not None
    }


def _unpackers(connectors: Any) -> dict[str, tuple[str, Receiver | None]]:
    """Return by whom a connector's deliveries are read again; what was pulled needs nobody."""
    pulling = {
        one.id: (one.connector.manifest.type, None)
        for one in connectors
        if one.connector.source is not None
    }
    return {**pulling, **_receivers(connectors)}


def _importers(connectors: Any) -> dict[str, tuple[str, Any]]:
    return {
        one.id: (one.connector.manifest.type, one.connector.importer(one.settings))
        for one in connectors
        if one.connector.importer is not None
    }


def _source(one: Configured, *, sample: bool = False) -> Source:
    return Source(
        id=one.id,
        type=one.connector.manifest.type,
        title=one.connector.manifest.title,
        receives=one.connector.receiver is not None and not sample,
        imports=one.connector.importer is not None and not sample,
        pulls=one.connector.source is not None and not sample,
        sample=sample,
    )
