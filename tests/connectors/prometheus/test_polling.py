"""Polling real Alertmanagers and a real Prometheus."""

import signal
from collections.abc import Callable

import pytest

from connectors.prometheus import CONNECTOR, parse
from connectors.prometheus.settings import Settings
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Gauge, Sink
from deploy.lab.fixtures import Pair
from deploy.lab.processes import House
from deploy.lab.prometheus import Prometheus, Rule
from hub.contract import Known, Page, Record, Wire
from hub.errors import Misconfigured, Transient
from tests.connectors.prometheus.polling import census, known, labels, pushed, source, until

pytestmark = pytest.mark.needs_system("alertmanager")
HIGH = Rule("High", "lab_value > 50", {"severity": "critical"}, {"summary": "it is high"})
SLOW = Rule("Slow", "lab_value > 50", {"severity": "warning"}, hold="4s")


async def test_trap_3_an_alert_is_the_same_record_by_pull_and_by_push(
    alertmanager_pair: Callable[[str, str], Pair], sink: Sink, wire: Wire
) -> None:
    one, _ = alertmanager_pair(sink.url, "s3cret")
    one.push([pushed("Pulled", startsAt="2026-01-05T10:00:00.123Z", generatorURL="http://p/g")])
    await sink.until(bool)
    (by_push,) = parse.page(sink.posted[0].body).records
    named, _ = await census(source(wire, one.url))
    by_pull = named["Pulled"]
    assert (by_pull.key, by_pull.version, by_pull.series) == (
        by_push.key,
        by_push.version,
        by_push.series,
    )
    assert by_pull.body == by_push.body


async def test_fact_18_two_alertmanagers_that_do_not_know_each_other_are_one_alarm(
    alertmanager_pair: Callable[[str, str], Pair], sink: Sink, wire: Wire
) -> None:
    one, other = alertmanager_pair(sink.url, "s3cret")
    both = pushed("Both", startsAt="2026-01-05T10:00:00Z")
    one.push([both, pushed("OnlyOne")])
    other.push([both])
    named, hints = await census(source(wire, one.url, other.url))
    assert set(named) == {"Both", "OnlyOne"}
    assert hints["unreachable"] == 0


async def test_fact_19_a_silence_is_seen_by_polling_and_is_no_end(
    alertmanager_pair: Callable[[str, str], Pair], sink: Sink, wire: Wire
) -> None:
    one, other = alertmanager_pair(sink.url, "s3cret")
    for each in (one, other):
        each.push([pushed("Quiet", startsAt="2026-01-05T10:00:00Z")])
    asked = source(wire, one.url, other.url)
    loud = (await census(asked))[0]["Quiet"]
    first = one.silence({"alertname": "Quiet"})
    assert (await census(asked))[0]["Quiet"] == loud, "the other one still tells of it"
    second = other.silence({"alertname": "Quiet"})
    quiet = (await census(asked))[0]["Quiet"]
    assert quiet.body["status"] == "suppressed"
    assert quiet.body["silencedBy"] == sorted([first, second])
    assert quiet.key == loud.key
    assert quiet.version != loud.version
    one.expire(first)
    assert (await census(asked))[0]["Quiet"] == loud


async def test_one_alertmanager_down_and_the_other_speaks(
    alertmanager_pair: Callable[[str, str], Pair], sink: Sink, wire: Wire
) -> None:
    one, other = alertmanager_pair(sink.url, "s3cret")
    other.push([pushed("Heard")])
    one.stop(signal.SIGKILL)
    named, hints = await census(source(wire, one.url, other.url))
    assert set(named) == {"Heard"}
    assert hints["unreachable"] == 1


async def test_all_alertmanagers_down_is_an_outage_and_never_an_empty_census(
    alertmanager_pair: Callable[[str, str], Pair], sink: Sink, wire: Wire
) -> None:
    """Trap 6."""
    one, other = alertmanager_pair(sink.url, "s3cret")
    asked = source(wire, one.url, other.url)
    one.stop(signal.SIGKILL)
    other.stop(signal.SIGKILL)
    with pytest.raises(Transient):
        await census(asked)
    with pytest.raises(Transient):
        await asked.fate([Known("alert", "f", "f/2026-01-05T10:00:00.000Z")])
    assert (await asked.standing()).alive is None


async def test_without_alertmanagers_there_is_nothing_to_pull_from(wire: Wire) -> None:
    assert CONNECTOR.source is not None
    assert CONNECTOR.source(Settings(), wire) is None


async def test_an_address_without_the_api_is_the_admins_business(sink: Sink, wire: Wire) -> None:
    with pytest.raises(Misconfigured, match="has no API of Alertmanager"):
        await census(source(wire, f"http://{sink.target}/elsewhere"))


async def test_nothing_is_read_in_order(alertmanager: Alertmanager, wire: Wire) -> None:
    assert [page async for page in source(wire, alertmanager.url).read(None)] == []


@pytest.mark.slow
async def test_fact_22_what_is_pending_becomes_firing_as_one_alert(
    lab: House, alertmanager: Alertmanager, gauge: Gauge, wire: Wire
) -> None:
    """Also fact 21 and trap 5: its end is told by Prometheus's memory, with the time of it."""
    server = Prometheus(lab, "prometheus-pending").start(
        targets=[gauge.target],
        rules=[SLOW],
        alertmanagers=[alertmanager.target],
        external_labels={"cluster": "msk", "replica": "a"},
    )
    try:
        never = {"labels": {"alertname": "None"}, "seconds": 2}
        asked = source(wire, alertmanager.url, prometheus_url=server.url, heartbeat=never)

        async def slow() -> Record | None:
            return (await census(asked))[0].get("Slow")

        gauge.value = 60
        pending = await until(slow)
        assert pending.body["status"] == "pending"
        assert labels(pending)["cluster"] == "msk"

        async def fires() -> Record | None:
            found = await slow()
            return found if found and found.body["status"] == "firing" else None

        firing = await until(fires)
        assert firing.series == pending.series
        assert labels(firing) == labels(pending)
        assert str(firing.body["startsAt"]) > str(pending.body["startsAt"])
        # Alertmanager starts anew and knows nothing: Prometheus still says that it fires.
        gone = await asked.fate([known(firing)])
        assert gone.gone == ()
        gauge.value = 0

        async def over() -> Page | None:
            page = await asked.fate([known(firing)])
            return page if page.records and page.records[0].version == "resolved" else None

        page = await until(over)
        (ended,) = page.records
        assert (ended.key, ended.series) == (firing.key, firing.series)
        assert labels(ended) == labels(firing)
        assert str(ended.body["endsAt"]) > str(firing.body["startsAt"])
    finally:
        server.stop()
