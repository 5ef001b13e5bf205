import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from deploy.lab.notes import has_ended
from deploy.lab.ports import NotReady
from deploy.lab.processes import House
from deploy.lab.zabbix import Value, Zabbix
from deploy.lab.zabbix_api import Api, Refused
from deploy.lab.zabbix_objects import Corner, Trigger

pytestmark = pytest.mark.needs_system("zabbix")


@pytest.fixture(params=["corner", "corner7"], ids=["6.0", "7.0"])
def corner(request: pytest.FixtureRequest) -> Corner:
    found: Corner = request.getfixturevalue(request.param)
    return found


def open_problems(corner: Corner) -> list[dict[str, str]]:
    asked = {"groupids": [corner.groupid], "output": ["eventid", "severity", "name", "clock"]}
    found: list[dict[str, str]] = corner.zabbix.api("problem.get", asked)
    return found


def wait_for_problems(corner: Corner, count: int) -> list[dict[str, str]]:
    end = time.monotonic() + 20
    while len(found := open_problems(corner)) != count:
        assert time.monotonic() < end, f"{len(found)} problems and not {count}"
        time.sleep(0.05)
    return found


def test_a_value_over_the_limit_is_a_problem_until_one_below_it(corner: Corner) -> None:
    host = corner.host(triggers=[Trigger("db.connections", over=80, severity=4)])
    corner.zabbix.send(host.name, "db.connections", 97)
    (problem,) = wait_for_problems(corner, 1)
    assert problem["severity"] == "4"
    assert problem["name"] == f"db.connections on {host.name} is over 80"
    corner.zabbix.send(host.name, "db.connections", 12)
    assert wait_for_problems(corner, 0) == []


def test_a_late_value_makes_a_problem_of_its_own_time(corner: Corner) -> None:
    host = corner.host(triggers=[Trigger("late", each=True)])
    past = int(time.time()) - 1800
    corner.zabbix.send_all([Value(host.name, "late", 90 + n, past + n) for n in range(3)])
    problems = wait_for_problems(corner, 3)
    assert sorted(int(one["clock"]) for one in problems) == [past, past + 1, past + 2]


def test_a_storm_is_configured_and_sent_at_once(corner: Corner) -> None:
    hosts = corner.hosts(5, [Trigger(f"key.{n}") for n in range(40)])
    assert len({trigger for host in hosts for trigger in host.triggers.values()}) == 200
    corner.zabbix.send_all([Value(host.name, key, 99) for host in hosts for key in host.items])
    assert len(wait_for_problems(corner, 200)) == 200


def test_values_that_no_item_takes_are_an_error_and_not_lost(corner: Corner) -> None:
    host = corner.host(triggers=[Trigger("known")])
    values = [Value(host.name, "known", 1), Value(host.name, "unknown", 1)]
    with pytest.raises(ValueError, match="took 1 of 2"):
        corner.zabbix.send_all(values)


def test_a_user_of_a_corner_acknowledges_there_and_sees_nothing_else(
    corner: Corner,
) -> None:
    zabbix = corner.zabbix
    inside = corner.host(triggers=[Trigger("one")])
    outside = Corner.make(zabbix, f"{corner.name}-other")
    outside.host(triggers=[Trigger("one")])
    user = Api(zabbix.ports[1], zabbix.release, corner.user(f"{corner.name}-user"))
    assert [host["host"] for host in user("host.get", {"output": ["host"]})] == [inside.name]
    zabbix.send(inside.name, "one", 90)
    (problem,) = wait_for_problems(corner, 1)
    acknowledged = {"eventids": [problem["eventid"]], "action": 1 | 2 | 4, "message": "seen"}
    user("event.acknowledge", acknowledged)
    assert wait_for_problems(corner, 0) == []
    outside.remove()


def test_an_error_of_the_interface_is_raised_with_its_words(zabbix: Zabbix) -> None:
    with pytest.raises(Refused, match="Incorrect API"):
        zabbix.api("nope.get", {})


def test_the_server_speaks_to_loopback_only(zabbix: Zabbix) -> None:
    names = [name for name in zabbix.house.servers() if zabbix.name in name]
    ours = {process.pid for name in names for process in zabbix.house.family(name)}
    links = [link for link in psutil.net_connections("inet") if link.pid in ours]
    assert links
    # The far end of one that listens is empty.
    assert {ip for link in links for ip in (*link.laddr[:1], *link.raddr[:1])} == {"127.0.0.1"}


@pytest.fixture(scope="module")
def own() -> Iterator[Zabbix]:
    """Return a Zabbix that these tests may end."""
    house = House.temporary()
    yield Zabbix(house, "zabbix-own").start()
    house.raze()


@pytest.mark.slow
def test_two_at_once_know_nothing_of_each_other(own: Zabbix, zabbix: Zabbix) -> None:
    Corner.make(own, "only here")
    asked = {"filter": {"name": "only here"}, "countOutput": True}
    assert (own.api("hostgroup.get", asked), zabbix.api("hostgroup.get", asked)) == ("1", "0")


@pytest.mark.slow
def test_after_a_crash_it_starts_with_the_same_data_even_when_children_survived(
    own: Zabbix,
) -> None:
    corner = Corner.make(own, "kept")
    host = corner.host(triggers=[Trigger("one")])
    own.kill()
    with pytest.raises(OSError, match="refused"):
        own.api("host.get", {})
    own.start()
    # Of its first process alone: its children hold the ports and the pid file (trap 6).
    name = f"{own.name}-server"
    psutil.Process(int(own.house.servers()[name]["pid"])).send_signal(signal.SIGKILL)
    while own.house.alive(name):
        time.sleep(0.01)
    own.start()
    own.send(host.name, "one", 90)
    assert len(wait_for_problems(corner, 1)) == 1


@pytest.mark.slow
def test_stopped_it_leaves_no_process_and_starts_again(own: Zabbix) -> None:
    ours = [p for name in own.house.servers() for p in own.house.family(name)]
    own.stop()
    assert own.house.servers() == {}
    assert not [process for process in ours if not has_ended(process)]
    own.start()
    assert own.api("host.get", {"countOutput": True})


@pytest.mark.slow
def test_a_frozen_one_answers_when_it_thaws(zabbix: Zabbix) -> None:
    zabbix.freeze()
    try:
        with pytest.raises(TimeoutError):
            Api(zabbix.ports[1], zabbix.release, patience=0.3)("host.get", {})
    finally:
        zabbix.thaw()
    assert zabbix.api("host.get", {"countOutput": True})


@pytest.mark.slow
def test_a_wrong_setting_is_told_with_the_end_of_the_log(own: Zabbix) -> None:
    own.stop()
    own.extra = {"StartDBSyncers": 10000}
    with pytest.raises(NotReady, match='wrong value of "StartDBSyncers"'):
        own.start()
    own.extra = {}
