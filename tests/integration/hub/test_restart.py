"""What was changed while the hub was away counts from its start on."""

from collections.abc import Callable

import pytest

from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert

pytestmark = pytest.mark.slow


def shop(*labels: str) -> dict[str, object]:
    return {"ref": "shop", "name": "Shop", "tier": 1, "match": {"labels": {"service": [*labels]}}}


def test_an_alert_that_fires_finds_its_service_in_a_file_that_changed_meanwhile(
    running_hub: Callable[..., RunningHub],
) -> None:
    hub = running_hub(start=False, quiet_seconds=3600)
    hub.services(shop("shop"))
    hub.start()
    hub.tell(alert("TillDown", service="till"))
    assert hub.alert("TillDown")["service"] is None
    hub.stop()
    hub.services(shop("shop", "till"))
    hub.start()
    until(lambda: hub.alert("TillDown")["service"] is not None, "the alert has its service")
    assert hub.alert("TillDown")["service"] == "shop"
    until(lambda: hub.incident_of("TillDown")["services"], "the incident has it too")
