"""The numbered facts about reading, each on a real Zabbix 6.0 and 7.0."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.zabbix import events
from connectors.zabbix.position import Position
from connectors.zabbix.session import Session
from connectors.zabbix.triggers import groups_of
from deploy.lab.zabbix import ADMIN, PASSWORD
from deploy.lab.zabbix_objects import Trigger
from hub.contract import Expiry, Known
from hub.errors import Anomalous, Misconfigured, Transient
from tests.connectors.zabbix.conftest import Near, fate_of, opened
from tests.connectors.zabbix.rows import row_of

pytestmark = pytest.mark.slow
ADMINISTRATOR = {"token": None, "user": ADMIN, "password": PASSWORD}


async def test_fact_1_a_token_counts_where_the_version_takes_it(near: Near) -> None:
    settings = near.settings()
    session = Session(settings, near.wire(settings))
    assert await session.call("host.get", {"countOutput": True}) != "0"
    assert (await session.dialect()).bearer is (near.release == "7.0")
    assert session.told == ""


async def test_fact_2_a_wrong_token_is_misconfigured_and_asked_twice_at_most(near: Near) -> None:
    settings = near.settings(token="0" * 64)
    wire, calls = near.wire(settings), list[str]()
    session = Session(settings, wire)
    rpc = session._rpc  # noqa: SLF001 - to count

    async def counted(method: str, *args: Any, **named: Any) -> Any:
        calls.append(method)
        return await rpc(method, *args, **named)

    session._rpc = counted  # type: ignore[method-assign]  # noqa: SLF001
    with pytest.raises(Misconfigured, match="refuses the token"):
        await session.call("host.get", {"countOutput": True})
    assert calls.count("host.get") == (2 if near.release == "7.0" else 1)


async def test_it_is_told_when_a_token_ends_or_that_it_never_does(near: Near) -> None:
    ends = int(time.time()) + 9 * 86_400
    users = near.api("user.get", {"output": ["userid"], "filter": {"username": [ADMIN]}})
    asked = {"name": f"{near.corner.name}-ends", "userid": users[0]["userid"], "expires_at": ends}
    (number,) = near.api("token.create", asked)["tokenids"]
    (made,) = near.api("token.generate", [number])
    found = await near.source(token=made["token"]).expiry()
    assert found == Expiry(datetime.fromtimestamp(ends, UTC))
    assert await near.source().expiry() == Expiry(None)


async def test_when_a_password_ends_or_a_token_that_may_not_be_asked_about_nobody_tells(
    near: Near,
) -> None:
    assert await near.source(**ADMINISTRATOR).expiry() is None
    role = f"{near.corner.name}-closed"
    rules = {"api.access": 1, "api.mode": 0, "api": ["token.get"]}
    near.api("role.create", {"name": role, "type": 1, "rules": rules})
    assert await near.source(token=near.corner.user(role, role=role)).expiry() is None


async def test_fact_2_an_expired_session_logs_in_again_once(near: Near) -> None:
    settings = near.settings(**ADMINISTRATOR)
    session = Session(settings, near.wire(settings))
    await session.log_in()
    near.corner.zabbix.sql(f"DELETE FROM sessions WHERE sessionid = '{session._secret}'")  # noqa: S608, SLF001
    assert await session.call("host.get", {"countOutput": True}) != "0"


async def test_a_wrong_password_is_misconfigured(near: Near) -> None:
    settings = near.settings(**{**ADMINISTRATOR, "user": "nobody"})
    with pytest.raises(Misconfigured, match="refuses the log-in"):
        await Session(settings, near.wire(settings)).log_in()


async def test_fact_4_what_was_asked_for_and_is_not_in_the_answer_is_anomalous(near: Near) -> None:
    """6.0 ignores an unknown parameter, 7.0 refuses it: neither imports hosts without groups."""
    near.host()
    settings = near.settings()
    session = Session(settings, near.wire(settings))
    foreign = "selectHostGroups" if near.release == "6.0" else "selectNonsense"
    with pytest.raises(Anomalous, match=r"does not know|unexpected parameter"):
        await session.rows("host.get", {"limit": 1, foreign: ["name"]}, "hostgroups")


async def test_fact_5_an_error_comes_out_and_a_silent_server_is_not_waited_for(near: Near) -> None:
    settings = near.settings(timeout_seconds=0.5)
    session = Session(settings, near.wire(settings))
    await session.log_in()
    with pytest.raises(Anomalous, match="Incorrect API"):
        await session.call("nope.get", {})
    near.corner.zabbix.freeze()
    try:
        with pytest.raises(Transient, match="no whole answer within"):
            await session.call("host.get", {"countOutput": True})
    finally:
        near.corner.zabbix.thaw()


async def test_a_problem_and_its_end_are_read_in_order_and_once(near: Near) -> None:
    """Fact 10: the recovery is attached to its problem by `r_eventid`."""
    host = near.host(Trigger("loss", severity=4), service="shop-db")
    source = near.source()
    began = await near.problem(source, host)
    assert began.series == host.triggers["loss"]
    row = row_of(began)
    assert (row["title"], row["host"]) == (f"loss on {host.name} is over 80", host.name)
    assert (row["severity"], row["service"]) == (4, "shop-db")
    assert row["host_groups"] == [near.corner.name]
    near.send(host, 1)
    (ended,) = await near.wait(source, 1)
    assert (ended.key, ended.body["value"]) == (began.key, "0")
    ((recovery,),) = [
        near.api("event.get", {"eventids": [ended.body["r_eventid"]], "output": ["clock"]})
    ]
    assert ended.body["r_clock"] == recovery["clock"]
    assert await near.news(source) == []


async def test_fact_6_a_late_value_is_imported_with_its_own_time(near: Near) -> None:
    host = near.host(Trigger("late", each=True))
    source = near.source()
    await near.begin(source)
    past = int(time.time()) - 1800
    near.send(host, 90, "late", past)
    (record,) = await near.wait(source, 1)
    assert record.body["clock"] == str(past)
    assert list(await opened(source)) == [record.key]


async def test_fact_8_what_changes_without_an_event_is_in_the_next_census(near: Near) -> None:
    host = near.host()
    source = near.source()
    began = await near.problem(source, host)
    versions = {began.version}
    about = {"eventids": [began.key]}
    near.api("event.acknowledge", {**about, "action": 2 | 4, "message": "taken"})
    acked = (await opened(source))[began.key]
    assert acked.body["ack"] == {
        "clock": acked.body["acknowledges"][0]["clock"],  # type: ignore[index]
        "username": "Admin",
        "message": "taken",
    }
    versions.add(acked.version)
    near.api("event.acknowledge", {**about, "action": 8, "severity": 1})
    versions.add((await opened(source))[began.key].version)
    far = 10**15 + int(began.key)  # the server counts its own up from 1
    tagged = "INSERT INTO {0}_tag ({0}tagid, eventid, tag, value) VALUES ({1}, {2}, 'lab', 'x')"
    for table in ("problem", "event"):
        near.corner.zabbix.sql(tagged.format(table, far, began.key))
    versions.add((await opened(source))[began.key].version)
    near.corner.zabbix.sql(
        "INSERT INTO event_suppress (event_suppressid, eventid, suppress_until) "  # noqa: S608
        f"VALUES ({far}, {began.key}, {int(time.time()) + 3600})"
    )
    hidden = (await opened(source))[began.key]
    assert hidden.body["suppressed"] == "1"
    versions.add(hidden.version)
    assert len(versions) == 5
    assert await near.news(source) == []


async def test_fact_9_the_problem_of_a_deleted_trigger_is_gone(near: Near) -> None:
    host = near.host()
    source = near.source()
    record = await near.problem(source, host)
    near.api("trigger.delete", [host.triggers["loss"]])
    assert await opened(source) == {}
    page = await fate_of(source, record)
    assert [(one.key, one.why) for one in page.gone] == [(record.key, "deleted")]


async def test_fact_9_the_problem_of_a_disabled_host_is_gone_and_comes_back(near: Near) -> None:
    host = near.host()
    source = near.source()
    record = await near.problem(source, host)
    near.api("host.update", {"hostid": host.hostid, "status": 1})
    assert await opened(source) == {}
    page = await fate_of(source, record)
    assert (page.records, [one.why for one in page.gone]) == ((), ["unwatched"])
    near.api("host.update", {"hostid": host.hostid, "status": 0})
    assert list(await opened(source)) == [record.key]


async def test_a_host_that_left_the_group_is_told_apart_from_a_deleted_one(near: Near) -> None:
    host = near.host()
    source = near.source()
    record = await near.problem(source, host)
    (other,) = near.api("hostgroup.create", {"name": f"{near.corner.name}-other"})["groupids"]
    near.api("host.update", {"hostid": host.hostid, "groups": [{"groupid": other}]})
    assert await opened(source) == {}
    assert [one.why for one in (await fate_of(source, record)).gone] == ["left"]


async def test_what_a_user_may_no_longer_see_is_left_and_nothing_at_all_is_misconfigured(
    near: Near,
) -> None:
    """Trap 6: a lost permission deletes nothing."""
    host, other = near.host(), near.host()
    token = near.corner.user(f"{near.corner.name}-reader")
    source = near.source(token=token, host_groups=[])
    record = await near.problem(source, host)
    (elsewhere,) = near.api("hostgroup.create", {"name": f"{near.corner.name}-else"})["groupids"]
    away = [{"groupid": elsewhere}]
    near.api("host.update", {"hostid": host.hostid, "groups": away})
    assert [one.why for one in (await fate_of(source, record)).gone] == ["left"]
    near.api("host.update", {"hostid": other.hostid, "groups": away})
    with pytest.raises(Misconfigured, match="sees no host"):
        await fate_of(source, record)


async def test_the_fate_of_what_ended_unseen_is_its_end(near: Near) -> None:
    """Trap 5: with no webhook and no poll in between, the end is found."""
    host = near.host()
    source = near.source()
    record = await near.problem(source, host)
    near.send(host, 1)
    near.corner.zabbix.until(
        f"SELECT count(*) FROM problem WHERE eventid = {record.key} AND r_eventid > 0",  # noqa: S608
        "1",
    )
    (ended,) = (await fate_of(near.source(), record)).records
    assert ended.body["value"] == "0"
    assert int(str(ended.body["r_clock"])) >= int(str(record.body["clock"]))


async def test_fact_10_a_recovery_that_is_read_before_its_problem_ends_it_all_the_same(
    near: Near,
) -> None:
    host = near.host()
    source = near.source()
    record = await near.problem(source, host)
    near.send(host, 1)
    (ended,) = await near.wait(source, 1)
    recovery = int(str(ended.body["r_eventid"]))
    only_recovery = Position(recovery - 1).cursor()
    near.cursor = only_recovery
    assert [(r.key, r.body["value"]) for r in await near.news(source)] == [(record.key, "0")]
    # As if the problem had been committed after its recovery was read.
    near.cursor = Position(int(record.key) - 1).after([recovery], time.time()).cursor()
    assert [(r.key, r.version) for r in await near.news(source)] == [(record.key, ended.version)]
    assert await near.news(source) == []


async def test_fact_10_an_end_that_zabbix_no_longer_lists_is_found_at_the_trigger(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`problem.get` forgets what ended after some minutes, by the clock of the value."""
    host = near.host()
    source = near.source()
    past = int(time.time()) - 7200
    await near.begin(source)
    near.send(host, 97, clock=past)
    (record,) = await near.wait(source, 1)
    near.send(host, 1, clock=past + 60)
    monkeypatch.setattr(events, "AT_ONCE", 1)
    (ended,) = await near.wait(source, 1)
    assert (ended.key, ended.body["r_clock"]) == (record.key, str(past + 60))


async def test_fact_14_the_severity_is_that_of_the_event(near: Near) -> None:
    """Trap 10: by number; the name is a site's own."""
    host = near.host(Trigger("loss", severity=2))
    source = near.source()
    record = await near.problem(source, host)
    near.api("settings.update", {"severity_name_5": "Weltuntergang"})
    near.api("event.acknowledge", {"eventids": [record.key], "action": 8, "severity": 5})
    changed = (await opened(source))[record.key]
    assert (changed.body["severity"], row_of(changed)["severity"]) == ("5", 5)
    priority = near.api("trigger.get", {"triggerids": [record.series], "output": ["priority"]})
    assert priority[0]["priority"] == "2"
    near.api("settings.update", {"severity_name_5": "Disaster"})


async def test_two_hosts_with_the_same_problem_are_two_alerts(near: Near) -> None:
    """Trap 1."""
    one, other = near.host(Trigger("loss", name="Same")), near.host(Trigger("loss", name="Same"))
    source = near.source()
    await near.begin(source)
    near.send(one, 90)
    near.send(other, 90)
    first, second = await near.wait(source, 2)
    assert first.body["name"] == second.body["name"]
    assert first.series != second.series
    assert {row_of(first)["host"], row_of(second)["host"]} == {one.name, other.name}


async def test_the_same_tag_of_host_and_trigger_is_kept_twice(near: Near) -> None:
    """Trap 2."""
    host = near.host(Trigger("loss", tags={"site": "b"}), site="a")
    record = await near.problem(near.source(), host)
    assert record.body["tags"] == [{"tag": "site", "value": "a"}, {"tag": "site", "value": "b"}]


async def test_a_problem_that_is_open_for_ten_days_is_in_the_census(near: Near) -> None:
    """Trap 4."""
    host = near.host()
    past = int(time.time()) - 10 * 86_400
    near.send(host, 97, clock=past)
    near.corner.zabbix.until(f"SELECT count(*) FROM problem WHERE clock = {past}", "1")  # noqa: S608
    source = near.source()
    await near.begin(source)
    (record,) = (await opened(source)).values()
    assert record.body["clock"] == str(past)


async def test_a_census_of_many_pages_names_each_once(near: Near) -> None:
    hosts = near.corner.hosts(5, [Trigger(f"k{n}") for n in range(5)])
    source = near.source(page_size=10)
    await near.begin(source)
    for host in hosts:
        for key in host.items:
            near.send(host, 90, key)
    came = await near.wait(source, 25)
    named = [record.key async for page in source.census() for record in page.records]
    assert named == sorted((record.key for record in came), key=int)
    assert len(set(named)) == 25


async def test_a_group_that_is_not_there_is_named(near: Near) -> None:
    settings = near.settings()
    session = Session(settings, near.wire(settings))
    with pytest.raises(Misconfigured, match="sees no host group No such"):
        await groups_of(session, [near.corner.name, "No such"])


async def test_the_server_shows_that_it_is_alive(near: Near) -> None:
    standing = await near.source().standing()
    assert standing.alive is True
    assert standing.seen_at is not None


async def test_whoever_is_no_super_admin_is_told_that_the_sign_of_life_is_hidden(
    near: Near,
) -> None:
    token = near.corner.user(f"{near.corner.name}-plain")
    standing = await near.source(token=token).standing()
    assert (standing.alive, standing.seen_at) == (True, None)
    assert "hidden" in standing.why


async def test_unknown_problems_have_a_fate_too(near: Near) -> None:
    page = await near.source().fate([Known("problem", "99999999", "99999999")])
    assert [one.why for one in page.gone] == ["deleted"]
    assert (await near.source().fate([])).gone == ()
