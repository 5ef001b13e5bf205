"""`milepost connector …` and `milepost sync` against a real Alertmanager."""

import pytest

from deploy.lab.alertmanager import Alertmanager
from tests.integration.cli.folder import Folder

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("alertmanager")]


@pytest.fixture
def connected(folder: Folder, alertmanager: Alertmanager) -> Folder:
    """Return a folder whose hub looks at an Alertmanager."""
    folder.write(
        "milepost.yaml",
        "connectors:\n  am: {type: prometheus, webhook_secret: hunter2, alertmanager_urls: "
        f"['{alertmanager.url}']}}\n  dead: {{type: prometheus, alertmanager_urls: "
        "['http://127.0.0.1:1'], timeout_seconds: 1}\n",
    )
    return folder


def test_verify_prints_what_holds_of_the_tool(connected: Folder) -> None:
    # It has no receiver for us yet: that fails, and says what to do.
    told = connected.run("connector", "verify", "am", "--json", status=1).json
    steps = {step["code"]: step for step in told["steps"]}
    assert steps["alertmanager"]["done"] is True
    assert (steps["webhook"]["done"], "onboarding" in steps["webhook"]["says"]) == (False, True)


def test_verify_of_a_tool_that_is_away_fails_with_its_address(connected: Folder) -> None:
    ran = connected.run("connector", "verify", "dead", status=1)
    assert "http://127.0.0.1:1" in ran.out
    assert "FAILS" in ran.out


def test_onboarding_installs_no_address_that_nobody_named(connected: Folder) -> None:
    ran = connected.run("connector", "onboarding", "am", "--install", status=1)
    assert "--install needs --hook" in ran.err


@pytest.mark.parametrize("hook", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80"])
def test_onboarding_installs_no_address_that_is_the_tools_own_machine(
    folder: Folder, hook: str
) -> None:
    folder.write(
        "milepost.yaml",
        "connectors: {zbx: {type: zabbix, webhook_secret: hunter2, token: none, "
        "url: 'http://zabbix.example/'}}\n",
    )
    ran = folder.run("connector", "onboarding", "zbx", "--hook", hook, "--install", status=1)
    assert "zabbix.example" in ran.err
    assert "--hook https://hub.example" in ran.err


def test_onboarding_installs_this_machine_at_a_tool_that_is_on_it(connected: Folder) -> None:
    hook = "http://127.0.0.1:8080"
    ran = connected.run("connector", "onboarding", "am", "--hook", hook, "--install")
    assert f"{hook}/hooks/am" in ran.out


def test_onboarding_prints_the_hook_and_no_secret(connected: Folder) -> None:
    ran = connected.run("connector", "onboarding", "am", "--hook", "https://hub.example")
    assert "https://hub.example/hooks/am" in ran.out
    assert "hunter2" not in ran.out


def test_a_connector_that_is_not_there_is_named_with_those_that_are(connected: Folder) -> None:
    ran = connected.run("connector", "verify", "none", status=1)
    assert "am" in ran.err


def test_sync_reads_what_can_be_read_and_lists_what_cannot(connected: Folder) -> None:
    told = connected.run("sync", "--json", status=3).json
    assert told["am"]["ok"] is True
    assert told["dead"]["ok"] is False
    assert "refuses the connection" in told["dead"]["error"]
