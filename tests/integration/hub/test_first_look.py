"""What an admin looks at first, from a hub that really runs on both stores."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert
from tests.integration.hub.test_replay import LOUDER, STRICT, changed, shipped, with_mapping

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(running_hub: Callable[..., RunningHub]) -> RunningHub:
    made = running_hub(start=False, quiet_seconds=3600)
    made.services({"ref": "pay", "match": {"labels": {"service": ["pay"]}}})
    return made.start()


def look(hub: RunningHub) -> Any:
    return hub.api.get("/intake")


def test_a_hub_that_got_nothing_says_that_nothing_waits(hub: RunningHub) -> None:
    seen = look(hub)
    assert seen["waiting"] == {"deliveries": 0, "records": 0, "bytes": 0, "since": None}
    nothing = {"count": 0, "more": False, "newest_at": None}
    assert (seen["rejected"], seen["unbound"]) == (nothing, nothing)
    assert seen["bus"]["reachable"] is True
    assert seen["catalogue"]["document"] == "services"
    assert (seen["catalogue"]["version"], seen["catalogue"]["by"]) == (1, "file")
    assert hub.api.get("/unmapped")["items"] == []


def test_what_was_rejected_is_counted_until_it_fits(hub: RunningHub) -> None:
    with_mapping(hub, changed("prometheus/alert.yaml", STRICT))

    def refused() -> list[Any]:
        hub.tell(alert("Odd", severity="spicy"), {**alert("Odder"), "startsAt": "soon"})
        listed = hub.api.items("quarantine", state=["open", "refused"])
        return listed if any("spicy" in one["message"] for one in listed) else []

    listed = until(refused, "the running hub maps with the strict version")
    rejected = look(hub)["rejected"]
    assert (rejected["count"], rejected["more"]) == (len(listed), False)
    assert rejected["newest_at"] == max(one["at"] for one in listed)
    with_mapping(hub, shipped("prometheus/alert.yaml"))
    odd = quote(next(one["id"] for one in listed if "spicy" in one["message"]), safe="")
    retry = f"/quarantine/{odd}/retry"
    until(lambda: hub.api.ask("POST", retry).json["state"] == "solved", "the record fits")
    assert look(hub)["rejected"]["count"] == len(listed) - 1


def test_firing_alerts_without_a_service_are_counted_and_bound_ones_are_not(
    hub: RunningHub,
) -> None:
    hub.tell(alert("Known", service="pay"), alert("Lost"), alert("Stray", team="x"))
    unbound = look(hub)["unbound"]
    assert (unbound["count"], unbound["more"]) == (2, False)
    assert unbound["newest_at"] is not None


def test_the_last_change_of_a_mapping_says_which_when_and_who(hub: RunningHub) -> None:
    before = look(hub)["mapping"]
    assert before["by"] == "shipped"
    with_mapping(hub, changed("prometheus/alert.yaml", LOUDER))
    after = look(hub)["mapping"]
    assert (after["document"], after["version"], after["by"]) == ("prometheus/alert", 2, "file")
    assert after["at"] > before["at"]


def test_an_older_version_made_active_again_is_the_last_change(hub: RunningHub) -> None:
    with_mapping(hub, changed("prometheus/alert.yaml", LOUDER))
    versions = hub.api.items("mappings", document="prometheus/alert")
    first = quote(next(one["id"] for one in versions if one["version"] == 1), safe="")
    assert hub.api.ask("POST", f"/mappings/{first}/activate").status == 200
    seen = look(hub)["mapping"]
    assert (seen["document"], seen["version"]) == ("prometheus/alert", 1)
    assert seen["by"] not in {"file", "shipped"}


def test_words_that_no_table_holds_are_listed_with_their_mapping(hub: RunningHub) -> None:
    hub.tell(alert("A", severity="purple"), alert("B", severity="purple", team="b"))
    found = hub.api.get("/unmapped")
    words = [(one["mapping"], one["field"], one["word"], one["count"]) for one in found["items"]]
    assert words == [("prometheus/alert", "severity", "purple", 2)]
    assert (found["total"], found["records"]) == (1, 2)


def test_a_changed_mapping_is_measured_at_once(hub: RunningHub) -> None:
    hub.tell(alert("A", severity="purple"))
    assert len(hub.api.get("/unmapped")["items"]) == 1
    purple = ("    warning: warning\n", "    warning: warning\n    purple: high\n")
    with_mapping(hub, changed("prometheus/alert.yaml", purple))
    until(lambda: hub.api.get("/unmapped")["items"] == [], "the new table holds the word")


def test_a_stranger_may_not_look(hub: RunningHub) -> None:
    assert hub.api.send("GET", "/api/v1/intake").status == 401
    assert hub.api.send("GET", "/api/v1/unmapped").status == 401
