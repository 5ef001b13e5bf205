"""Silences at real Alertmanagers: made once, found again, ended, and only ours."""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.prometheus import CONNECTOR
from connectors.prometheus.identity import fingerprint
from connectors.prometheus.settings import Settings
from connectors.prometheus.writer import Writer
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Sink
from deploy.lab.fixtures import Pair
from deploy.lab.processes import House
from hub.contract import Known, Operation, Wire
from hub.errors import Misconfigured, Transient
from hub.wire import open_wire
from tests.connectors.prometheus.polling import until

pytestmark = pytest.mark.needs_system("alertmanager")
LABELS = {"alertname": "Loud", "device": 'a "b" \\ c', "site": "莫斯科"}


def pushed(**labels: str) -> dict[str, object]:
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    return {"labels": {**LABELS, **labels}, "annotations": {}, "endsAt": soon}


def wanted(write: str, key: str = "hub:7/suppress", **values: object) -> Operation:
    series = fingerprint(LABELS)
    on = Known("alert", series, f"{series}/2026-01-05T10:00:00.000Z")
    return Operation(key, write, on, values)


def suppress(key: str = "hub:7/suppress", hours: int = 1) -> Operation:
    until = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    return wanted("suppress", key, until=until, message="change 42", by="Wei")


def writer(wire: Wire, *managers: Alertmanager) -> Writer:
    return Writer(Settings.model_validate({"alertmanager_urls": [m.url for m in managers]}), wire)


def states(manager: Alertmanager) -> dict[str, str]:
    return {one["labels"].get("other", ""): one["status"]["state"] for one in manager.alerts()}


@pytest.fixture
def pair(alertmanager_pair: Callable[[str, str], Pair], sink: Sink) -> Pair:
    return alertmanager_pair(sink.url, "s3cret")


async def test_a_silence_is_made_once_at_each_and_silences_this_alert_alone(
    pair: Pair, wire: Wire
) -> None:
    for each in pair:
        each.push([pushed(), pushed(other="x")])
    writes, operation = writer(wire, *pair), suppress()
    assert not await writes.holds(operation)
    first = await writes.apply(operation)
    assert await writes.holds(operation)
    assert await writes.apply(operation) == first, "the second time it finds the first"
    for each in pair:
        assert states(each) == {"": "suppressed", "x": "active"}


async def test_what_a_time_out_left_half_done_is_finished_and_not_doubled(
    pair: Pair, wire: Wire
) -> None:
    """Trap 14, for a silence."""
    one, other = pair
    for each in pair:
        each.push([pushed()])
    operation = suppress()
    half = await writer(wire, one).apply(operation)
    whole = await writer(wire, one, other).apply(operation)
    assert whole["silences"][one.url] == half["silences"][one.url]  # type: ignore[index]
    assert await writer(wire, one, other).holds(operation)


async def test_a_later_silence_takes_the_place_of_the_earlier(
    alertmanager: Alertmanager, wire: Wire
) -> None:
    alertmanager.push([pushed()])
    writes = writer(wire, alertmanager)
    await writes.apply(suppress("hub:1"))
    await writes.apply(suppress("hub:2", hours=3))
    (alert,) = [one for one in alertmanager.alerts() if one["labels"] == LABELS]
    assert len(alert["status"]["silencedBy"]) == 1
    await writes.apply(wanted("unsuppress", "hub:3"))
    assert await writes.holds(wanted("unsuppress", "hub:3"))
    (alert,) = [one for one in alertmanager.alerts() if one["labels"] == LABELS]
    assert alert["status"]["state"] == "active"


async def test_a_silence_of_somebody_else_is_never_ended(pair: Pair, wire: Wire) -> None:
    one, _ = pair
    one.push([pushed()])
    one.silence({"alertname": "Loud"})
    with pytest.raises(Misconfigured, match="suppressed by a silence of lab"):
        await writer(wire, one).holds(wanted("unsuppress"))
    assert states(one) == {"": "suppressed"}


async def test_an_alert_that_has_ended_cannot_be_silenced(pair: Pair, wire: Wire) -> None:
    with pytest.raises(Misconfigured, match="it has ended"):
        await writer(wire, *pair).holds(suppress())


async def test_a_silence_that_would_end_before_it_begins_is_refused(pair: Pair, wire: Wire) -> None:
    one, _ = pair
    one.push([pushed()])
    with pytest.raises(Misconfigured, match="choose a later"):
        await writer(wire, one).holds(suppress(hours=-1))
    with pytest.raises(Misconfigured, match="will not silence it: "):
        await writer(wire, one).apply(suppress(hours=-1))
    with pytest.raises(Misconfigured, match="needs `until`"):
        await writer(wire, one).holds(wanted("suppress"))


async def test_one_alertmanager_down_and_the_other_is_silenced_and_it_is_not_all_done(
    pair: Pair, wire: Wire
) -> None:
    """They share no silences: the one that is back would notify as if nobody had asked."""
    one, other = pair
    other.push([pushed()])
    one.stop(signal.SIGKILL)
    writes, operation = writer(wire, one, other), suppress()
    assert not await writes.holds(operation)
    with pytest.raises(Transient, match=f"not every Alertmanager was reached: {one.url}"):
        await writes.apply(operation)
    assert states(other) == {"": "suppressed"}
    with pytest.raises(Transient, match="not every"):
        await writes.holds(operation)
    one.start()
    one.push([pushed()])
    assert not await writes.holds(operation)
    await writes.apply(operation)
    assert await writes.holds(operation)
    assert states(one) == {"": "suppressed"}
    for each in pair:
        (alert,) = each.alerts()
        assert len(alert["status"]["silencedBy"]) == 1
        each.stop(signal.SIGKILL)
    with pytest.raises(Transient):
        await writes.holds(operation)


async def test_what_only_the_other_may_list_has_not_ended(pair: Pair, wire: Wire) -> None:
    one, other = pair
    other.stop(signal.SIGKILL)
    with pytest.raises(Transient, match="not every"):
        await writer(wire, one, other).holds(suppress())
    with pytest.raises(Transient, match="not every"):
        await writer(wire, one, other).holds(wanted("unsuppress"))


async def test_one_that_hangs_is_left_alone_for_a_while(pair: Pair) -> None:
    """A hundred alerts are silenced at once: each would wait for it."""
    one, other = pair
    other.push([pushed()])
    settings = {"alertmanager_urls": [m.url for m in pair], "timeout_seconds": 2}
    hanging = open_wire("am", Settings.model_validate(settings))
    writes = Writer(Settings.model_validate(settings), hanging)
    one.freeze()
    try:
        assert not await writes.holds(suppress())
        for number in range(20):
            with pytest.raises(Transient, match="not every"):
                await writes.apply(suppress(f"hub:{number}"))
        assert states(other) == {"": "suppressed"}
        assert set(writes._hanging) == {one.url}  # noqa: SLF001 - what it must not ask
    finally:
        one.thaw()
        await hanging.close()


@pytest.fixture
def cluster(lab: House) -> Iterator[Pair]:
    one = Alertmanager(lab, "am-first")
    other = Alertmanager(lab, "am-second", peers=[one.gossip])
    one.peers = [other.gossip]
    yield one.start(), other.start()
    one.stop()
    other.stop()


@pytest.mark.slow
async def test_a_cluster_shares_one_silence(cluster: Pair, wire: Wire) -> None:
    for each in cluster:
        each.push([pushed()])
    writes = writer(wire, *cluster)
    operation = suppress()
    made = await writes.apply(operation)
    assert len(made["silences"]) == 1  # type: ignore[arg-type]
    one, other = cluster

    async def gossiped() -> bool:
        return states(other) == {"": "suppressed"}

    await until(gossiped)
    one.stop(signal.SIGKILL)
    assert await writes.holds(operation), "its cluster tells it when it is back"


async def test_there_is_no_acknowledgement_and_a_heartbeat_is_no_alert(wire: Wire) -> None:
    assert CONNECTOR.manifest.writes == ("suppress", "unsuppress")
    series = Known("heartbeat", "heartbeat/1", "heartbeat/1/2026-01-05T10:00:00.000Z")
    with pytest.raises(Misconfigured, match="set alertmanager_urls"):
        await writer(wire).holds(Operation("k", "suppress", series, {}))
