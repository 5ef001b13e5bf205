"""Change a mapping, see what it would change, run history through it, mend the quarantine."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, at, day, plan, resolved
from tests.integration.hub.stored import dump

pytestmark = pytest.mark.slow

MakeHub = Callable[..., RunningHub]
SERVICES = (
    {
        "ref": "pay",
        "name": "Payment",
        "tier": 1,
        "match": {"labels": {"service": ["pay"]}},
        "delivers": [{"project": "ERP", "milestone": "Go-live", "role": "delivers"}],
    },
)


def shipped(kind: str) -> str:
    return Path(str(files("mappings").joinpath(*kind.split("/")))).read_text("utf-8")


def changed(kind: str, *swaps: tuple[str, str]) -> str:
    text = shipped(kind)
    for old, new in swaps:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


LOUDER = ("    warning: warning\n", "    warning: critical\n")
TEAM_IS_SERVICE = ("      - labels.service\n", "      - labels.team\n      - labels.service\n")


@pytest.fixture
def hub(running_hub: MakeHub) -> RunningHub:
    made = running_hub(start=False, quiet_seconds=3600)
    made.services(*SERVICES)
    made.start()
    made.bring_in(plan({"Go-live": day(9)}))
    return made


def with_mapping(hub: RunningHub, text: str, kind: str = "prometheus/alert") -> None:
    """Let a changed document of the folder become the active one, beside the running hub."""
    hub.write(f"mappings/{kind}.yaml", text)
    hub.cli("check", "--apply")


def test_a_diff_says_what_would_change_and_changes_nothing(hub: RunningHub) -> None:
    told = alert("Slow", severity="warning", team="pay")
    hub.tell(told, alert("Calm", severity="info", environment="calm"))
    with_mapping(hub, changed("prometheus/alert.yaml", LOUDER, TEAM_IS_SERVICE))
    before = dump(hub)
    report = hub.told("replay", "--connector", "am", "--diff")
    assert (report["diff"], report["records"], report["changed"]) == (True, 2, 1)
    assert (report["created"], report["quarantined"]) == (0, 0)
    assert [one["ref"] for one in report["examples"]] == [hub.alert("Slow")["ref"]]
    assert dump(hub) == before


def test_a_replay_changes_alerts_incidents_and_exposure(hub: RunningHub) -> None:
    hub.tell(alert("Slow", severity="warning", team="pay"))
    seen = hub.alert("Slow")
    assert (seen["severity"], seen["service"]) == (2, None)
    assert hub.incident_of("Slow")["milestones"] == []
    with_mapping(hub, changed("prometheus/alert.yaml", LOUDER, TEAM_IS_SERVICE))
    report = hub.told("replay")
    assert (report["diff"], report["changed"], report["created"]) == (False, 1, 0)
    after = hub.alert("Slow")
    assert (after["severity"], after["severity_raw"], after["service"]) == (5, "warning", "pay")
    assert (after["count"], after["episode"]) == (seen["count"], seen["episode"])
    assert [o["event"] for o in after["occurrences"]] == [o["event"] for o in seen["occurrences"]]
    incident = hub.incident_of("Slow")
    assert (incident["severity"], incident["services"], incident["firing"]) == (5, ["pay"], 1)
    assert [one["title"] for one in incident["milestones"]] == ["Go-live"]
    assert hub.api.items("milestones")[0]["exposure"] > 0
    hub.tell(resolved(alert("Slow", severity="warning", team="pay"), at(5)))
    assert hub.incident_of("Slow")["firing"] == 0


def test_a_second_replay_finds_nothing_more(hub: RunningHub) -> None:
    flapping = alert("Slow", severity="warning", team="pay")
    hub.tell(flapping)
    hub.tell(resolved(flapping, at(2)))
    hub.tell({**flapping, "startsAt": at(4)})
    hub.tell({**flapping, "startsAt": at(4)})
    with_mapping(hub, changed("prometheus/alert.yaml", LOUDER, TEAM_IS_SERVICE))
    hub.told("replay", "--connector", "am")
    once = dump(hub)
    report = hub.told("replay", "--connector", "am")
    assert (report["changed"], report["created"], report["quarantined"]) == (0, 0, 0)
    again = dump(hub)
    for table in ("alert", "occurrence", "journal", "quarantine"):
        assert again[table] == once[table], table


def test_a_replay_by_the_api_is_the_same(hub: RunningHub) -> None:
    hub.tell(alert("Slow", severity="warning", team="pay"))
    with_mapping(hub, changed("prometheus/alert.yaml", LOUDER))

    def would() -> int:
        answer = hub.api.ask("POST", "/replays", {"connector": "am", "diff": True})
        assert answer.status == 200, answer.body
        return int(answer.json["changed"])

    until(would, "the running hub maps with the new version")
    assert hub.api.ask("POST", "/replays", {"connector": "am"}).json["changed"] == 1
    assert hub.alert("Slow")["severity"] == 5
    unknown = hub.api.ask("POST", "/replays", {"connector": "nobody"})
    assert (unknown.status, unknown.json["errors"][0]["loc"]) == (422, "body/connector")
    assert "configured are am, file" in unknown.json["detail"]


def test_the_next_delivery_is_mapped_with_the_new_version(hub: RunningHub) -> None:
    with_mapping(hub, changed("prometheus/alert.yaml", LOUDER))

    def severity() -> int:
        name = f"New {len(hub.alerts())}"
        hub.tell(alert(name, severity="warning", environment=name))
        return int(hub.alert(name)["severity"])

    until(lambda: severity() == 5, "the running hub maps with the new version")


STRICT = ("    other: unknown\n", "")


def test_what_was_quarantined_fits_after_the_mapping_is_mended(running_hub: MakeHub) -> None:
    hub = running_hub(start=False)
    hub.write("mappings/prometheus/alert.yaml", changed("prometheus/alert.yaml", STRICT))
    hub.start()
    receipt = hub.tell(
        alert("Odd", severity="spicy", environment="odd"), alert("Fine", environment="fine")
    )
    (kept,) = hub.api.items("quarantine", receipt=receipt)
    assert (kept["state"], kept["id"]) == ("open", f"{receipt}#0")
    assert "spicy" in kept["message"]
    assert kept["path"]
    assert '"spicy"' in kept["evidence"]
    path = f"/quarantine/{quote(kept['id'], safe='')}/retry"
    assert hub.api.ask("POST", path).json["state"] == "open"
    (tried,) = hub.api.items("quarantine", receipt=receipt)
    assert (tried["state"], tried["attempts"]) == ("open", 1)
    mended = changed("prometheus/alert.yaml", STRICT, LOUDER).replace(
        "    warn: warning\n", "    warn: warning\n    spicy: high\n"
    )
    with_mapping(hub, mended)
    until(lambda: hub.api.ask("POST", path).json["state"] == "solved", "the retry fits")
    assert hub.alert("Odd")["severity"] == 4
    assert hub.incident_of("Odd")["firing"] == 1
    (solved,) = hub.api.items("quarantine", receipt=receipt)
    assert solved["state"] == "solved"
    assert hub.alert("Fine")["count"] == 1


def test_a_word_with_a_nul_that_does_not_fit_is_quarantined(running_hub: MakeHub) -> None:
    hub = running_hub(start=False)
    hub.write("mappings/prometheus/alert.yaml", changed("prometheus/alert.yaml", STRICT))
    hub.start()
    receipt = hub.tell(
        alert("Nul", severity="cri\x00tical", environment="n\x00ul"), alert("Beside it")
    )
    (kept,) = hub.api.items("quarantine", receipt=receipt)
    assert "␀" in kept["message"]
    assert hub.alert("Beside it")["count"] == 1


def test_a_replay_settles_what_fits_now(running_hub: MakeHub) -> None:
    hub = running_hub(start=False)
    hub.write("mappings/prometheus/alert.yaml", changed("prometheus/alert.yaml", STRICT))
    hub.start()
    receipt = hub.tell(alert("Odd", severity="spicy"))
    with_mapping(hub, shipped("prometheus/alert.yaml"))
    assert hub.told("replay")["created"] == 1
    assert hub.alert("Odd")["count"] == 1
    (kept,) = hub.api.items("quarantine", receipt=receipt)
    assert kept["state"] == "solved"


def test_a_plan_is_replayed_through_its_changed_mapping(hub: RunningHub) -> None:
    hub.bring_in(plan({"Go-live": day(9)}, work=["Build"]))
    text = changed(
        "msproject/task.yaml",
        ("title: {first_of: [Name, derived.row]}", "title: {path: derived.row_kind}"),
    )
    with_mapping(hub, text, "msproject/task")
    before = dump(hub)
    report = hub.told("replay", "--connector", "file", "--diff")
    assert (report["diff"], report["changed"]) == (True, 2)
    assert dump(hub) == before
    assert hub.told("replay", "--connector", "file")["changed"] == 2
    titles = {one["title"] for one in hub.api.items("tasks")}
    assert not titles & {"Build", "Go-live"}
    assert hub.told("replay", "--connector", "file")["changed"] == 0


def test_a_plan_that_does_not_fit_any_more_is_refused_and_stays(hub: RunningHub) -> None:
    text = changed(
        "msproject/task.yaml",
        ("title: {first_of: [Name, derived.row]}", "title: {path: NoSuchField}"),
    )
    with_mapping(hub, text, "msproject/task")
    before = dump(hub)
    done = hub.cli("replay", "--connector", "file", "--json", status=1)
    assert "NoSuchField" in done.stderr
    assert "Traceback" not in done.stderr
    after = dump(hub)
    assert {name for name in after if after[name] != before[name]} <= {"audit"}


def test_what_the_console_changed_is_not_overwritten_by_the_file(hub: RunningHub) -> None:
    text = changed("prometheus/alert.yaml", LOUDER)
    draft = hub.api.ask("PUT", "/mappings", {"text": text}).json
    assert hub.api.ask("POST", f"/mappings/{quote(draft['id'], safe='')}/activate").status == 200
    hub.write("mappings/prometheus/alert.yaml", shipped("prometheus/alert.yaml") + "# ours\n")
    done = hub.cli("check", "--apply", status=3)
    assert "the console changed it since" in done.stderr
    hub.tell(alert("Loud", severity="warning"))
    assert hub.alert("Loud")["severity"] == 5
    hub.restart()
    (active,) = hub.api.items("mappings", document="prometheus/alert", active="true")
    assert active["origin"] == "console"
