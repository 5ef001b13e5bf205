"""Is the hub alive, ready, and what does it count: `/readyz`, `/metrics`, failing connectors."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog
from prometheus_client import CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)

from hub import __version__
from hub.errors import HubError
from hub.services.desks import Check, Readiness
from hub.services.meter import Histogram, Meter
from hub.services.telling import BusHealth

PATIENCE_SECONDS: Final = 2.0
REMEMBERED_SECONDS: Final = 60.0
"""So long a refused write counts when nothing was stored since: whoever asks whether it is ready
may send nothing until it is."""

log = structlog.get_logger(__name__)


class ReadableStore(Protocol):
    """What shows that a store can be read."""

    async def clock(self) -> int:
        """Return the newest change number."""


class HealthyBus(Protocol):
    """A bus that knows how it is."""

    def health(self) -> BusHealth:
        """Return the state of the bus."""


class NumberedFeed(Protocol):
    """Where this process stands in the change log."""

    @property
    def last_seq(self) -> int:
        """The newest sequence number that this process knows."""


class MeteredIntake(Protocol):
    """The ingest, counting."""

    @property
    def meter(self) -> Meter:
        """What it did."""

    @property
    def waiting(self) -> int:
        """How many deliveries wait for a commit."""


@dataclass(frozen=True, slots=True)
class _Problem:
    message: str
    at: datetime


class Vitals:
    """The port `hub.services.desks.Health`, and the memory of which connector fails."""

    def __init__(
        self,
        database: ReadableStore,
        bus: HealthyBus,
        feed: NumberedFeed,
        intake: MeteredIntake,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._bus = bus
        self._feed = feed
        self._intake = intake
        self._patience = patience_seconds
        self._problems: dict[str, _Problem] = {}
        self._store_was = Check.OK
        self.more: list[Callable[[], Iterable[Metric]]] = []
        """What else has something to count."""
        self.asked: list[Callable[[], Awaitable[Sequence[Metric]]]] = []
        """What else has something to count that stands in the store."""
        self._registry = CollectorRegistry()
        self._registry.register(_Exposed(self))
        ProcessCollector(registry=self._registry)

    def failed(self, connector: str, message: str, at: datetime) -> None:
        """Remember the newest fault of a connector; it is logged when it begins to fail."""
        if connector not in self._problems:
            log.warning("connector failing", connector=connector, why=message)
        self._problems[connector] = _Problem(message, at)

    def recovered(self, connector: str) -> None:
        """Hear that a connector works; it is logged when it did not before."""
        if self._problems.pop(connector, None) is not None:
            log.info("connector working again", connector=connector)

    def problem_of(self, connector: str) -> tuple[str | None, datetime | None]:
        """Return what is wrong with a connector, and since its newest fault; None when nothing."""
        found = self._problems.get(connector)
        return (None, None) if found is None else (found.message, found.at)

    async def ready(self) -> Readiness:
        """Return whether requests can be served, and how each part is.

        Without its store the hub can do nothing. Without the bus or a tool it shows what it knows.
        """
        store, fault = await self._store()
        self._tell_of(store, fault)
        faults: dict[str, str | Mapping[str, str]] = {"store": fault} if fault else {}
        bus = self._bus.health()
        if not bus.reachable:
            since = bus.since.isoformat()
            faults["bus"] = f"{bus.transport} not reachable since {since}: {bus.detail}"
        if self._problems:
            faults["connectors"] = {
                name: found.message for name, found in sorted(self._problems.items())
            }
        checks = {
            "store": store,
            "bus": Check.OK if bus.reachable else Check.UNREACHABLE,
            "connectors": Check.FAILING if self._problems else Check.OK,
        }
        return Readiness(store is Check.OK, checks, faults)

    async def _store(self) -> tuple[Check, str]:
        try:
            async with asyncio.timeout(self._patience):
                await self._database.clock()
        except TimeoutError:
            return Check.NO_ANSWER, f"the store did not answer within {self._patience:g} s"
        except HubError as error:
            return Check.UNREADABLE, str(error)
        except Exception:  # the one broad guard of this entry point: an answer, whatever broke
            log.exception("store not readable")
            return Check.UNREADABLE, "the store cannot be read; see the log of the hub"
        fault = self._intake.meter.fault(REMEMBERED_SECONDS)
        if fault is None:
            return Check.OK, ""
        return Check.TAKES_NOTHING, f"the store takes nothing: {fault}"

    def _tell_of(self, store: Check, fault: str) -> None:
        """Log what became of the store: without it nobody can prove that they may hear it."""
        if store is self._store_was:
            return
        if store is Check.OK:
            log.info("ready again")
        else:
            log.warning("not ready", store=store.value, why=fault)
        self._store_was = store

    async def metrics(self) -> bytes:
        """Return the Prometheus text exposition."""
        found = [family for ask in self.asked for family in await ask()]
        return generate_latest(self._registry) + generate_latest(_Found(found))

    def exposed(self) -> Iterator[Metric]:
        """Yield every metric of the hub's own."""
        yield InfoMetricFamily("milepost_build", "Which release this is.", {"version": __version__})
        yield from _arrivals(self._intake.meter)
        yield from _commits(self._intake.meter)
        yield _gauge(
            "milepost_waiting_deliveries", "Deliveries that wait for a commit.",
            self._intake.waiting,
        )  # fmt: skip
        fault = self._intake.meter.fault(REMEMBERED_SECONDS)
        yield _gauge("milepost_store_taking", "0 while the store takes nothing.", fault is None)
        yield _gauge(
            "milepost_change_number", "Newest change that this process knows.", self._feed.last_seq
        )
        health = self._bus.health()
        yield _gauge("milepost_bus_reachable", "1 while the bus is reached.", health.reachable)
        yield _gauge("milepost_bus_told_number", "Newest change told to the bus.", health.told)
        failing = GaugeMetricFamily(
            "milepost_connector_failing", "1 while a connector fails.", labels=["connector"]
        )
        for name in self._problems:
            failing.add_metric([name], 1)
        yield failing
        for families in self.more:
            yield from families()


class _Exposed:
    """Makes the metrics anew for each scrape."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        return self._vitals.exposed()


class _Found:
    """Metrics that are there already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """Return every metric."""
        return self._families


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value)


def _arrivals(meter: Meter) -> Iterator[Metric]:
    for name, says in (
        ("deliveries", "Deliveries stored."),
        ("records", "Records in stored deliveries."),
        ("repeats", "Records that said nothing new."),
        ("quarantined", "Records that did not fit their mapping."),
    ):
        family = CounterMetricFamily(f"milepost_{name}", says, labels=["connector"])
        for connector, arrivals in meter.arrivals.items():
            family.add_metric([connector], getattr(arrivals, name))
        yield family
    refused = CounterMetricFamily(
        "milepost_refused", "Deliveries refused, by reason.", labels=["connector", "reason"]
    )
    for (connector, why), count in meter.refusals.items():
        refused.add_metric([connector, why], count)
    yield refused
    moves = CounterMetricFamily(
        "milepost_alert_moves_refused", "What was told of alerts and moved nothing, by reason.",
        labels=["connector", "reason"],
    )  # fmt: skip
    for (connector, why), count in meter.moves_refused.items():
        moves.add_metric([connector, why], count)
    yield moves


def _commits(meter: Meter) -> Iterator[Metric]:
    yield CounterMetricFamily(
        "milepost_commits", "Commits of the ingest.", sum(meter.seconds.counts)
    )
    yield _histogram("milepost_commit_seconds", "How long a commit took.", meter.seconds)
    yield _histogram(
        "milepost_commit_deliveries", "Deliveries that shared a commit.", meter.deliveries
    )


def _histogram(name: str, says: str, measured: Histogram) -> Metric:
    buckets, reached = [], 0
    bounds = (*map(str, measured.bounds), "+Inf")
    for bound, count in zip(bounds, measured.counts, strict=True):
        reached += count
        buckets.append((bound, float(reached)))
    return HistogramMetricFamily(name, says, buckets=buckets, sum_value=measured.total)
