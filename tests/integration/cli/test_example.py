"""The settings and services of the handbook, typed as they stand there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli.folder import Folder, Serving
from tests.integration.hub.client import Client, until
from tests.integration.hub.samples import alert, day, envelope, plan

pytestmark = pytest.mark.slow

SECRET = "s3cr3t-of-the-example"  # noqa: S105
SETTINGS = """\
    # milepost.yaml
    organisation: {name: Example, timezone: Asia/Shanghai, locale: zh-CN}
    store: sqlite                                  # or postgresql://…
    bus: memory                                    # or amqp://… or redis://…
    services: services.yaml
    connectors:
      am-main:  {type: prometheus, prometheus_url: "http://127.0.0.1:9", \
alertmanager_urls: ["http://127.0.0.1:9"], webhook_secret: env:AM_SECRET}
      plan-erp: {type: msproject, path: plans/erp.xml, project: ERP}
    # every connector: read_only (default true), poll_seconds (default 30), timeout_seconds, …
"""
SERVICES = """\
    # services.yaml
    services:
      - ref: shop-db
        name: Shop database
        tier: 1
        aliases: [shopdb]
        match: {labels: {service: [shop-db]}, hosts: ["db-0*"], host_groups: ["erp-*"]}
        depends_on: [{service: storage, hardness: hard}]
        delivers: [{project: ERP, milestone: "ERP go-live", role: delivers}]     # title or ref
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, installed=True)


@pytest.fixture
def example(folder: Folder) -> Folder:
    folder.environment["AM_SECRET"] = SECRET
    folder.write("milepost.yaml", SETTINGS)
    folder.write("services.yaml", SERVICES)
    folder.write("plans/erp.xml", plan({"ERP go-live": day(4)}, title="ERP 2026"))
    return folder


@pytest.fixture
def hub(example: Folder) -> Iterator[Serving]:
    with example.serving() as serving:
        yield serving


def test_the_example_serves_and_an_alert_hurts_its_milestone(hub: Serving) -> None:
    api = hub.client()
    (found,) = until(lambda: api.items("milestones"), "the watched plan is read")
    assert found["ref"] == "plan-erp:milestone:ERP/101"
    body = envelope([alert("DatabaseDown", service="shop-db", severity="critical")])
    given = {"Authorization": f"Bearer {SECRET}"}
    answer = Client(hub.base, "").send("POST", "/hooks/am-main", body, given)
    assert answer.status == 202
    (incident,) = api.items("incidents")
    assert [one["ref"] for one in incident["milestones"]] == [found["ref"]]
    services = {one["ref"]: one for one in api.items("services")}
    assert set(services) == {"shop-db", "storage"}
    assert (services["shop-db"]["name"], services["shop-db"]["tier"]) == ("Shop database", 1)


def test_check_names_what_the_example_leaves_open(example: Folder) -> None:
    done = example.run("check", status=1)
    open_ends = done.err.splitlines()
    assert "services.yaml:3: services: service 'shop-db': depends_on names 'storage'" in done.err
    assert "services.yaml:9: services.shop-db.delivers: milestone 'ERP go-live'" in done.err
    assert open_ends[-1] == "2 fault(s)"
    assert not (example.path / "data").exists()
    example.write("services.yaml", f"{SERVICES}      - {{ref: storage}}\n")
    assert example.run("sync", "plan-erp", "--json").json["plan-erp"]["ok"] is True
    assert "sound" in example.run("check").out


def test_a_tool_that_is_not_there_yet_is_refused_by_name(example: Folder) -> None:
    tools = "      desk-main: {type: servicenow}\n"
    example.write("milepost.yaml", SETTINGS + tools)
    for words in (("check",), ("serve", "--port", "0"), ("token", "create", "--role", "ops")):
        said = example.run(*words, status=1).err
        assert "milepost.yaml:10: connectors.desk-main.type: 'servicenow' is no connector" in said
        assert "use one of jira, msproject, prometheus, zabbix" in said
    assert not (example.path / "data").exists()


def test_doctor_tells_what_it_cannot_reach_and_makes_nothing(example: Folder) -> None:
    told = example.run("doctor", "--json", status=1).json
    checks = {(one["check"], one["ok"]) for one in told["checks"]}
    assert told["ok"] is False
    assert ("am-main: alertmanager", False) in checks
    sound = {(name, True) for name in ("store", "bus", "documents", "plan-erp: file")}
    assert sound | {("package hub", True)} <= checks
    assert not (example.path / "data").exists()


def test_sync_tells_each_source_and_what_was_left_out(example: Folder) -> None:
    # Nobody answers where the example's Prometheus is said to be.
    first = example.run("sync", "--json", status=3).json
    assert first["plan-erp"]["changed"]["created"] > 0
    assert "refuses the connection" in first["am-main"]["error"]
    again = example.run("sync", "plan-erp", "--full", "--json").json
    assert again == {
        "plan-erp": {"ok": True, "changed": {"created": 0, "updated": 0, "removed": 0}}
    }
    part = example.run("sync", "plan-erp", "am-main", "--json", status=3).json
    assert (part["plan-erp"]["ok"], part["am-main"]["ok"]) == (True, False)
    assert "refuses the connection" in example.run("sync", "am-main", status=1).out
    assert "no connector nobody" in example.run("sync", "nobody", status=1).err
