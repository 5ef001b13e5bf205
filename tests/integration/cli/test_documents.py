"""Who owns a mapping, what a preview shows, and what a replay would change."""

import json
import time
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.cli.folder import Folder, Serving
from tests.integration.hub.client import Client
from tests.integration.hub.samples import alert, envelope

pytestmark = pytest.mark.slow

SETTINGS = "connectors:\n  am: {type: prometheus, webhook_secret: hush}\n"
SHIPPED = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
OWN = SHIPPED.replace("    critical: critical\n", "    critical: critical\n    red: critical\n")
CONSOLE = SHIPPED.replace("    critical: critical\n", "    critical: critical\n    blue: info\n")
SEEN_SECONDS = 1.5
"""Within one second a running hub sees what a command committed beside it."""
FILE = "mappings/prometheus/alert.yaml"
RED = alert("Pump", severity="red", environment="plant")


def active(api: Client) -> Any:
    (found,) = api.items("mappings", document="prometheus/alert", active="true")
    return found


def tell(hub: Serving, *alerts: object) -> None:
    given = {"Authorization": "Bearer hush"}
    answer = Client(hub.base, "").send("POST", "/hooks/am", envelope(alerts), given)
    assert answer.status == 202


def take_over(api: Client, text: str) -> None:
    """Change the document in the console."""
    draft = api.ask("PUT", "/mappings", {"text": text})
    assert draft.status == 200, draft.body
    made = api.ask("POST", f"/mappings/{quote(draft.json['id'], safe='')}/activate")
    assert made.status == 200, made.body


def test_a_file_wins_over_the_shipped_one_at_start_and_by_check_apply(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    with folder.serving() as hub:
        api = hub.client()
        assert (active(api)["origin"], active(api)["version"]) == ("shipped", 1)
        folder.write(FILE, OWN)
        folder.run("check")
        assert active(api)["origin"] == "shipped"
        folder.run("check", "--apply")
        assert (active(api)["origin"], active(api)["version"]) == ("file", 2)
        time.sleep(SEEN_SECONDS)
        tell(hub, RED)
        assert api.items("alerts")[0]["severity"] == 5
        folder.write(FILE, OWN.replace("red: critical", "red: high"))
    with folder.serving() as hub:
        api = hub.client()
        assert (active(api)["origin"], active(api)["version"]) == ("file", 3)
        assert [one["active"] for one in api.items("mappings", document="prometheus/alert")].count(
            True
        ) == 1
    with folder.serving() as hub:
        assert active(hub.client())["version"] == 3


def test_what_the_console_changed_is_not_overwritten_and_that_is_said(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    folder.write(FILE, OWN)
    with folder.serving() as hub:
        take_over(hub.client(), CONSOLE)
        folder.write(FILE, OWN + "# newer\n")
        done = folder.run("check", "--apply", status=3)
        assert (
            "prometheus/alert: the console changed it since; the file was not applied" in done.err
        )
        assert active(hub.client())["origin"] == "console"
    with folder.serving() as hub:
        api = hub.client()
        assert active(api)["origin"] == "console"
        assert "the file was not applied" in hub.log.read_text()
        kept = api.items("mappings", document="prometheus/alert")
        assert sorted(one["origin"] for one in kept) == ["console", "file", "file", "shipped"]
    assert (folder.path / FILE).read_text() == OWN + "# newer\n"


def test_a_document_under_a_wrong_name_is_a_fault(folder: Folder) -> None:
    folder.write("mappings/prometheus/alarm.yaml", SHIPPED)
    done = folder.run("check", status=1)
    assert "mappings/prometheus/alarm.yaml:4: mapping: is prometheus.alert" in done.err


def test_settings_mappings_and_services_have_all_their_faults_told_at_once(folder: Folder) -> None:
    folder.write("milepost.yaml", "organisation: {timezone: Moon/Base}\nqiet_seconds: 1\n")
    folder.write(FILE, SHIPPED.replace("as: instant_milliseconds}", "as: moment}", 1))
    folder.write("services.yaml", "services:\n  - {ref: a, teir: 1}\n  - {name: b}\n")
    said = folder.run("check", status=1).err
    for place in (
        "milepost.yaml:1: organisation.timezone:",
        "milepost.yaml:2: qiet_seconds:",
        "alert.yaml:23: fields.starts_at.as: there is no converter moment",
        "services.yaml:2: services[0].teir: is not known; did you mean tier?",
        "services.yaml:3: services[1].ref: is missing",
        "5 fault(s)",
    ):
        assert place in said
    assert not (folder.path / "data").exists()


def test_a_preview_shows_every_step_and_stores_nothing(folder: Folder) -> None:
    folder.write("record.json", json.dumps(RED))
    shown = folder.run("preview", "prometheus/alert", "record.json", "--json").json
    steps = {step["field"]: step for step in shown["steps"]}
    assert (shown["mapping"], shown["to"]) == ("prometheus.alert", "alert")
    assert set(steps["starts_at"]) == {
        "field", "path", "source", "converter", "value", "line", "problem",
    }  # fmt: skip
    assert steps["starts_at"]["path"] == "startsAt"
    assert steps["starts_at"]["converter"] == "instant_milliseconds"
    assert steps["environment"]["value"] == "plant"
    folder.write(FILE, OWN)
    own = folder.run("preview", FILE, "record.json", "--json").json
    named = folder.run("preview", "prometheus/alert", "record.json", "--json").json
    assert own["steps"] == named["steps"] != shown["steps"]
    assert not (folder.path / "data").exists()


def test_a_preview_shows_what_the_console_made_where_that_counts(folder: Folder) -> None:
    folder.write("record.json", json.dumps(RED).replace('"red"', '"blue"'))
    folder.write("milepost.yaml", SETTINGS)
    folder.write(FILE, OWN)
    with folder.serving() as hub:
        take_over(hub.client(), CONSOLE)
    done = folder.run("preview", "prometheus/alert", "record.json", "--json")
    assert "made in the console, is the active version" in done.err
    folder.write("console.yaml", CONSOLE)
    assert done.json == folder.run("preview", "console.yaml", "record.json", "--json").json
    shipped = folder.run("preview", "prometheus/alert@1", "record.json", "--json").json
    assert shipped["steps"] != done.json["steps"]
    said = folder.run("preview", "prometheus/alert@99", "record.json", status=1).err
    assert "stored are prometheus/alert@1, " in said


def test_a_preview_names_what_does_not_fit(folder: Folder) -> None:
    folder.write("record.json", json.dumps({**RED, "startsAt": "yesterday"}))
    done = folder.run("preview", "prometheus/alert", "record.json", "--json", status=1)
    (bad,) = [step for step in done.json["steps"] if step["problem"]]
    assert bad["field"] == "starts_at"
    folder.write("broken.json", "{")
    said = folder.run("preview", "prometheus/alert", "broken.json", status=1).err
    assert "broken.json:1: is not JSON" in said
    said = folder.run("preview", "prometheus/alerts", "record.json", status=1).err
    assert "there is no mapping prometheus/alerts; use one of" in said
    assert "nowhere.json" in folder.run("preview", "prometheus/alert", "nowhere.json", status=1).err


def test_a_replay_says_first_what_it_would_change_and_then_does_it(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    with folder.serving() as hub:
        tell(hub, RED, alert("Other", severity="info", environment="other"))
        api = hub.client()
        before = {one["title"]: one["severity"] for one in api.items("alerts")}
        folder.write(FILE, OWN)
        folder.run("check", "--apply")
        would = folder.run("replay", "--connector", "am", "--diff", "--json").json
        assert (would["diff"], would["records"], would["changed"]) == (True, 2, 1)
        assert {one["title"]: one["severity"] for one in api.items("alerts")} == before
        did = folder.run("replay", "--connector", "am", "--json").json
        assert (did["diff"], did["changed"]) == (False, 1)
        after = {one["title"]: one["severity"] for one in api.items("alerts")}
        assert (before, after) == ({"Pump": 0, "Other": 1}, {"Pump": 5, "Other": 1})
        again = folder.run("replay", "--diff", "--json").json
        assert (again["records"], again["changed"]) == (2, 0)
    refused = folder.run("replay", "--connector", "nobody", status=1).err
    assert "--connector: there is no connector nobody; configured are " in refused
    assert "--since: write an instant" in folder.run("replay", "--since", "yesterday", status=1).err


def test_a_preview_says_which_alerts_would_be_joined_and_it_comes_true(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    folder.write(FILE, f"{SHIPPED}identity: {{without: [pod]}}\n")
    said = folder.run("preview", FILE, "--alerts", status=1).err
    assert "nothing is stored yet" in said
    folder.run("preview", FILE, status=2)
    folder.write(FILE, SHIPPED)
    with folder.serving() as hub:
        api = hub.client()
        tell(hub, *(alert("Pump", severity="critical", pod=pod) for pod in "ab"))
        before = {one["ref"] for one in api.items("alerts")}
        folder.write(FILE, f"{SHIPPED}identity: {{without: [pod]}}\n")
        report = folder.run("preview", FILE, "--alerts", "--json").json
        assert [(one["count"], one["differ"]) for one in report["joined"]] == [(2, ["pod"])]
        shown = folder.run("preview", FILE, "--alerts").out
        assert "2 alerts looked at: 1 would be made of several, 0 would be split" in shown
        assert "joined    2 Pump (pod)" in shown
        assert {one["ref"] for one in api.items("alerts")} == before
        folder.run("check", "--apply")
        deadline = time.monotonic() + 10
        while len(api.items("alerts")) == 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        (one,) = api.items("alerts")
        assert (one["ref"], one["status"]) == (report["joined"][0]["ref"], "firing")
        # An old link leads there.
        old = api.ask("GET", f"/alerts/{quote(min(before), safe='')}")
        assert (old.status, old.json["ref"]) == (200, one["ref"])
