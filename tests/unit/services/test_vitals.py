"""Readiness, metrics, and the memory of failing connectors."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from hub.errors import Transient
from hub.services.desks import Check, Readiness
from hub.services.meter import Meter
from hub.services.telling import BusHealth
from hub.services.vitals import Vitals

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class Parts:
    """The store, the bus, the feed and the intake, as far as vitals look at them."""

    failure: Exception | None = None
    hangs: bool = False
    bus: BusHealth = field(default_factory=lambda: BusHealth("memory", True, NOW, told=41))
    last_seq: int = 42
    waiting: int = 3
    meter: Meter = field(default_factory=Meter)

    async def clock(self) -> int:
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        return self.last_seq

    def health(self) -> BusHealth:
        return self.bus


def vitals_of(parts: Parts, *, patience: float = 2) -> Vitals:
    return Vitals(parts, parts, parts, parts, patience_seconds=patience)


async def values(vitals: Vitals) -> Mapping[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families((await vitals.metrics()).decode())
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


async def test_a_hub_that_reads_its_store_is_ready() -> None:
    checks = {"store": Check.OK, "bus": Check.OK, "connectors": Check.OK}
    assert await vitals_of(Parts()).ready() == Readiness(True, checks, {})


async def test_a_store_that_cannot_be_read_makes_the_hub_not_ready() -> None:
    ready = await vitals_of(Parts(failure=Transient("the store cannot be read: no disk"))).ready()
    assert ready.ready is False
    assert ready.checks["store"] == "unreadable"
    assert ready.faults == {"store": "the store cannot be read: no disk"}


async def test_a_store_is_logged_once_when_lost_and_once_when_back() -> None:
    parts = Parts(failure=Transient("the store cannot be read: no disk"))
    vitals = vitals_of(parts)
    with capture_logs() as logs:
        await vitals.ready()
        await vitals.ready()
        parts.failure = None
        await vitals.ready()
        await vitals.ready()
    assert [line["event"] for line in logs] == ["not ready", "ready again"]
    assert logs[0]["why"] == "the store cannot be read: no disk"


async def test_a_bug_below_is_an_answer_and_tells_no_secret() -> None:
    with capture_logs() as logs:
        ready = await vitals_of(Parts(failure=ValueError("postgresql://hub:hunter2@db"))).ready()
    assert ready.ready is False
    assert "hunter2" not in str(ready)
    assert [line["event"] for line in logs] == ["store not readable", "not ready"]


async def test_a_store_that_does_not_answer_is_not_waited_for() -> None:
    ready = await vitals_of(Parts(hangs=True), patience=0.01).ready()
    assert ready.ready is False
    assert ready.checks["store"] == "no_answer"
    assert ready.faults == {"store": "the store did not answer within 0.01 s"}


async def test_a_store_that_refused_a_delivery_makes_the_hub_not_ready() -> None:
    parts = Parts()
    parts.meter.failed("the store cannot be written: disk full")
    ready = await vitals_of(parts).ready()
    assert (ready.ready, ready.checks["store"]) == (False, "takes_nothing")
    told = "the store takes nothing: the store cannot be written: disk full"
    assert ready.faults == {"store": told}


async def test_an_unreachable_bus_is_told_and_does_not_make_the_hub_unready() -> None:
    lost = BusHealth("amqp", False, NOW, told=7, detail="connection refused")
    ready = await vitals_of(Parts(bus=lost)).ready()
    assert (ready.ready, ready.checks["bus"]) == (True, "unreachable")
    assert ready.faults["bus"] == (
        "amqp not reachable since 2026-03-02T09:30:00+00:00: connection refused"
    )


async def test_a_failing_connector_is_told_and_does_not_make_the_hub_unready() -> None:
    vitals = vitals_of(Parts())
    vitals.failed("plan-erp", "plans/erp.xml: there is no such file", NOW)
    ready = await vitals.ready()
    assert (ready.ready, ready.checks["connectors"]) == (True, "failing")
    assert ready.faults == {"connectors": {"plan-erp": "plans/erp.xml: there is no such file"}}


def test_the_newest_fault_of_a_connector_is_kept_until_it_works_again() -> None:
    vitals = vitals_of(Parts())
    vitals.failed("plan-erp", "there is no such file", NOW)
    later = NOW.replace(hour=10)
    vitals.failed("plan-erp", "line 7: not XML", later)
    assert vitals.problem_of("plan-erp") == ("line 7: not XML", later)
    assert vitals.problem_of("am-main") == (None, None)
    vitals.recovered("plan-erp")
    assert vitals.problem_of("plan-erp") == (None, None)


def test_a_connector_is_logged_once_when_lost_and_once_when_back() -> None:
    vitals = vitals_of(Parts())
    with capture_logs() as logs:
        vitals.recovered("plan-erp")
        for _ in range(3):
            vitals.failed("plan-erp", "there is no such file", NOW)
        for _ in range(3):
            vitals.recovered("plan-erp")
    assert [(line["log_level"], line["event"]) for line in logs] == [
        ("warning", "connector failing"),
        ("info", "connector working again"),
    ]
    assert logs[0]["why"] == "there is no such file"


async def test_metrics_count_what_the_intake_did() -> None:
    parts = Parts()
    parts.meter.delivered("am-main", 3, 2)
    parts.meter.delivered("am-main", 1)
    parts.meter.delivered("am-two", 5)
    parts.meter.quarantined("am-main", 1)
    parts.meter.refused("am-main", "unauthorised")
    parts.meter.refused("", "not_found")
    parts.meter.committed(0.003, 3)
    found = await values(vitals_of(parts))
    assert found["milepost_deliveries_total", ("am-main",)] == 2
    assert found["milepost_records_total", ("am-main",)] == 4
    assert found["milepost_records_total", ("am-two",)] == 5
    assert found["milepost_repeats_total", ("am-main",)] == 2
    assert found["milepost_quarantined_total", ("am-main",)] == 1
    assert found["milepost_refused_total", ("am-main", "unauthorised")] == 1
    assert found["milepost_refused_total", ("", "not_found")] == 1
    assert found["milepost_commits_total", ()] == 1


async def test_histograms_count_upwards_and_a_bound_belongs_to_its_own_bucket() -> None:
    parts = Parts()
    for seconds, deliveries in ((0.001, 1), (0.003, 2), (60.0, 5000)):
        parts.meter.committed(seconds, deliveries)
    found = await values(vitals_of(parts))
    buckets = {
        name[1][0]: value
        for name, value in found.items()
        if name[0] == "milepost_commit_seconds_bucket"
    }
    assert buckets["0.001"] == 1
    assert buckets["0.0025"] == 1
    assert buckets["0.005"] == buckets["10.0"] == 2
    assert buckets["+Inf"] == 3
    assert found["milepost_commit_seconds_count", ()] == 3
    assert found["milepost_commit_seconds_sum", ()] == pytest.approx(60.004)
    assert found["milepost_commit_deliveries_bucket", ("2.0",)] == 2


async def test_metrics_tell_the_state_of_feed_bus_and_connectors_as_it_is_now() -> None:
    parts = Parts()
    vitals = vitals_of(parts)
    vitals.failed("plan-erp", "gone", NOW)
    found = await values(vitals)
    assert found["milepost_waiting_deliveries", ()] == 3
    assert found["milepost_change_number", ()] == 42
    assert found["milepost_bus_reachable", ()] == 1
    assert found["milepost_bus_told_number", ()] == 41
    assert found["milepost_connector_failing", ("plan-erp",)] == 1
    parts.bus = BusHealth("amqp", False, NOW, told=41)
    vitals.recovered("plan-erp")
    found = await values(vitals)
    assert found["milepost_bus_reachable", ()] == 0
    assert ("milepost_connector_failing", ("plan-erp",)) not in found


async def test_two_hubs_in_one_process_count_apart() -> None:
    one, two = Parts(), Parts()
    one.meter.delivered("am-main", 1)
    assert (await values(vitals_of(one)))["milepost_deliveries_total", ("am-main",)] == 1
    assert ("milepost_deliveries_total", ("am-main",)) not in await values(vitals_of(two))
