"""One story in a real Zabbix, seen by webhooks alone and by polling alone: the same end."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.zabbix.mediatype import NAME
from connectors.zabbix.onboarding import USER, Onboarding
from connectors.zabbix.settings import Settings
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Host, Trigger, administrator_token
from hub.wire import open_wire
from tests.integration.hub.client import until
from tests.integration.hub.running import SECRET, RunningHub

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("zabbix")]
RELEASES = [
    pytest.param("zabbix", id="6.0"),
    pytest.param("zabbix7", id="7.0", marks=pytest.mark.needs_system("zabbix-7.0")),
]
SEEN = (
    "title", "severity", "severity_raw", "status", "service", "host", "starts_at", "ends_at",
    "labels", "tags", "incident",
)  # fmt: skip
"""All of a row but what belongs to the connector (`ref`, `source`) and to how often it was told."""
UNTOLD = {"suppressed": "suppressed", "deleted": "expired"}
"""What no webhook tells, and how polling alone has it: Zabbix calls none for a suppression (the
hub pauses none of its own by it) and none for a trigger that is deleted."""


class Story:
    """Hosts of a corner, each with a turn of its own."""

    def __init__(self, corner: Corner) -> None:
        self.corner = corner
        self.hosts: dict[str, Host] = {}

    def host(self, turn: str, **trigger: Any) -> Host:
        """Make the host of a turn."""
        name = f"{self.corner.name}-{turn}"
        tags = {"service": "shop-db", "turn": turn}
        self.hosts[turn] = self.corner.host(name, [Trigger("load", tags=tags, **trigger)])
        return self.hosts[turn]

    def send(self, turn: str, value: float) -> None:
        """Give a value to the host of a turn."""
        self.corner.zabbix.send(self.hosts[turn].name, "load", value)

    def event(self, turn: str) -> str:
        """Wait for the newest problem of a turn; return its event."""
        asked = {"hostids": [self.hosts[turn].hostid], "output": ["eventid"], "recent": False}
        found = until(lambda: self.corner.zabbix.api("problem.get", asked), f"{turn} is a problem")
        return str(found[-1]["eventid"])

    def update(self, turn: str, **update: Any) -> None:
        """Change a problem as a person does in the tool."""
        given = {"eventids": [self.event(turn)], **update}
        self.corner.zabbix.api("event.acknowledge", given)

    def suppress(self, turn: str) -> None:
        """Suppress a problem, as the server's timer does once a minute in a maintenance."""
        event, until_ = self.event(turn), int(time.time()) + 3600
        self.corner.zabbix.sql(
            "INSERT INTO event_suppress (event_suppressid, eventid, suppress_until) "  # noqa: S608
            f"VALUES ({event}, {event}, {until_})"
        )

    def begins(self) -> None:
        """Open the problem of every turn."""
        turns = ("open", "acked", "raised", "ended", "closed", "again", "suppressed", "deleted")
        for turn in turns:
            self.host(turn)
        (closing,) = self.hosts["closed"].triggers.values()
        self.corner.zabbix.api("trigger.update", {"triggerid": closing, "manual_close": 1})
        for turn in turns:
            self.corner.zabbix.settle(self.hosts[turn].name)
            self.send(turn, 95)

    def goes_on(self) -> None:
        """Let every turn take place."""
        self.update("acked", action=2 | 4, message='数据库已在看 "now"')
        self.update("raised", action=8, severity=5)
        self.update("closed", action=1 | 4, message="a dud")
        self.send("ended", 5)
        self.send("again", 5)
        time.sleep(1.1)  # the second problem is to begin in another second than the first ended
        self.send("again", 96)
        self.suppress("suppressed")
        self.corner.zabbix.api("trigger.delete", list(self.hosts["deleted"].triggers.values()))


def rows(hub: RunningHub, connector: str) -> dict[str, dict[str, Any]]:
    """Return what a connector's alerts say, by turn."""
    found = {}
    for one in hub.alerts(connector=connector):
        whole = hub.api.one("alerts", one["ref"])
        row = {name: whole[name] for name in SEEN if name in whole}
        said = (whole.get("ack") or {}, whole.get("tool_acks") or whole.get("acks") or [])
        turn = one["host"].rpartition("-")[2]
        assert turn not in found, "told twice"
        found[turn] = {**row, "acks": said}
    return found


@pytest.fixture(params=RELEASES)
async def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Story, RunningHub]]:
    zabbix: Zabbix = request.getfixturevalue(request.param)
    corner = await asyncio.to_thread(Corner.make, zabbix, f"story-{secrets.token_hex(3)}")
    reach = {"url": zabbix.url, "token": administrator_token(zabbix), "webhook_secret": SECRET}
    common = {"type": "zabbix", **reach, "host_groups": [corner.name]}
    hub = RunningHub(
        tmp_path_factory.mktemp("hub"),
        "sqlite",
        quiet_seconds=3600,
        connectors={
            "told": {**common, "poll_seconds": 3600},
            "polled": {**{k: v for k, v in common.items() if k != "webhook_secret"},
                       "poll_seconds": 0.5},
        },
    )  # fmt: skip
    await asyncio.to_thread(hub.start)
    hub.api.ask("POST", "/connectors/told/pause")
    settings = Settings.model_validate(reach)
    wire = open_wire("told", settings)
    steps = [s async for s in Onboarding(settings, wire).install(f"{hub.base}/hooks/told")]
    await wire.close()
    assert all(step.done for step in steps), steps
    yield Story(corner), hub
    await asyncio.to_thread(hub.stop)
    uninstalled(zabbix)
    corner.remove()


def uninstalled(zabbix: Zabbix) -> None:
    """Take away what the installation made."""
    for kind, id_, named in (
        ("action", "actionid", {"name": NAME}),
        ("user", "userid", {"username": USER}),
        ("usergroup", "usrgrpid", {"name": NAME}),
        ("mediatype", "mediatypeid", {"name": NAME}),
    ):
        if found := zabbix.api(f"{kind}.get", {"output": [id_], "filter": named}):
            zabbix.api(f"{kind}.delete", [row[id_] for row in found])


async def test_webhooks_alone_and_polling_alone_end_in_the_same_state(
    site: tuple[Story, RunningHub],
) -> None:
    """Traps 3 and 19, for a whole life of problems: a note makes no second alert."""
    await asyncio.to_thread(same_story, *site)


def same_story(story: Story, hub: RunningHub) -> None:
    story.begins()
    for connector in ("told", "polled"):
        until(lambda name=connector: len(rows(hub, name)) == len(story.hosts),  # type: ignore[misc]
              f"{connector} has each", 60)  # fmt: skip
    story.goes_on()
    for turn, status in UNTOLD.items():
        until(lambda t=turn, s=status: rows(hub, "polled")[t]["status"] == s,  # type: ignore[misc]
              f"{turn} is {status}", 60)  # fmt: skip

    def differing() -> dict[str, dict[str, Any]]:
        told, polled = rows(hub, "told"), rows(hub, "polled")
        return {
            turn: {
                name: (told[turn][name], polled[turn][name])
                for name in polled[turn]
                if told[turn][name] != polled[turn][name]
            }
            for turn in story.hosts
        }

    def settled() -> bool:
        found = differing()
        return all(not found[turn] for turn in found if turn not in UNTOLD)

    try:
        until(settled, "both say the same of what a webhook can tell", 60)
    except AssertionError:
        raise AssertionError(differing()) from None
    found = differing()
    for turn, status in UNTOLD.items():
        assert found[turn].pop("status") == ("firing", status)
        assert set(found[turn]) <= {"ends_at"}
    polled = rows(hub, "polled")
    assert {turn: row["status"] for turn, row in polled.items()} == {
        "open": "firing", "acked": "firing", "raised": "firing", "ended": "resolved",
        "closed": "resolved", "again": "firing", **UNTOLD,
    }  # fmt: skip
    assert polled["raised"]["severity"] == 5
    assert "数据库已在看" in str(polled["acked"]["acks"])
