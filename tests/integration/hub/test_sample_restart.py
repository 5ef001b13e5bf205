"""Sample data in the real command: it outlives a restart, and is never taken for a fault."""

from collections.abc import Callable

import pytest

from hub.services.sample import ALERTS, PLAN
from tests.integration.hub.running import RunningHub

pytestmark = pytest.mark.slow


def test_sample_data_outlives_a_restart_is_no_fault_and_yields_to_a_file(
    running_hub: Callable[..., RunningHub],
) -> None:
    hub = running_hub()
    loaded = hub.api.ask("POST", "/sample")
    assert loaded.status == 201, loaded.body
    for name in (ALERTS, PLAN):
        assert hub.api.send("POST", f"/hooks/{name}", b"{}").status == 404
    assert hub.api.send("GET", "/readyz").json["checks"]["connectors"] == "ok"
    tried = hub.told("doctor")
    assert {f"{ALERTS}: sample", f"{PLAN}: sample"} <= {one["check"] for one in tried["checks"]}
    assert tried["ok"]
    hub.stop()
    hub.services({"ref": "till", "name": "Till"})
    hub.start()
    assert hub.api.ask("GET", "/sample").json["loaded"]
    refs = [one["ref"] for one in hub.api.ask("GET", "/services").json["items"]]
    assert refs == ["till"]
    removed = hub.api.ask("DELETE", "/sample")
    assert (removed.status, removed.json["loaded"]) == (200, False)
    assert hub.api.ask("GET", "/alerts").json["items"] == []
    assert [one["ref"] for one in hub.api.ask("GET", "/services").json["items"]] == refs
    assert not removed.json["offered"]
