"""`milepost connector verify --capture` against real tools: nothing of one's own is in it."""

import asyncio
import re
from typing import Any

import pytest

from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Series
from deploy.lab.processes import House
from deploy.lab.prometheus import WATCHDOG, Prometheus, Rule
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Trigger, administrator_token
from tests.integration.cli.folder import Folder
from tests.integration.hub.client import until

pytestmark = pytest.mark.slow
SECRET = "hunter2-and-more"  # noqa: S105
OURS = ("Wuhan", "erpdb", "Bilge", "库存系统", "Zhangsan", "corp", SECRET)
"""Words that only this site has: a place, a host, a product, a person."""


def shows(text: str) -> list[str]:
    """Return what of the site's own words a recording shows."""
    return [word for word in OURS if re.search(word, text, re.IGNORECASE)]


@pytest.mark.parametrize(
    "fixture",
    [
        pytest.param("corner", id="6.0", marks=pytest.mark.needs_system("zabbix")),
        pytest.param("corner7", id="7.0", marks=pytest.mark.needs_system("zabbix-7.0")),
    ],
)
def test_a_zabbix_is_recorded_without_its_names_and_ends_alike(
    fixture: str, request: pytest.FixtureRequest, folder: Folder
) -> None:
    corner: Corner = request.getfixturevalue(fixture)
    zabbix: Zabbix = corner.zabbix
    host = corner.host(
        f"{corner.name}-erpdb-wuhan-01.corp",
        [Trigger("load", name="Bilge 库存系统 is down on {HOST.NAME}", tags={"team": "Wuhan"})],
    )
    zabbix.settle(host.name)
    zabbix.send(host.name, "load", 95)
    asked = {"hostids": [host.hostid], "output": ["eventid"]}
    (problem,) = until(lambda: zabbix.api("problem.get", asked), "the problem is open")
    said = {"eventids": [problem["eventid"]], "action": 6, "message": "Zhangsan looks at Bilge"}
    zabbix.api("event.acknowledge", said)
    token = administrator_token(zabbix)
    folder.write(
        "milepost.yaml",
        f"connectors:\n  zbx: {{type: zabbix, url: '{zabbix.url}', token: '{token}', "
        f"webhook_secret: {SECRET}, host_groups: [{corner.name}]}}\n",
    )
    told = captured(folder, "zbx")
    assert {step["code"]: step["done"] for step in told["steps"]}["census"] is True
    text = (folder.path / "zbx.json").read_text("utf-8")
    assert (shows(text), token in text, corner.name in text) == ([], False, False)
    assert problem["eventid"] in text, "numbers stay: they are what reading goes by"


def captured(folder: Folder, connector: str) -> dict[str, Any]:
    """Record a tool that no webhook leads from; its recording has to end as it did."""
    file = f"{connector}.json"
    words = ("connector", "verify", connector, "--json", "--capture", file)
    ran = folder.run(*words, status=1)
    told: dict[str, Any] = ran.json
    assert told["differs"] == [], ran.out
    assert told["recording"] == file
    return told


@pytest.mark.needs_system("prometheus")
@pytest.mark.needs_system("alertmanager")
async def test_a_prometheus_is_recorded_without_its_names_and_ends_alike(
    lab: House, folder: Folder
) -> None:
    manager, prometheus = Alertmanager(lab, "kept-am"), Prometheus(lab, "kept-prometheus")
    rules = [
        Rule("BilgeDown", "lab_trouble > 0", {"severity": "critical", "site": "Wuhan"},
             {"summary": "erpdb {{ $labels.mark }} 库存系统, ask Zhangsan"}),
        Rule("BilgeSlow", "lab_trouble > 0", {"severity": "warning"}, hold="1h"),
        WATCHDOG,
    ]  # fmt: skip
    async with Series() as series:
        try:
            await asyncio.to_thread(manager.start)
            prometheus.start(targets=[series.target], rules=rules, alertmanagers=[manager.target])
            series.raised = {"erpdb-1.corp"}
            await asyncio.to_thread(until, lambda: len(manager.alerts()) == 2, "it fires", 30)
            folder.write(
                "milepost.yaml",
                f"connectors:\n  am: {{type: prometheus, prometheus_url: '{prometheus.url}', "
                f"alertmanager_urls: ['{manager.url}'], webhook_secret: {SECRET}}}\n",
            )
            told = await asyncio.to_thread(captured, folder, "am")
        finally:
            prometheus.stop()
            manager.stop()
    assert {step["code"]: step["done"] for step in told["steps"]}["census"] is True
    text = (folder.path / "am.json").read_text("utf-8")
    assert shows(text) == []
    assert "Watchdog" in text, "a word of the connector's own stays"


@pytest.fixture
def connected(folder: Folder, alertmanager: Alertmanager) -> Folder:
    """Return a folder whose hub looks at an Alertmanager, and at one that is away."""
    folder.write(
        "milepost.yaml",
        f"connectors:\n  am: {{type: prometheus, alertmanager_urls: ['{alertmanager.url}']}}\n"
        "  dead: {type: prometheus, alertmanager_urls: ['http://127.0.0.1:1']}\n"
        f"  plain: {{type: prometheus, alertmanager_urls: ['{alertmanager.url}'], "
        "webhook_secret: alertname}\n",
    )
    return folder


@pytest.mark.needs_system("alertmanager")
def test_a_person_reads_that_it_replays_and_what_is_still_in_it(connected: Folder) -> None:
    ran = connected.run("connector", "verify", "am", "--capture", "am.json")
    assert "holds replay" in ran.out
    assert "Numbers and instants" in ran.out


@pytest.mark.needs_system("alertmanager")
def test_a_file_that_is_there_is_not_written_over(connected: Folder) -> None:
    mine = connected.write("mine.json", "mine")
    ran = connected.run("connector", "verify", "am", "--capture", "mine.json", status=1)
    assert "name another file" in ran.err
    assert mine.read_text() == "mine"


@pytest.mark.needs_system("alertmanager")
def test_a_secret_that_is_an_ordinary_word_is_not_written_down(connected: Folder) -> None:
    ran = connected.run("connector", "verify", "plain", "--capture", "it.json", status=1)
    assert "use another secret" in ran.err
    assert "alertname" not in ran.err
    assert not (connected.path / "it.json").exists()


@pytest.mark.needs_system("alertmanager")
def test_a_tool_that_says_nothing_is_not_recorded(connected: Folder) -> None:
    ran = connected.run("connector", "verify", "dead", "--capture", "it.json", status=1)
    assert "answered nothing" in ran.err
    assert not (connected.path / "it.json").exists()
