"""Against a simulator: Zabbix 7.2 and 7.4, and the weather before any frontend."""

import itertools
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.zabbix.checker import Checker
from connectors.zabbix.session import Session
from connectors.zabbix.settings import Settings
from connectors.zabbix.source import Source
from connectors.zabbix.writer import Writer
from hub.contract import Cursor, Known, Operation, Page, Wire
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.wire import open_wire
from tests.connectors.zabbix.rows import row_of
from tests.simulators.zabbix import SimulatedZabbix


@asynccontextmanager
async def reached(**changed: Any) -> AsyncIterator[tuple[SimulatedZabbix, Settings, Wire]]:
    async with SimulatedZabbix() as there:
        values = {"url": there.frontend, "token": there.token, "webhook_secret": "s", **changed}
        settings = Settings.model_validate(values)
        wire = open_wire("zbx", settings)
        try:
            yield there, settings, wire
        finally:
            await wire.close()


@pytest.mark.parametrize("version", ["7.2.0", "7.4.3"])
async def test_newer_ones_are_read_and_written_with_the_header_alone(version: str) -> None:
    """Fact 1, as published: from 7.2 on only the header counts, and unknown words are refused."""
    async with reached() as (there, settings, wire):
        there.version = version
        source = Source(settings, wire)
        cursor = None
        async for page in source.read(None):
            cursor = page.cursor
        there.problem(11)
        there.problem(12)
        there.end(12, by=13)
        records = [r async for page in source.read(cursor) for r in page.records]
        assert [(r.key, r.body["value"], r.body["r_clock"]) for r in records] == [
            ("11", "1", "0"), ("12", "0", "1700000013")
        ]  # fmt: skip
        assert row_of(records[0])["host_groups"] == ["ERP/db"]
        opened = [r.key async for page in source.census() for r in page.records]
        assert opened == ["11"]
        ack = Operation("k", "acknowledge", Known("problem", "7", "11"), {"message": "taken"})
        writer = Writer(settings, wire)
        await writer.apply(ack)
        assert await writer.holds(ack)
        steps = {s.code: s async for s in Checker(settings, wire).check()}
        assert {step.done for step in steps.values()} == {True}
        # Asking for the version must be without it.
        bearers = {method: "authorization" in headers for method, headers in there.asked}
        assert [method for method, shown in bearers.items() if not shown] == ["apiinfo.version"]


async def test_a_version_of_the_future_is_tried_and_told() -> None:
    async with reached() as (there, settings, wire):
        there.version = "9.0.0"
        steps = {s.code: s async for s in Checker(settings, wire).check()}
        assert steps["version"].done
        assert "newer than 7.4" in steps["version"].says


@pytest.mark.parametrize(
    ("weather", "kind", "says"),
    [
        ("412", Misconfigured, "412.*Content-Type"),
        ("memory", Transient, "memory_limit"),
        ("memory 500", Transient, "memory_limit"),
        ("500", Transient, "500.*memory_limit"),
        ("log-in", Misconfigured, "log-in page"),
        ("empty", Anomalous, "nothing in it"),
    ],
)
async def test_fact_3_what_is_no_answer_is_told_in_words(
    weather: str, kind: type[HubError], says: str
) -> None:
    async with reached() as (there, settings, wire):
        there.weather = weather
        with pytest.raises(kind, match=says):
            await Session(settings, wire).log_in()
        steps = [s async for s in Checker(settings, wire).check()]
        assert [step.done for step in steps] == [False, *[None] * 7]


async def test_a_page_of_something_else_is_not_taken_for_zabbix() -> None:
    async with reached() as (there, settings, wire):
        there.version = "Apache"
        with pytest.raises(Anomalous, match="no version"):
            await Session(settings, wire).log_in()


@pytest.mark.parametrize(("minutes", "way"), [(30, "ahead of"), (-30, "behind")])
async def test_a_clock_half_an_hour_off_is_told_and_loses_nothing(minutes: int, way: str) -> None:
    async with reached() as (there, settings, wire):
        there.ahead = minutes * 60
        steps = {s.code: s async for s in Checker(settings, wire).check()}
        assert steps["clock"].done is False
        assert f"30 min {way}" in steps["clock"].says
        assert steps["webhook"].done
        source = Source(settings, wire)
        assert (await source.standing()).alive is True
        there.problem(11)
        events = [
            r.key async for p in source.read(Cursor('{"last":0,"holes":[]}')) for r in p.records
        ]
        assert events == ["11"]


async def test_a_server_that_writes_no_sign_of_life_is_told() -> None:
    async with reached() as (_, settings, wire):
        late = datetime.now(UTC) + timedelta(minutes=10)
        there = Source(settings, wire, clock=late.timestamp)
        assert (await there.standing()).alive is True  # by the clock of the frontend, not by ours


async def test_fact_2_a_session_that_ended_is_renewed_once_and_never_in_a_loop() -> None:
    account = {"token": None, "user": "hub", "password": "p"}
    async with reached(**account) as (there, settings, wire):
        session = Session(settings, wire)
        await session.log_in()
        there.sessions.clear()
        await session.log_in()
        assert [method for method, _ in there.asked].count("user.login") == 2
        there.token = ""
        refused = there._told  # noqa: SLF001

        def never(call: Any, headers: Any) -> dict[str, Any]:
            told = refused(call, headers)
            there.sessions = set()
            return told

        there._told = never  # type: ignore[method-assign]  # noqa: SLF001
        there.sessions.clear()
        there.asked.clear()
        with pytest.raises(Misconfigured, match="refuses what it gave"):
            await session.log_in()
        assert [method for method, _ in there.asked] == ["host.get", "user.login", "host.get"]


async def told(source: Source, cursor: Cursor | None) -> tuple[list[str], Cursor | None]:
    """Read; return the keys of what was told, and where to go on."""
    keys = []
    async for page in source.read(cursor):
        keys += [record.key for record in page.records]
        cursor = page.cursor or cursor
    return keys, cursor


async def test_a_database_restored_from_a_backup_is_read_on_from_where_it_was_cut() -> None:
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)
        for eventid in (10, 11, 5000):
            there.problem(eventid, trigger=str(eventid))
        _, cursor = await told(source, None)
        del there.events[5000]
        assert (await told(source, cursor))[0] == []
        late = there.events[11]["clock"]
        for eventid in (12, 13):
            there.problem(eventid, trigger=str(eventid), clock=int(late) + 6000)
        keys, cursor = await told(source, cursor)
        assert keys == ["12", "13"]
        there.problem(14, trigger="14", clock=int(late) + 6001)
        assert (await told(source, cursor))[0] == ["14"]


async def test_a_cursor_of_nobody_knows_when_goes_on_at_the_newest() -> None:
    async with reached() as (there, settings, wire):
        there.problem(11)
        _, cursor = await told(Source(settings, wire), Cursor('{"last":5000,"holes":[]}'))
        there.problem(12)
        assert (await told(Source(settings, wire), cursor))[0] == ["12"]


async def test_a_user_who_sees_less_for_a_while_is_told_nothing_old_afterwards() -> None:
    """A host was moved out of the groups that he sees, and back: that is no restored backup."""
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)
        there.problem(1)
        for eventid in range(2, 40, 2):
            there.problem(eventid, trigger="8")
            there.end(eventid, by=eventid + 1)
        _, cursor = await told(source, None)
        whole, there.events = there.events, {1: there.events[1]}
        keys, cursor = await told(source, cursor)
        assert keys == []
        there.events = whole
        there.problem(50, trigger="9")
        assert (await told(source, cursor))[0] == ["50"]


@pytest.mark.parametrize("away", [100, 700])
async def test_fact_7_what_was_skipped_is_asked_for_after_an_outage_however_long(
    away: float,
) -> None:
    async with reached() as (there, settings, wire):
        now = [1_700_000_200.0]
        source = Source(settings, wire, clock=lambda: now[0])
        there.problem(100, trigger="1")
        _, cursor = await told(source, None)
        there.problem(103, trigger="3")  # its syncer was the first to commit
        keys, cursor = await told(source, cursor)
        assert keys == ["103"]
        there.problem(101, trigger="2")
        there.end(101, by=102)
        now[0] += away
        keys, cursor = await told(Source(settings, wire, clock=lambda: now[0]), cursor)
        assert keys == ["101"]
        assert (await told(source, cursor))[0] == []


async def test_a_number_that_another_problem_has_now_is_not_taken_for_the_one_held() -> None:
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)
        there.problem(50, trigger="3")
        there.triggers.add("1")
        page = await source.fate([Known("problem", "1", "50")])
        assert page.records == ()
        assert [(one.series, one.key, one.why) for one in page.gone] == [("1", "50", "deleted")]


async def test_what_began_and_ended_between_two_looks_is_told_though_its_trigger_is_gone() -> None:
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)
        there.problem(1)
        _, cursor = await told(source, None)
        there.problem(2, name="disk of a week", trigger="8")
        there.end(2, by=3)
        there.problem(4, trigger="9")
        there.triggers -= {"8", "9"}
        records = [r async for page in source.read(cursor) for r in page.records]
        assert [(r.key, r.body["name"], r.body["value"]) for r in records] == [
            ("2", "disk of a week", "0")
        ]


async def test_what_was_told_with_its_host_is_not_told_again_without() -> None:
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)
        there.problem(1, trigger="1")
        _, cursor = await told(source, None)
        there.problem(2, trigger="8")
        keys, cursor = await told(source, cursor)
        assert keys == ["2"]
        there.end(2, by=3)
        there.triggers -= {"8"}
        source = Source(settings, wire)  # what it remembered of the trigger may be out of date
        assert (await told(source, cursor))[0] == []
        page = await source.fate([Known("problem", "8", "2")])
        assert [one.why for one in page.gone] == ["deleted"]


async def test_a_host_in_another_group_is_news_of_what_is_open() -> None:
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)
        there.problem(1)
        (before,) = [r async for page in source.census() for r in page.records]
        there.group = "ERP/app"
        (after,) = [r async for page in source.census() for r in page.records]
        assert before.version != after.version


async def test_a_sign_of_life_that_is_old_and_moves_is_one() -> None:
    """The clocks of frontend and server differ by minutes."""
    async with reached() as (there, settings, wire):
        now = [0.0]
        source = Source(settings, wire, clock=lambda: now[0])
        there.behind = 300
        assert (await source.standing()).alive is None
        now[0], there.behind = 30, 270
        assert (await source.standing()).alive is True
        there.died_at = 1_700_000_000
        assert (await source.standing()).alive is True
        now[0] = 151
        assert (await source.standing()).alive is False


async def test_a_server_that_was_dead_before_the_hub_came_is_found_out() -> None:
    async with reached() as (there, settings, wire):
        now, there.died_at = [0.0], 1_700_000_000
        source = Source(settings, wire, clock=lambda: now[0])
        assert (await source.standing()).alive is None
        now[0] = 121
        assert (await source.standing()).alive is False


def asked(write: str, **values: Any) -> Operation:
    return Operation("op-1", write, Known("problem", "7", "1"), values)


async def test_a_suppression_that_ran_out_unseen_is_no_longer_waited_for() -> None:
    async with reached() as (there, settings, wire):
        there.problem(1)
        now = [1_700_000_000.0]
        writer = Writer(settings, wire, clock=lambda: now[0])
        hide = asked("suppress", until="2023-11-14T23:00:00+00:00")
        assert not await writer.holds(hide)
        await writer.apply(hide)
        with pytest.raises(Transient, match="its server has not done so yet"):
            await writer.holds(hide)
        now[0] += 3600
        with pytest.raises(Misconfigured, match="it ran out before"):
            await writer.holds(hide)


async def test_a_maintenance_is_not_lifted_by_a_word_about_one_problem() -> None:
    async with reached() as (there, settings, wire):
        there.problem(1)
        there.events[1]["suppression_data"] = [{"maintenanceid": "9", "suppress_until": "0"}]
        writer, show = Writer(settings, wire), asked("unsuppress")
        with pytest.raises(Misconfigured, match="in a maintenance of Zabbix"):
            await writer.holds(show)
        there.events[1]["suppression_data"].append({"maintenanceid": "0", "suppress_until": "0"})
        assert not await writer.holds(show)
        await writer.apply(show)
        del there.events[1]["suppression_data"][-1]
        assert await writer.holds(show), "what was put there by hand is lifted"


async def test_secrets_stand_in_no_error() -> None:
    async with reached() as (there, settings, wire):
        there.token = "another"  # noqa: S105
        with pytest.raises(Misconfigured) as refused:
            await Session(settings, wire).log_in()
        assert "sim-token" not in str(refused.value)


async def test_secrets_stand_in_no_log_however_much_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in (None, "pyzabbix", "pyzabbix.api", "urllib3.connectionpool"):
        caplog.set_level("DEBUG", logger=name)
    logging.getLogger("pyzabbix.api").warning("this one is kept")
    async with reached() as (there, settings, wire):
        await Session(settings, wire).log_in()
        assert [method for method, _ in there.asked][-1] == "host.get"
    assert "this one is kept" in caplog.text
    assert "sim-token" not in caplog.text
    assert "host.get" not in caplog.text


async def test_fact_10_an_end_is_told_though_its_problem_does_not_say_so_yet() -> None:
    """In a storm event.get may show both events of a page, and of the problem that it is open."""
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)
        await source.standing()
        there.problem(11)
        there.end(11, by=12)
        truly, calls = there._event_get, itertools.count(1)  # noqa: SLF001

        def stale(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
            page = 2  # after the one for the newest id
            lie = {"r_eventid": "0"} if next(calls) == page else {}
            return [{**row, **lie} for row in truly(asked)]

        there._event_get = stale  # type: ignore[method-assign]  # noqa: SLF001
        cursor = Cursor('{"last":0,"holes":[]}')
        records = [r async for page in source.read(cursor) for r in page.records]
        assert [(r.key, r.body["r_eventid"], r.body["r_clock"]) for r in records] == [
            ("11", "12", "1700000012")
        ]


async def test_an_end_that_could_not_be_stored_is_told_again_and_else_once() -> None:
    async with reached() as (there, settings, wire):
        source = Source(settings, wire)

        async def read(cursor: str) -> list[tuple[str, str]]:
            pages = source.read(Cursor(cursor))
            return [(r.key, str(r.body["value"])) async for page in pages for r in page.records]

        there.problem(11)
        there.end(11, by=12)
        for _ in range(2):  # the hub did not store the page, so its cursor is where it was
            assert await read('{"last":11,"holes":[]}') == [("11", "0")]
        # Here the problem was read after it had ended, and the recovery comes later.
        assert await read('{"last":12,"holes":[[11,11,99999999999]]}') == [("11", "0")]
        assert await read('{"last":11,"holes":[]}') == []


async def test_reading_ends_though_there_is_always_something_newer() -> None:
    """In a storm events come faster than they are read; the census has to have its turn."""
    async with reached(page_size=10) as (there, settings, wire):
        for eventid in range(1, 31):
            there.problem(eventid)
        truly, ids = there._event_get, itertools.count(31)  # noqa: SLF001

        def growing(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
            for eventid in itertools.islice(ids, 20):
                there.problem(eventid)
            return truly(asked)

        there._event_get = growing  # type: ignore[method-assign]  # noqa: SLF001
        source = Source(settings, wire)
        read = source.read(Cursor('{"last":0,"holes":[]}'))
        keys = [r.key async for page in at_most(read, 50) for r in page.records]
        assert keys[:30] == [str(eventid) for eventid in range(1, 31)]
        assert len(keys) < 100


async def at_most(pages: AsyncIterator[Page], most: int) -> AsyncIterator[Page]:
    """Yield pages; too many of them are an error and no endless test."""
    count = 0
    async for page in pages:
        count += 1
        assert count <= most
        yield page


async def test_a_user_who_sees_nothing_for_a_while_is_told_nothing_old_afterwards() -> None:
    """Rights were taken away and given back; what lies before is no news."""
    async with reached() as (there, settings, wire):
        for eventid in range(1, 40, 2):
            there.problem(eventid)
            there.end(eventid, by=eventid + 1)
        source, cursor = Source(settings, wire), None
        async for page in source.read(None):
            cursor = page.cursor
        hidden, there.events = there.events, {}
        async for page in source.read(cursor):
            cursor = page.cursor or cursor
        there.events = hidden
        there.problem(41)
        told = [r.key async for page in source.read(cursor) for r in page.records]
        assert told == ["41"]
