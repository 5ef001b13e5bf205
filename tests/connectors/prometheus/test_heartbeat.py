"""Is anybody there? A Prometheus that died, an Alertmanager that forgot, and what is believed."""

import itertools
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from connectors.prometheus.evidence import gathered
from connectors.prometheus.hearts import KIND
from connectors.prometheus.queries import Queries
from connectors.prometheus.receiver import Receiver
from connectors.prometheus.server import Server
from connectors.prometheus.settings import Settings
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Gauge, Sink
from deploy.lab.processes import House
from deploy.lab.prometheus import WATCHDOG, Prometheus, Rule
from hub.contract import Known, Page, Record, Standing, Wire
from tests.connectors.prometheus.polling import census, known, labels, source, until

pytestmark = [
    pytest.mark.needs_system("alertmanager"),
    pytest.mark.needs_system("prometheus"),
    pytest.mark.slow,
]
HIGH = Rule("High", "lab_value > 50", {"severity": "critical"}, {"summary": "it is high"})
RENAMED = {"regex": "instance", "action": "labeldrop"}
# The lab tells a firing alert again each 2 s, and Alertmanager ends it after four times that.
LATE = 5
NUMBERS = itertools.count(1)


@dataclass
class Site:
    """Two Alertmanagers, un-clustered, and the Prometheus that tells both."""

    managers: list[Alertmanager]
    prometheus: Prometheus
    sink: Sink

    @property
    def urls(self) -> list[str]:
        return [one.url for one in self.managers]


@pytest.fixture
async def site(lab: House, gauge: Gauge, sink: Sink) -> AsyncIterator[Site]:
    n = next(NUMBERS)
    managers = [Alertmanager(lab, f"am-{n}{x}").start(sink.url, "s3cret") for x in "ab"]
    server = Prometheus(lab, f"prometheus-beating-{n}").start(
        targets=[gauge.target],
        rules=[HIGH, WATCHDOG],
        alertmanagers=[one.target for one in managers],
        external_labels={"cluster": "msk"},
    )
    gauge.value = 60
    yield Site(managers, server, sink)
    server.stop()
    for one in managers:
        one.stop()


async def test_fact_21_a_dead_prometheus_ends_nothing_and_is_an_alert_of_its_own(
    site: Site, wire: Wire
) -> None:
    asked = source(
        wire, *site.urls, prometheus_url=site.prometheus.url, heartbeat={"seconds": LATE}
    )

    async def alive() -> Standing | None:
        standing = await asked.standing()
        return standing if standing.alive else None

    async def high() -> Record | None:
        return (await census(asked))[0].get("High")

    firing = await until(high)
    assert (await until(alive)).seen_at is not None
    assert set((await census(asked))[0]) == {"High"}, "the Watchdog is no alert of the board"

    site.prometheus.stop(signal.SIGKILL)

    async def gone() -> dict[str, Record] | None:
        named, _ = await census(asked)
        return named if "High" not in named and KIND in named else None

    # Both Alertmanagers believe that it is over.
    missing = (await until(gone))[KIND]
    assert missing.body["status"] == "firing"
    assert labels(missing)["cluster"] == "msk"
    standing = await asked.standing()
    assert standing.alive is False
    assert "Watchdog" in standing.why
    assert await asked.fate([known(firing), known(missing)]) == Page(())
    resolved = Receiver(Settings.model_validate({"webhook_secret": "s3cret"}))

    async def told() -> bool:
        posted = [r for one in site.sink.posted for r in resolved.unpack(one.body).records]
        return any(one.key == firing.key and one.version == "resolved" for one in posted)

    # The webhook says so too: only the standing tells that it may not be believed.
    await until(told)
    again = (await census(asked))[0][KIND]
    assert again.key == missing.key, "it is one alert, from when it was heard last"

    site.prometheus.start(
        targets=[],
        rules=[WATCHDOG],
        alertmanagers=[one.target for one in site.managers],
        external_labels={"cluster": "msk"},
    )

    async def back() -> Record | None:
        # Whoever asks may know all of a connector's alerts under one kind.
        page = await asked.fate([Known("alert", missing.series, missing.key)])
        return page.records[0] if page.records else None

    resolved_beat = await until(back)
    assert (resolved_beat.key, resolved_beat.version) == (missing.key, "resolved")
    assert str(resolved_beat.body["endsAt"]) > str(missing.body["startsAt"])
    assert KIND not in (await census(asked))[0]


async def test_an_alertmanager_that_starts_anew_lists_nothing_and_ends_nothing(
    site: Site, wire: Wire
) -> None:
    """With a heartbeat alone: who runs too short to have been told everything proves nothing."""
    asked = source(wire, *site.urls, heartbeat={"seconds": LATE})

    async def high() -> Record | None:
        return (await census(asked))[0].get("High")

    firing = await until(high)
    site.prometheus.set_rules([WATCHDOG])
    for one in site.managers:
        one.stop(signal.SIGKILL)
        one.start(site.sink.url, "s3cret")
    assert await asked.fate([known(firing)]) == Page(())

    async def ended() -> Page | None:
        page = await asked.fate([known(firing)])
        return page if page.gone else None

    # Later the same silence is proof: each was told anew, and the heart beats.
    (gone,) = (await until(ended)).gone
    assert (gone.key, gone.why) == (firing.key, "ended")


async def test_without_a_heartbeat_rules_and_targets_are_asked(lab: House, wire: Wire) -> None:
    async with Gauge() as target:
        server = Prometheus(lab, "prometheus-mute").start(targets=[target.target], rules=[HIGH])
        asked, queries = Server(wire, server.url), Queries(wire, server.url)

        async def alive() -> Standing | None:
            standing = (await gathered(asked, queries, timedelta(0))).standing
            return standing if standing.alive else None

        async def blind() -> Standing | None:
            standing = (await gathered(asked, queries, timedelta(0))).standing
            return standing if "none of its targets" in standing.why else None

        try:
            living = await until(alive)
            assert "evaluates its rules" in living.why
            delay = await asked.resend_delay()
            assert delay == timedelta(seconds=2)
            assert abs(living.vouches_until - living.seen_at - 2 * delay) < timedelta(seconds=2)
            young = (await gathered(asked, queries, timedelta(hours=1))).standing
            assert (young.alive, "just started" in young.why) == (None, True)
            assert young.vouches_until == (await asked.began())[0]
            await target.__aexit__(None, None, None)
            assert (await until(blind)).alive is False
            server.set_rules([])
            unwatched = (await gathered(asked, queries, timedelta(0))).standing
            assert (unwatched.alive, "no alerting rule" in unwatched.why) == (None, True)
        finally:
            server.stop()


async def test_where_alerts_are_renamed_on_their_way_none_is_shown_as_pending(
    lab: House, alertmanager: Alertmanager, gauge: Gauge, wire: Wire
) -> None:
    """And none is said to have ended by a memory that calls it otherwise."""
    server = Prometheus(lab, "prometheus-renaming").start(
        targets=[gauge.target],
        rules=[HIGH, Rule("Slow", "lab_value > 50", hold="1h")],
        alertmanagers=[alertmanager.target],
        alert_relabel=[RENAMED],
    )
    asked = source(wire, alertmanager.url, prometheus_url=server.url)
    try:
        gauge.value = 60

        async def high() -> Record | None:
            return (await census(asked))[0].get("High")

        firing = await until(high)
        assert "instance" not in labels(firing)
        assert "Slow" not in (await census(asked))[0]
        lost = Known("alert", "f" * 16, "f" * 16 + "/2026-01-05T10:00:00.000Z")
        assert await asked.fate([lost]) == Page(())
    finally:
        server.stop()
