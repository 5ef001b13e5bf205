"""Incidents over their life: they open, gather, resolve, reopen; what a person set stays."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.integration.hub.client import Answer, until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, at, day, plan, resolved

pytestmark = pytest.mark.slow

SERVICES: tuple[dict[str, Any], ...] = (
    {
        "ref": "shop-db",
        "name": "Shop database",
        "tier": 1,
        "match": {"labels": {"service": ["shop-db"]}},
        "depends_on": [{"service": "storage", "hardness": "hard"}],
        "delivers": [{"project": "erp", "milestone": "go-live", "role": "delivers"}],
    },
    {
        "ref": "storage",
        "name": "Storage",
        "tier": 2,
        "match": {"labels": {"service": ["storage"]}},
    },
    {
        "ref": "mail",
        "name": "Mail",
        "tier": 2,
        "match": {"labels": {"service": ["mail"]}},
        "delivers": [{"project": "ERP", "milestone": "Mail moved", "role": "delivers"}],
    },
)


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    made = shared_hub(start=False, quiet_seconds=1)
    made.services(*SERVICES)
    made.start()
    made.bring_in(plan({"Go-live": day(9), "Mail moved": day(2)}))
    return made


@pytest.fixture
def steady(shared_hub: Callable[..., RunningHub]) -> Iterator[RunningHub]:
    """Return a hub whose incidents stay as they are, with the same plan and services."""
    made = shared_hub(start=False, quiet_seconds=3600)
    made.services(*SERVICES)
    made.start()
    made.bring_in(plan({"Go-live": day(9), "Mail moved": day(2)}))
    yield made
    made.stop()


def milestone(hub: RunningHub, title: str) -> Any:
    return next(one for one in hub.api.items("milestones") if one["title"] == title)


def edit(hub: RunningHub, incident: Any, fields: object, version: int | None = None) -> Answer:
    match = {} if version is None else {"If-Match": f'"{version}"'}
    return hub.api.ask("PATCH", f"/incidents/{quote(incident['ref'], safe='')}", fields, **match)


def test_an_incident_names_its_milestone_with_exposure_and_reasons(hub: RunningHub) -> None:
    told = alert("DbDown", severity="critical", service="shop-db", environment="exposure")
    hub.tell(told)
    incident = hub.incident_of("DbDown")
    (hurt,) = incident["milestones"]
    assert (hurt["title"], incident["services"]) == ("Go-live", ["shop-db"])
    assert 0 < hurt["exposure"] <= 100
    assert hurt["reasons"]
    assert all(one["code"] for one in (*hurt["reasons"], *incident["reasons"]))
    assert hub.alert("DbDown")["milestones"] == [{"ref": hurt["ref"], "exposure": hurt["exposure"]}]
    shown = milestone(hub, "Go-live")
    assert incident["ref"] in shown["incidents"]
    assert shown["exposure"] >= hurt["exposure"]
    assert shown["services"] == ["shop-db"]
    hub.tell(resolved(told, at(1)))


def test_impact_travels_from_a_dependency_to_the_milestone(hub: RunningHub) -> None:
    told = alert("DiskFull", severity="critical", service="storage", environment="dependency")
    hub.tell(told)
    (hurt,) = hub.incident_of("DiskFull")["milestones"]
    assert [(hop["source"], hop["target"]) for hop in hurt["route"]] == [
        (hub.alert("DiskFull")["incident"], "storage"),
        ("storage", "shop-db"),
        ("shop-db", hurt["ref"]),
    ]
    hub.tell(resolved(told, at(1)))


def test_alerts_of_related_services_gather_and_strangers_do_not(hub: RunningHub) -> None:
    related = [
        alert("One", service="shop-db", environment="gather", starts=at(0)),
        alert("Two", service="storage", environment="gather", starts=at(0, 20)),
    ]
    stranger = alert("Three", service="mail", environment="gather", starts=at(0, 30))
    hub.tell(*related, stranger)
    assert hub.alert("One")["incident"] == hub.alert("Two")["incident"]
    assert hub.alert("Three")["incident"] != hub.alert("One")["incident"]
    assert hub.incident_of("One")["alerts_total"] == 2
    hub.tell(*(resolved(told, at(2)) for told in (*related, stranger)))


def test_an_incident_resolves_by_itself_and_reopens_when_its_alert_flaps(
    hub: RunningHub,
) -> None:
    told = alert("Comes back", service="mail", environment="reopen", starts=at(100))
    hub.tell(told)
    first = hub.incident_of("Comes back")
    assert first["status"] == "open"
    hub.tell(resolved(told, at(101)))
    over = hub.becomes("Comes back", "resolved")
    assert over["resolved_at"] is not None
    assert over["firing"] == 0
    hub.tell({**told, "startsAt": at(103)})
    again = hub.incident_of("Comes back")
    assert (again["ref"], again["status"]) == (first["ref"], "open")
    assert again["resolved_at"] is None
    hub.tell(resolved({**told, "startsAt": at(103)}, at(104)))
    assert hub.becomes("Comes back", "resolved")["ref"] == first["ref"]


def test_an_incident_that_a_person_resolved_too_early_still_ends_by_itself_later(
    hub: RunningHub,
) -> None:
    told = alert("Too early", environment="too-early", starts=at(100))
    hub.tell(told)
    assert edit(hub, hub.incident_of("Too early"), {"status": "resolved"}).status == 200
    hub.tell(resolved(told, at(101)))
    hub.tell({**told, "startsAt": at(103)})
    assert hub.incident_of("Too early")["status"] == "open"
    hub.tell(resolved({**told, "startsAt": at(103)}, at(104)))
    assert hub.becomes("Too early", "resolved")["firing"] == 0


def test_one_firing_alert_keeps_its_incident_open(hub: RunningHub) -> None:
    one, two = (
        alert(name, service="mail", environment="half", starts=at(0)) for name in ("HalfA", "HalfB")
    )
    other = alert("Witness", environment="witness")
    hub.tell(one, two, other)
    hub.tell(resolved(one, at(1)), resolved(other, at(1)))
    hub.becomes("Witness", "resolved")  # the quiet time of both is over
    assert hub.incident_of("HalfB")["status"] == "open"
    hub.tell(resolved(two, at(2)))


def test_what_fires_is_counted_right_after_a_crash(hub: RunningHub) -> None:
    one, two = (
        alert(name, service="mail", environment="count", starts=at(0)) for name in ("CntA", "CntB")
    )
    hub.tell(one, two)
    hub.tell(resolved(one, at(1)))
    assert hub.incident_of("CntB")["firing"] == 1
    hub.kill()
    hub.start()
    hub.tell(resolved(two, at(2)))
    assert hub.becomes("CntB", "resolved")["firing"] == 0


def test_what_a_person_set_outlives_news_quiet_time_and_a_restart(hub: RunningHub) -> None:
    told = alert("Held", environment="held", severity="warning")
    witness = alert("Held witness", environment="held-witness")
    hub.tell(told, witness)
    fields = {"title": "Our words", "priority": 1, "status": "mitigating", "commander": "Li Wei"}
    assert edit(hub, hub.incident_of("Held"), fields).status == 200
    hub.tell(resolved(told, at(1)), resolved(witness, at(1)))
    hub.becomes("Held witness", "resolved")
    hub.restart()
    hub.tell({**told, "startsAt": at(3)})
    found = hub.incident_of("Held")
    assert {name: found[name] for name in fields} == fields
    hub.tell(resolved({**told, "startsAt": at(3)}, at(4)))


def test_an_incident_that_is_given_back_ends_by_itself(hub: RunningHub) -> None:
    told = alert("Given back", environment="given-back", starts=at(0))
    hub.tell(told)
    taken = {"status": "acknowledged", "commander": "Li Wei"}
    assert edit(hub, hub.incident_of("Given back"), taken).json["acked_at"] is not None
    back = edit(hub, hub.incident_of("Given back"), {"status": "open", "commander": None}).json
    assert (back["status"], back["commander"], back["acked_at"]) == ("open", None, None)
    hub.tell(resolved(told, at(1)))
    assert hub.becomes("Given back", "resolved")["firing"] == 0


def test_an_edit_of_an_old_version_is_refused_and_changes_nothing(hub: RunningHub) -> None:
    hub.tell(alert("Edited twice", environment="edited-twice"))
    seen = hub.incident_of("Edited twice")
    assert edit(hub, seen, {"title": "First"}, seen["version"]).status == 200
    late = edit(hub, seen, {"title": "Second"}, seen["version"])
    assert late.status == 412
    found = hub.incident_of("Edited twice")
    assert found["title"] == "First"
    assert str(found["version"]) in late.json["detail"]
    assert edit(hub, seen, {"title": "Second"}, found["version"]).status == 200


def test_merged_incidents_stay_merged(hub: RunningHub) -> None:
    one = alert("Merge one", environment="merge-one")
    two = alert("Merge two", environment="merge-two")
    hub.tell(one, two)
    into, other = hub.incident_of("Merge one"), hub.incident_of("Merge two")
    path = f"/incidents/{quote(into['ref'], safe='')}/merge"
    assert hub.api.ask("POST", path, {"incidents": [other["ref"]]}).status == 200
    merged = hub.incident_of("Merge two")
    assert merged["ref"] == into["ref"]
    assert (merged["alerts_total"], merged["firing"]) == (2, 2)
    gone = hub.api.one("incidents", other["ref"])
    assert (gone["status"], gone["merged_into"]) == ("merged", into["ref"])
    hub.tell(resolved(two, at(1)))
    hub.tell({**two, "startsAt": at(3)})
    assert hub.alert("Merge two")["incident"] == into["ref"]
    assert hub.incident_of("Merge one")["firing"] == 2
    hub.tell(resolved(one, at(4)), resolved({**two, "startsAt": at(3)}, at(4)))
    assert hub.becomes("Merge one", "resolved")["firing"] == 0


def test_an_incident_keeps_the_alerts_that_fired_again_in_a_later_one(hub: RunningHub) -> None:
    told = alert("Each day", service="mail", environment="daily", starts=at(0))
    also = alert("That day", service="mail", environment="daily", starts=at(0))
    hub.tell(told, also)
    first = hub.incident_of("Each day")
    hub.tell(resolved(told, at(1)), resolved(also, at(1)))
    hub.tell({**told, "startsAt": at(120)})
    second = hub.incident_of("Each day")
    assert second["ref"] != first["ref"]
    kept = hub.api.one("incidents", first["ref"])
    ours = [hub.alert(name)["ref"] for name in ("That day", "Each day")]
    assert (kept["alerts"], kept["alerts_total"]) == (ours, 2)
    assert {one["ref"] for one in hub.alerts(incident=first["ref"])} == set(ours)
    assert hub.api.get("/alerts", incident=first["ref"], count=1)["total"] == 2
    # Merged, it is one alert of one incident again.
    path = f"/incidents/{quote(second['ref'], safe='')}/merge"
    assert hub.api.ask("POST", path, {"incidents": [first["ref"]]}).status == 200
    merged = hub.api.one("incidents", second["ref"])
    assert (sorted(merged["alerts"]), merged["alerts_total"]) == (sorted(ours), 2)
    left = hub.api.one("incidents", first["ref"])
    assert (left["alerts"], left["alerts_total"]) == ([], 0)
    hub.tell(resolved({**told, "startsAt": at(120)}, at(121)))


def test_a_merge_the_other_way_counts_no_alert_twice(hub: RunningHub) -> None:
    told = alert("Twice", service="mail", environment="twice", starts=at(0))
    hub.tell(told)
    first = hub.incident_of("Twice")
    hub.tell(resolved(told, at(1)))
    hub.tell({**told, "startsAt": at(120)})
    second = hub.incident_of("Twice")
    path = f"/incidents/{quote(first['ref'], safe='')}/merge"
    assert hub.api.ask("POST", path, {"incidents": [second["ref"]]}).status == 200
    merged = hub.incident_of("Twice")
    assert (merged["ref"], merged["alerts_total"]) == (first["ref"], 1)
    assert merged["alerts"] == [hub.alert("Twice")["ref"]]
    hub.tell(resolved({**told, "startsAt": at(120)}, at(121)))


def test_an_alert_that_returns_to_its_incident_counts_there_once(hub: RunningHub) -> None:
    told = alert("Returns", service="mail", environment="returns", starts=at(110))
    also = alert("Stays", service="mail", environment="returns", starts=at(110))
    hub.tell(told, also)
    first = hub.incident_of("Returns")
    assert edit(hub, first, {"status": "closed"}).status == 200
    hub.tell(resolved(told, at(111)))
    hub.tell({**told, "startsAt": at(111)})
    second = hub.incident_of("Returns")
    assert second["ref"] != first["ref"]
    for incident, status in ((second, "closed"), (first, "open")):
        now = hub.api.one("incidents", incident["ref"])
        assert edit(hub, now, {"status": status}).status == 200
    for minute in (112, 113):  # the second time it is a member that fires again
        hub.tell(resolved({**told, "startsAt": at(minute - 1)}, at(minute)))
        hub.tell({**told, "startsAt": at(minute)})
        back = hub.incident_of("Returns")
        assert (back["ref"], back["alerts_total"], back["firing"]) == (first["ref"], 2, 2)
        assert sorted(back["alerts"]) == sorted(
            one["ref"] for one in hub.alerts(incident=back["ref"])
        )
    left = hub.api.one("incidents", second["ref"])
    assert (left["alerts"], left["alerts_total"]) == ([hub.alert("Returns")["ref"]], 1)
    path = f"/incidents/{quote(first['ref'], safe='')}/merge"
    assert hub.api.ask("POST", path, {"incidents": [second["ref"]]}).status == 200
    assert hub.api.one("incidents", first["ref"])["alerts_total"] == 2
    hub.tell(resolved({**told, "startsAt": at(113)}, at(114)), resolved(also, at(114)))


def test_an_alert_that_a_late_onset_brings_back_counts_there_once(hub: RunningHub) -> None:
    told = alert("Bridged", service="mail", environment="bridge", starts=at(110))
    hub.tell(told, alert("First", service="mail", environment="bridge", starts=at(110)))
    first = hub.incident_of("Bridged")
    hub.tell(resolved(told, at(111)))
    hub.tell({**told, "startsAt": at(116.5)})
    assert hub.incident_of("Bridged")["ref"] != first["ref"]
    for name, minute in (("Bridge one", 112.5), ("Bridge two", 114.75)):
        hub.tell(alert(name, service="mail", environment="bridge", starts=at(minute)))
    until(lambda: hub.incident_of("Bridged")["ref"] == first["ref"], "it is one incident")
    back = hub.incident_of("Bridged")
    assert back["alerts_total"] == len(set(back["alerts"])) == 4
    assert hub.api.get("/alerts", incident=first["ref"], count=1)["total"] == 4


def test_a_split_moves_alerts_into_an_incident_of_their_own(hub: RunningHub) -> None:
    told = [
        alert(f"Split {name}", service="mail", environment="split", starts=at(0)) for name in "ab"
    ]
    hub.tell(*told)
    whole = hub.incident_of("Split a")
    assert whole["alerts_total"] == 2
    path = f"/incidents/{quote(whole['ref'], safe='')}/split"
    answer = hub.api.ask("POST", path, {"alerts": [hub.alert("Split b")["ref"]]})
    assert answer.status == 201
    assert hub.alert("Split b")["incident"] == answer.json["ref"] != whole["ref"]
    assert hub.api.one("incidents", whole["ref"])["alerts_total"] == 1

    def titles() -> list[str]:
        return [one["title"] for one in hub.incident_of("Split b")["milestones"]]

    assert until(titles, "the new incident is weighed") == ["Mail moved"]
    hub.tell(*(resolved(one, at(1)) for one in told))
    hub.becomes("Split a", "resolved")
    hub.becomes("Split b", "resolved")


def link_to(hub: RunningHub, incident: str, target: str) -> Any:
    (found,) = hub.api.items("links", source=incident, target=target)
    return found


def judge(hub: RunningHub, link: Any, verdict: str) -> Answer:
    body = {"reason": "not that one"} if verdict == "reject" else None
    return hub.api.ask("POST", f"/links/{quote(link['id'], safe='')}/{verdict}", body)


def test_a_rejected_milestone_leaves_the_incident_and_stays_away(steady: RunningHub) -> None:
    hub = steady
    hub.tell(alert("Wrongly linked", severity="critical", service="mail"))
    incident = hub.incident_of("Wrongly linked")
    (hurt,) = incident["milestones"]
    link = link_to(hub, incident["ref"], hurt["ref"])
    assert judge(hub, link, "reject").json["state"] == "rejected"
    until(lambda: not hub.incident_of("Wrongly linked")["milestones"], "exposure goes at once")
    assert milestone(hub, "Mail moved")["exposure"] == 0
    assert milestone(hub, "Mail moved")["incidents"] == []
    hub.restart()
    hub.tell(alert("Wrongly linked too", severity="critical", service="mail"))
    assert hub.incident_of("Wrongly linked too")["ref"] == incident["ref"]
    assert hub.incident_of("Wrongly linked too")["milestones"] == []
    assert link_to(hub, incident["ref"], hurt["ref"])["state"] == "rejected"


def test_a_rejected_service_is_not_chosen_again(steady: RunningHub) -> None:
    hub = steady
    hub.tell(alert("Not mail", severity="critical", service="mail"))
    found = hub.alert("Not mail")
    assert found["service"] == "mail"
    assert judge(hub, link_to(hub, found["ref"], "mail"), "reject").status == 200
    hub.tell(alert("Not mail either", severity="critical", service="mail"))
    assert hub.alert("Not mail either")["service"] is None


def test_a_confirmed_link_keeps_its_state_when_news_comes(steady: RunningHub) -> None:
    hub = steady
    hub.tell(alert("Surely", severity="critical", service="mail"))
    incident = hub.incident_of("Surely")
    link = link_to(hub, incident["ref"], incident["milestones"][0]["ref"])
    assert judge(hub, link, "confirm").json["state"] == "confirmed"
    hub.tell(alert("Surely too", severity="critical", service="mail"))
    again = link_to(hub, incident["ref"], incident["milestones"][0]["ref"])
    assert (again["state"], again["by"]) == ("confirmed", "token")


def test_changes_and_the_live_stream_tell_of_alert_incident_and_milestone(
    hub: RunningHub,
) -> None:
    seq = hub.seq()
    place = urlsplit(hub.base)
    assert place.hostname
    plug = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    given = {"Authorization": f"Bearer {hub.token}", "Last-Event-ID": str(seq)}
    plug.request("GET", "/api/v1/events", headers=given)
    stream = plug.getresponse()
    told = alert("Told live", severity="critical", service="mail", environment="live")
    hub.tell(told)
    kinds: set[str] = set()
    while not {"alert", "incident", "milestone", "link"} <= kinds:
        line = stream.readline()
        assert line, "the stream broke off"
        if line.startswith(b"data: "):
            data = json.loads(line[6:])
            kinds |= {data["kind"], *data.get("kinds", {})}
    plug.close()
    changes = hub.api.get("/changes", after=seq)["items"]
    assert [one["seq"] for one in changes] == sorted(one["seq"] for one in changes)
    ref = hub.alert("Told live")["ref"]
    assert {"alert", "incident", "milestone", "link"} <= {one["kind"] for one in changes}
    assert [one["type"] for one in changes if one["ref"] == ref] == ["created"]
    hub.tell(resolved(told, at(1)))
