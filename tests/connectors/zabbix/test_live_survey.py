"""What a real Zabbix 6.0 and 7.0 know beside problems: hosts, services, SLAs, maintenance."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from connectors.zabbix.surveyor import Surveyor
from deploy.lab.zabbix_objects import Trigger
from hub.contract.surveying import Need
from tests.connectors.zabbix.conftest import Near, opened

pytestmark = pytest.mark.slow


class World:
    """Makes what is not in a corner, and takes it away."""

    def __init__(self, near: Near) -> None:
        self._api = near.corner.zabbix.api
        self._made: list[tuple[str, str]] = []

    def make(self, kind: str, key: str, **described: Any) -> str:
        """Make one object; return its id."""
        found: str = self._api(f"{kind}.create", described)[key][0]
        self._made.append((kind, found))
        return found

    def end(self) -> None:
        """Take everything away, the newest first."""
        for kind, found in reversed(self._made):
            self._api(f"{kind}.delete", [found])


@pytest.fixture
def world(near: Near) -> Iterator[World]:
    made = World(near)
    yield made
    made.end()


async def test_hosts_come_with_their_groups_and_every_tag(near: Near) -> None:
    made = near.corner.host(triggers=[Trigger("load")], tags={"service": "shop-db"})
    api = near.corner.zabbix.api
    tags = [{"tag": "team", "value": value} for value in ("a", "b")]
    api("host.update", {"hostid": made.hostid, "name": "Shown", "tags": tags, "status": 1})
    settings = near.settings()
    (host,) = (await Surveyor(settings, near.wire(settings)).survey()).hosts
    assert (host.key, host.name, host.title) == (made.hostid, made.name, "Shown")
    assert (host.groups, host.tags) == ((near.corner.name,), {"team": ("a", "b")})
    assert host.watched is False


async def test_the_service_tree_says_what_rests_on_what(near: Near, world: World) -> None:
    name = near.corner.name
    rule = {"tag": "service", "operator": 0, "value": f"{name}-db"}
    like = {"tag": "service", "operator": 2, "value": "anything"}
    leaf = world.make("service", "serviceids", name=f"{name} db", algorithm=2, sortorder=0,
                      problem_tags=[rule, like])  # fmt: skip
    other = world.make("service", "serviceids", name=f"{name} spare", algorithm=2, sortorder=0)
    either = world.make("service", "serviceids", name=f"{name} either", algorithm=1, sortorder=0,
                        children=[{"serviceid": leaf}, {"serviceid": other}])  # fmt: skip
    deaf = world.make("service", "serviceids", name=f"{name} deaf", algorithm=0, sortorder=0,
                      children=[{"serviceid": leaf}])  # fmt: skip
    settings = near.settings()
    found = await Surveyor(settings, near.wire(settings)).survey()
    parts = {part.key: part for part in found.parts}
    assert parts[leaf].tags == {"service": (f"{name}-db",)}
    assert set(parts[either].needs) == {Need(leaf, True), Need(other, True)}
    assert parts[deaf].needs == ()


async def test_an_sla_is_read_with_what_was_reached(near: Near, world: World) -> None:
    name = near.corner.name
    tags = [{"tag": "sla", "value": f"{name}-gold"}]
    served = world.make("service", "serviceids", name=f"{name} served", algorithm=2, sortorder=0,
                        tags=tags)  # fmt: skip
    world.make("sla", "slaids", name=f"{name} gold", period=0, slo="99.5", timezone="UTC",
               effective_date=int(time.time()) // 86400 * 86400 - 86400,
               service_tags=[{**tags[0], "operator": 0}])  # fmt: skip
    settings = near.settings()
    found = await Surveyor(settings, near.wire(settings)).survey()
    (agreed,) = [one for one in found.agreed if one.name == f"{name} gold"]
    assert agreed.parts == (served,)
    assert agreed.target == pytest.approx(0.995)
    reached = agreed.reached[served]
    assert reached is None or 0 <= reached <= 1


async def test_a_maintenance_names_its_hosts_and_when(near: Near, world: World) -> None:
    host = near.corner.host(triggers=[Trigger("load")])
    since = int(time.time()) // 60 * 60 + 3600
    groups = [{"groupid": near.corner.groupid}]
    world.make(
        "maintenance", "maintenanceids", name=f"{near.corner.name} patch", active_since=since,
        active_till=since + 86400, groups=groups,
        timeperiods=[{"timeperiod_type": 0, "start_date": since + 600, "period": 1800}],
    )  # fmt: skip
    settings = near.settings()
    found = await Surveyor(settings, near.wire(settings)).survey()
    (window,) = [one for one in found.windows if one.name == f"{near.corner.name} patch"]
    assert window.since == datetime.fromtimestamp(since + 600, UTC)
    assert window.until - window.since == timedelta(minutes=30)
    assert (window.hosts, window.groups) == (frozenset({host.hostid}), (near.corner.name,))
    assert (window.in_force, window.recurs) == (frozenset(), False)


async def test_a_suppressed_problem_names_its_maintenance(near: Near, world: World) -> None:
    host = near.host()
    source = near.source()
    await near.begin(source)
    near.send(host, 95)
    await near.wait(source, 1)
    (problem,) = (await opened(source)).values()
    name, now = f"{near.corner.name} works", int(time.time())
    window = world.make(
        "maintenance", "maintenanceids", name=name, active_since=now, active_till=now + 86400,
        hosts=[{"hostid": host.hostid}],
        timeperiods=[{"timeperiod_type": 0, "start_date": now, "period": 3600}],
    )  # fmt: skip
    # As the server's timer does once a minute.
    near.corner.zabbix.sql(
        "INSERT INTO event_suppress (event_suppressid, eventid, maintenanceid, suppress_until) "  # noqa: S608
        f"VALUES ({problem.key}, {problem.key}, {window}, {now + 3600})"
    )
    (suppressed,) = [one async for page in source.census() for one in page.records]
    (data,) = cast("list[dict[str, str]]", suppressed.body["suppression_data"])
    assert (data["maintenanceid"], data["name"]) == (window, name)
    assert suppressed.version != problem.version
    near.corner.zabbix.sql(f"DELETE FROM event_suppress WHERE eventid = {problem.key}")  # noqa: S608


async def test_what_the_user_may_not_see_is_told_and_the_rest_comes(near: Near) -> None:
    host = near.corner.host(triggers=[Trigger("load")])
    api = near.corner.zabbix.api
    name = f"{near.corner.name} blind"
    rules = {"api.access": "1", "api.mode": "1",
             "api": ["host.get", "hostgroup.get", "service.get"]}  # fmt: skip
    role = api("role.create", {"name": name, "type": 1, "rules": rules})["roleids"][0]
    token = near.corner.user(f"{near.corner.name}-blind", role=name)
    settings = near.settings(token=token)
    found = await Surveyor(settings, near.wire(settings)).survey()
    assert [one.key for one in found.hosts] == [host.hostid]
    assert [words.partition(":")[0] for words in found.hidden] == ["SLAs", "maintenance"]
    assert role
