"""What is printed is taken by the real programs, and makes them tell the hub."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from connectors.prometheus.checker import Checker
from connectors.prometheus.onboarding import Onboarding
from connectors.prometheus.receiver import Receiver
from connectors.prometheus.settings import Settings
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Sink
from deploy.lab.ports import LOOPBACK, free_ports, request, responds
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.prometheus import Prometheus
from hub.contract import Step, Wire

pytestmark = pytest.mark.needs_system("alertmanager")
SECRET = "a secret: 'of' #any kind"  # noqa: S105 - a test's


def printed(hook: str, wire: Wire, **settings: object) -> tuple[str, str]:
    route, rules = Onboarding(Settings.model_validate(settings), wire).printed(hook).split("---\n")
    return route, rules


@pytest.mark.needs_system("prometheus")
def test_the_printed_rule_is_one_for_prometheus(wire: Wire, tmp_path: Path) -> None:
    odd = {"labels": {"alertname": "DeadMansSwitch", "team": 'a "b": {c}'}}
    for settings in ({}, {"heartbeat": odd}):
        _, rules = printed("http://hub/hooks/am", wire, **settings)
        (tmp_path / "rules.yml").write_text(rules)
        ran = subprocess.run(
            ["promtool", "check", "rules", tmp_path / "rules.yml"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "SUCCESS: 1 rules found" in ran.stdout, ran.stdout + ran.stderr


def taken_by_amtool(config: Path) -> None:
    subprocess.run(["amtool", "check-config", config], capture_output=True, check=True)


async def test_a_real_alertmanager_with_the_printed_route_tells_the_hub(
    lab: House, sink: Sink, wire: Wire
) -> None:
    folder = lab.root / "onboarded"
    folder.mkdir()
    (folder / "secret").write_text(SECRET + "\n")
    route, _ = printed(sink.url, wire)
    route = re.sub("/etc/.*", str(folder / "secret"), route)
    theirs = {
        "route": {"receiver": "pager", "routes": []},
        "receivers": [{"name": "pager", "webhook_configs": [{"url": sink.url}]}],
    }
    ours = yaml.safe_load(route)
    theirs["route"]["routes"] = ours["route"]["routes"]  # type: ignore[index]
    theirs["receivers"] += ours["receivers"]
    (folder / "am.yml").write_text(yaml.safe_dump(theirs))
    await asyncio.to_thread(taken_by_amtool, folder / "am.yml")
    port = free_ports(1)[0]
    argv = [
        str(find("alertmanager")), f"--config.file={folder}/am.yml", "--log.level=warn",
        f"--storage.path={folder}/data", f"--web.listen-address={LOOPBACK}:{port}",
        "--cluster.listen-address=",
    ]  # fmt: skip
    lab.start("onboarded", argv, lambda: responds(port, "/-/ready"))
    try:
        request(port, "POST", "/api/v2/alerts", b'[{"labels": {"alertname": "First"}}]')
        receiver = Receiver(Settings.model_validate({"webhook_secret": SECRET}))
        await sink.until(lambda posted: any(receiver.authentic(p.headers, b"") for p in posted))
        ((record,),) = (
            receiver.unpack(one.body).records
            for one in sink.posted
            if receiver.authentic(one.headers, b"")
        )
        assert record.version == "firing"
    finally:
        lab.stop("onboarded")


async def test_installing_says_what_to_copy(wire: Wire) -> None:
    steps = [step async for step in Onboarding(Settings(), wire).install("http://hub/hooks/am")]
    assert [step.done for step in steps] == [None]
    assert "http://hub/hooks/am" in steps[0].says
    assert "no API" in steps[0].says


async def checked(
    wire: Wire, now: datetime | None = None, **settings: object
) -> dict[str, list[Step]]:
    told = Settings.model_validate({"webhook_secret": "s3cret", **settings})
    asked = Checker(told, wire) if now is None else Checker(told, wire, now=lambda: now)
    found: dict[str, list[Step]] = {}
    async for step in asked.check():
        found.setdefault(step.code, []).append(step)
    return found


@pytest.fixture
def truncating(lab: House, sink: Sink) -> Iterator[Alertmanager]:
    server = Alertmanager(lab, "alertmanager-checked").start(sink.url, "s3cret", max_alerts=2)
    yield server
    server.stop()


@pytest.mark.needs_system("prometheus")
async def test_a_check_names_what_is_there_and_what_is_missing(
    truncating: Alertmanager, alertmanager: Alertmanager, prometheus: Prometheus, wire: Wire
) -> None:
    steps = await checked(
        wire,
        alertmanager_urls=[truncating.url, alertmanager.url, f"http://{LOOPBACK}:9"],
        prometheus_url=prometheus.url,
        heartbeat={},
    )
    assert [step.done for step in steps["alertmanager"]] == [True, True, False]
    assert "is Alertmanager 0." in steps["alertmanager"][0].says
    assert [step.done for step in steps["clock"]] == [True, True, True]
    assert "set max_alerts: 0" in steps["webhook"][0].says
    assert "no receiver" in steps["webhook"][1].says
    assert steps["prometheus"][0].done
    assert steps["rules"][0].says == "0 alerting rules are evaluated"
    assert steps["heartbeat"][0].done is False
    assert "onboarding" in steps["heartbeat"][0].says


async def test_a_clock_half_an_hour_off_is_told(alertmanager: Alertmanager, wire: Wire) -> None:
    now = datetime.now(UTC) + timedelta(minutes=30)
    steps = await checked(wire, now=now, alertmanager_urls=[alertmanager.url])
    assert steps["clock"][0].done is False
    assert "NTP" in steps["clock"][0].says


async def test_a_check_of_nothing_says_what_that_means(wire: Wire) -> None:
    steps = await checked(wire)
    assert all(step.done is None for found in steps.values() for step in found)
