"""The service catalogue replaced through the API of a hub that really runs."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.integration.hub.client import Answer, Client, until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    made = shared_hub(start=False, quiet_seconds=3600)
    made.services(service("shop-db"))
    return made.start()


def service(ref: str, **more: Any) -> dict[str, Any]:
    return {"ref": ref, "match": {"labels": {"service": [ref]}}, **more}


def put(hub: RunningHub, *services: dict[str, Any], **headers: str) -> Answer:
    text = yaml.safe_dump({"services": list(services)})
    return hub.api.ask("PUT", "/services", {"text": text}, **headers)


def refs(hub: RunningHub) -> list[str]:
    return sorted(one["ref"] for one in hub.api.items("services"))


def test_an_alert_resolves_to_a_service_that_the_new_catalogue_names(hub: RunningHub) -> None:
    hub.tell(alert("TillDown", service="till"))
    assert hub.alert("TillDown")["service"] is None
    lost = {"project": "ERP", "milestone": "Nowhere", "role": "delivers"}
    answer = put(hub, service("shop-db"), service("till", delivers=[lost]))
    assert (answer.status, answer.json["services"]) == (200, 2), answer.body
    assert ["'Nowhere'" in one["msg"] for one in answer.json["unbound"]] == [True]
    until(lambda: hub.alert("TillDown")["service"] == "till", "the open alert is linked again")
    hub.tell(alert("TillSlow", service="till", environment="later"))
    assert hub.alert("TillSlow")["service"] == "till"
    assert refs(hub) == ["shop-db", "till"]
    assert "services.activate" in [one["action"] for one in hub.api.items("audit")]


def test_a_catalogue_with_faults_changes_nothing_and_names_them_all(hub: RunningHub) -> None:
    before, seq = refs(hub), hub.seq()
    text = "services:\n  - ref: one\n    tier: 9\n  - ref: two\n    teir: 1\n"
    answer = hub.api.ask("PUT", "/services", {"text": text})
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    places = [one["loc"] for one in answer.json["errors"]]
    assert places == ["services.yaml:3", "services.yaml:5"]
    assert refs(hub) == before
    assert "services" not in {one["kind"] for one in hub.api.get("/changes", after=seq)["items"]}


def test_who_was_overtaken_replaces_nothing(hub: RunningHub) -> None:
    etag = put(hub, service("shop-db"), service("first")).headers["etag"]
    assert put(hub, service("shop-db"), service("second"), **{"If-Match": etag}).status == 200
    assert put(hub, service("third"), **{"If-Match": etag}).status == 412
    until(lambda: refs(hub) == ["second", "shop-db"], "the second catalogue is in use")


def test_a_reader_may_not(hub: RunningHub) -> None:
    for role in ("viewer", "ops", "pm"):
        made = hub.told("token", "create", "--role", role)
        answer = Client(hub.base, made["token"]).ask("PUT", "/services", {"text": "services: []"})
        assert answer.status == 403


def test_the_file_does_not_come_back_over_it_at_the_next_start(hub: RunningHub) -> None:
    assert put(hub, service("kept")).status == 200
    hub.services(service("of-the-file"))
    hub.restart()
    assert refs(hub) == ["kept"]
    assert "services: the console changed it since" in hub.log.read_text()
