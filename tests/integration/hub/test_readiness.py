"""What a running hub tells a stranger of its faults, and what an admin."""

import pytest

from tests.integration.conftest import MakeHub
from tests.integration.hub.client import Client, until

pytestmark = pytest.mark.slow

FAR = "http://127.0.0.1:1/zabbix-of-the-bank/api_jsonrpc.php"


def test_a_fault_that_names_an_address_is_for_admins_only(running_hub: MakeHub) -> None:
    far = {"type": "zabbix", "url": FAR, "token": "x"}
    hub = running_hub(connectors={"far-east": far})
    stranger, viewer = Client(hub.base, ""), hub.told("token", "create", "--role", "viewer")
    failing = {"store": "ok", "bus": "ok", "connectors": "failing"}
    until(lambda: stranger.send("GET", "/readyz").json["checks"] == failing, "it fails")
    for token in ("", viewer["token"], "mp_unknown"):
        given = {"Authorization": f"Bearer {token}"} if token else {}
        answer = stranger.send("GET", "/readyz", headers=given)
        assert (answer.status, answer.json["faults"]) == (200, None)
        assert b"127.0.0.1" not in answer.body
        assert b"far-east" not in answer.body
    given = {"Authorization": f"Bearer {hub.token}"}
    told = stranger.send("GET", "/readyz", headers=given).json["faults"]
    assert "127.0.0.1" in told["connectors"]["far-east"]
