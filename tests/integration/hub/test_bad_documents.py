"""Mappings, services and settings with faults: all faults at once, each with file and line."""

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
import yaml

from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, day, plan
from tests.integration.hub.stored import dump

pytestmark = pytest.mark.slow

THREE_FAULTS = """\
mapping: prometheus.alert
to: alert
version: 1
fields:
  title: {path: annotations.summary}
  severity: {path: labels.severity, table: severities}
  starts_at: {path: startsAt, as: instantly}
  colour: {path: labels.colour}
  status: {path: status}
  labels: {path: labels}
"""
FAULTY_LINES = (6, 7, 8)
SERVICES: list[dict[str, Any]] = [
    {
        "ref": "shop",
        "name": "Shop",
        "match": {"labels": {"service": ["shop"]}},
        "delivers": [
            {"project": "ERP", "milestone": "Go-live"},
            {"project": "ERP", "milestone": "Never planned"},
            {"project": "ERP", "milestone": "Review"},
        ],
    }
]


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    made = shared_hub(start=False, quiet_seconds=3600)
    made.services(*SERVICES)
    made.start()
    made.bring_in(plan([("Go-live", day(9)), ("Review", day(3)), ("review ", day(6))]))
    return made


def test_three_faults_of_a_mapping_are_told_at_once_with_lines(hub: RunningHub) -> None:
    path = hub.write("mappings/prometheus/alert.yaml", THREE_FAULTS)
    try:
        done = hub.cli("check", status=1)
        refused = hub.cli("serve", "--port", "0", status=1)
    finally:
        path.unlink()
    for said in (done.stderr, refused.stderr):
        for line in FAULTY_LINES:
            assert f"{path}:{line}:" in said
        assert "Traceback" not in said
    assert "5 fault(s)" in done.stderr  # two more are the catalogue's


def test_three_faults_of_a_draft_are_told_at_once_and_nothing_is_stored(hub: RunningHub) -> None:
    before = dump(hub)
    answer = hub.api.ask("PUT", "/mappings", {"text": THREE_FAULTS})
    assert answer.status == 422
    found = [int(one["loc"].rpartition(":")[2]) for one in answer.json["errors"]]
    assert sorted(found) == list(FAULTY_LINES)
    assert dump(hub) == before


def test_a_fault_of_a_running_hubs_file_leaves_the_active_version(hub: RunningHub) -> None:
    path = hub.write("mappings/prometheus/alert.yaml", THREE_FAULTS)
    try:
        done = hub.cli("check", "--apply", status=1)
    finally:
        path.unlink()
    assert "fault(s); nothing was applied" in done.stderr
    (active,) = hub.api.items("mappings", document="prometheus/alert", active="true")
    assert active["origin"] == "shipped"
    hub.tell(alert("Still mapped"))
    assert hub.alert("Still mapped")["title"] == "Still mapped"


def test_a_milestone_that_is_missing_or_there_twice_is_a_fault_of_check(hub: RunningHub) -> None:
    done = hub.cli("check", status=1)
    missing, twice = sorted(done.stderr.splitlines()[:2])
    assert "'Never planned' of project 'ERP' does not exist" in missing
    assert "'Review' of project 'ERP' is there 2 times" in twice
    assert "file:milestone:ERP/102" in twice
    assert "file:milestone:ERP/103" in twice
    assert "2 fault(s)" in done.stderr


def test_what_binds_nothing_does_not_keep_the_rest_from_counting(hub: RunningHub) -> None:
    hub.tell(alert("ShopDown", service="shop", severity="critical", environment="bound"))
    titles = [one["title"] for one in hub.incident_of("ShopDown")["milestones"]]
    assert titles == ["Go-live"]


def test_a_ref_chooses_between_milestones_of_one_title(hub: RunningHub) -> None:
    services: list[dict[str, Any]] = json.loads(json.dumps(SERVICES))
    services[0]["delivers"] = [{"project": "erp", "milestone": "file:milestone:ERP/103"}]
    hub.services(*services)
    assert hub.cli("check", "--apply").returncode == 0
    hub.tell(alert("ShopDown too", service="shop", severity="critical", environment="by-ref"))

    def refs() -> list[str]:
        return [one["ref"] for one in hub.incident_of("ShopDown too")["milestones"]]

    until(lambda: refs() == ["file:milestone:ERP/103"], "the new catalogue counts")
    hub.services(*SERVICES)
    done = hub.cli("check", "--apply", status=3)
    assert "services: applied as version" in done.stdout
    assert "2 fault(s); what is listed as applied counts" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("services: [{ref: a, name: A, depends_on: [{service: nobody}]}]", "nobody"),
        ("services: [{ref: a, name: A}, {ref: a, name: B}]", "services.yaml:1"),
        ("services: [{ref: a, name: A, tier: 9}]", "services.yaml:1"),
        ("services: [{ref: a, nmae: A}]", "services.yaml:1"),
        ("services:\n  - ref: a\n  - [", "services.yaml:4"),
        ("services: 7", "services.yaml:1"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nservices: [*b]", "services.yaml:"),
    ],
)
def test_a_fault_of_the_catalogue_has_its_line(hub: RunningHub, text: str, words: str) -> None:
    hub.write("services.yaml", text)
    try:
        done = hub.cli("check", status=1)
    finally:
        hub.services(*SERVICES)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_faults_of_settings_are_told_at_once_without_secrets(hub: RunningHub) -> None:
    before = (hub.folder / "milepost.yaml").read_text()
    hub.write(
        "milepost.yaml",
        yaml.safe_dump(
            {
                "store": hub.store,
                "organisation": {"timezone": "Mars/Base", "locale": "tlh"},
                "connectors": {
                    "am": {"type": "prometheus", "webhook_secret": "hush-hush", "pole": 3},
                    "Bad Name": {"type": "prometheus"},
                    "who": {"type": "nagios"},
                },
            }
        ),
    )
    try:
        done = hub.cli("check", status=1)
    finally:
        hub.write("milepost.yaml", before)
    for words in ("Mars/Base", "tlh", "pole", "Bad Name", "nagios"):
        assert words in done.stderr
    assert "hush-hush" not in done.stderr


def test_the_shipped_documents_have_no_fault(hub: RunningHub) -> None:
    shipped = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
    answer = hub.api.ask("PUT", "/mappings", {"text": shipped})
    assert answer.status == 200, answer.body
