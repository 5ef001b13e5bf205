"""The way to Jira in bad weather: what is waited for, asked again, and said of it."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.jira.source import Source
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from tests.connectors.jira.conftest import Clock, Near, issue, keys, near, read
from tests.simulators.jira import dropped, html, late_drop, silence, status, too_many

SEARCH = "/search"


async def begun(jira: Near, issues: int = 150) -> list[str]:
    """Let a second page be there, so that something is at stake when it is asked for."""
    return [str(jira.site.issue(jira.project, f"Task {n}").id) for n in range(issues)]


async def in_the_middle(jira: Near, *faults: Any, source: Source | None = None) -> list[str]:
    """Read a pass with faults at its second page; return the keys that came."""
    await begun(jira)
    found: list[str] = []
    source = source or jira.source()
    # The first page goes well; then the weather turns.
    ask = source.site.session.get

    async def asked(path: str, params: Any = None) -> bytes:
        if path.startswith("search") and {"nextPageToken", "startAt"} & set(params or {}):
            if (params or {}).get("startAt") != "0" and not jira.jira.weather.waiting:
                jira.jira.weather.next(*faults, on=SEARCH)
            return await ask(path, params)
        return await ask(path, params)

    source.site.session.get = asked  # type: ignore[method-assign]
    async for page in source.read(None):
        found += keys([page])
    return found


async def test_r1_a_closed_port_fails_at_once_and_waits_for_nothing_long(jira: Near) -> None:
    settings = jira.settings()
    await jira.jira.__aexit__(None, None, None)
    source = Source(settings, jira.wire(settings), patience=jira.clock.patience())
    with pytest.raises(Transient, match="refuses the connection"):
        await read(source)
    assert sum(jira.clock.slept) < 2


async def test_r2_silence_is_a_time_out(jira: Near) -> None:
    jira.jira.weather.always = silence()
    settings = jira.settings(timeout_seconds=0.2)
    source = Source(settings, jira.wire(settings), patience=jira.clock.patience())
    with pytest.raises(Transient, match="timeout_seconds"):
        await read(source)


@pytest.mark.parametrize("wait", ["1", "48"])
async def test_r3_in_a_pass_it_is_waited_as_long_as_jira_asks(jira: Near, wait: str) -> None:
    found = await in_the_middle(jira, too_many(retry_after=wait))
    assert len(set(found)) == 150
    assert jira.clock.slept == [float(wait)]


async def test_r3_a_date_is_a_wish_as_well(jira: Near) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    found = await in_the_middle(jira, too_many(retry_after=until))
    assert len(set(found)) == 150
    assert 40 <= sum(jira.clock.slept) <= 50


async def test_r3_without_a_wish_it_is_waited_until_jira_counts_anew(jira: Near) -> None:
    reset = (datetime.now(UTC) + timedelta(seconds=50)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = await in_the_middle(jira, too_many(retry_after="soon", reset=reset))
    assert len(set(found)) == 150
    assert 40 <= sum(jira.clock.slept) <= 50


async def test_r3_with_neither_it_is_waited_longer_each_time(jira: Near) -> None:
    found = await in_the_middle(jira, *[too_many() for _ in range(4)])
    assert len(set(found)) == 150
    assert jira.clock.slept == [2, 4, 8, 16]


@pytest.mark.parametrize("wait", ["120", "1847"])
async def test_r3_a_long_wait_is_the_hubs_and_the_cursor_stays(jira: Near, wait: str) -> None:
    with pytest.raises(Transient) as met:
        await in_the_middle(jira, too_many(retry_after=wait))
    assert met.value.retry_after == timedelta(seconds=int(wait))
    assert jira.clock.slept == []


async def test_r3_it_gives_up_after_a_while_and_says_when_to_come_again(jira: Near) -> None:
    with pytest.raises(Transient) as met:
        await in_the_middle(jira, *[too_many() for _ in range(5)])
    assert met.value.retry_after == timedelta(seconds=32)


async def test_r4_a_quota_holds_everything_and_nothing_is_asked_meanwhile(cloud: Near) -> None:
    source = cloud.source()
    await read(source)
    fault = too_many(retry_after="600", reason="jira-quota-tenant-based")
    cloud.jira.weather.next(fault, on=SEARCH)
    with pytest.raises(Transient):
        await read(source)
    asked = len(cloud.jira.asked)
    for _ in range(3):
        with pytest.raises(Transient, match="left alone") as met:
            await source.standing()
        assert met.value.retry_after == timedelta(seconds=600)
    assert len(cloud.jira.asked) == asked
    cloud.clock.at += 601
    assert (await source.standing()).alive is True


async def test_r4_a_burst_holds_that_path_only(cloud: Near) -> None:
    source = cloud.source()
    await read(source)
    fault = too_many(retry_after="600", reason="jira-burst-based")
    cloud.jira.weather.next(fault, on=SEARCH)
    with pytest.raises(Transient):
        await read(source)
    assert (await source.standing()).alive is True
    searched = cloud.jira.count(SEARCH)
    with pytest.raises(Transient, match="left alone"):
        await read(source)
    assert cloud.jira.count(SEARCH) == searched


@pytest.mark.parametrize(
    "fault", [status(502), status(503), status(504), dropped(), late_drop()],
    ids=["502", "503", "504", "reset", "cut off"],
)  # fmt: skip
async def test_r5_what_breaks_is_asked_up_to_four_times(jira: Near, fault: Any) -> None:
    found = await in_the_middle(jira, fault, fault, fault)
    assert len(set(found)) == 150
    # A connection that was kept open and is cut off aiohttp opens anew by itself, once.
    assert jira.clock.slept == [2, 4, 8][: len(jira.clock.slept)] != []


async def test_r5_the_first_question_is_asked_again_as_well_but_not_for_long(jira: Near) -> None:
    one = jira.site.issue(jira.project, "Task")
    jira.jira.weather.next(status(502), dropped(), status(503))
    pages, _ = await read(jira.source())
    assert keys(pages) == [str(one.id)]
    assert jira.clock.slept == [0.25, 0.5, 1]


async def test_r5_the_fourth_failure_is_the_last(jira: Near) -> None:
    with pytest.raises(Transient):
        await in_the_middle(jira, *[status(502)] * 4)


@pytest.mark.parametrize("code", [401, 403])
async def test_r6_refused_credentials_stop_it_within_two_questions(jira: Near, code: int) -> None:
    source = jira.source()
    await read(source)
    before = len(jira.jira.asked)
    jira.jira.weather.always = status(code)
    with pytest.raises(Misconfigured):
        await read(jira.source())
    with pytest.raises(Misconfigured):
        await source.standing()
    assert len(jira.jira.asked) - before <= 2
    assert jira.clock.slept == []


async def test_r6_an_answer_as_if_nobody_had_logged_in_is_no_answer(cloud: Near) -> None:
    body = '{"issues":[],"isLast":true}'
    told = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    cloud.jira.weather.next(status(200, body, **told), on=SEARCH)
    with pytest.raises(Misconfigured, match="credentials"):
        await read(cloud.source())


async def test_r6_one_issue_that_is_not_there_stops_no_pass(jira: Near) -> None:
    found = await begun(jira, 3)
    source = jira.source()
    page = await source.fate([issue("4711"), *map(issue, found)])
    assert [record.key for record in page.records] == found
    assert [one.key for one in page.gone] == ["4711"]


async def test_r6_a_page_where_data_should_be_is_a_log_in_page(jira: Near) -> None:
    jira.jira.weather.next(html(), on=SEARCH)
    await begun(jira, 1)
    with pytest.raises(Misconfigured, match="log-in page"):
        await read(jira.source())


@pytest.mark.parametrize("body", ["", "[", "[]", '{"issues":3}', "null", '{"issues":[1,2'])
async def test_what_is_no_page_is_never_taken_for_an_empty_one(jira: Near, body: str) -> None:
    await begun(jira, 1)
    jira.jira.weather.next(status(200, body), on=SEARCH)
    with pytest.raises(Anomalous):
        await read(jira.source())


async def test_r7_no_secret_is_in_logs_errors_or_representations(
    jira: Near, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "very-secret-token"  # noqa: S105 - of nobody
    settings = jira.settings(token=secret)
    source = Source(settings, jira.wire(settings), patience=jira.clock.patience())
    said = [repr(settings), str(settings), repr(source)]
    for weather in (None, status(400, f'{{"errorMessages":["{secret}"]}}'), status(500, secret)):
        jira.jira.weather.always = weather
        for ask in (read(source), source.standing()):
            try:
                await ask
            except HubError as fault:
                said += [str(fault), repr(fault), repr(fault.__cause__), repr(fault.__context__)]
    assert not [one for one in said if secret in one]
    assert secret not in caplog.text
    assert "Basic" not in caplog.text


async def test_one_that_hangs_delays_no_other() -> None:
    async with near("cloud") as slow, near("server") as quick:
        slow.jira.weather.always = silence()
        settings = slow.settings(timeout_seconds=30)
        hanging = asyncio.create_task(read(Source(settings, slow.wire(settings))))
        await asyncio.sleep(0)
        one = quick.site.issue(quick.project, "Task")
        pages, _ = await read(quick.source())
        assert keys(pages) == [str(one.id)]
        assert not hanging.done()
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging


async def test_how_often_it_was_asked_again_is_told(jira: Near) -> None:
    clock = Clock()
    settings = jira.settings()
    jira.clock = clock
    source = Source(settings, jira.wire(settings), patience=clock.patience(), clock=clock)
    jira.site.issue(jira.project, "Task")
    jira.jira.weather.next(status(502), too_many(retry_after="1"), on=SEARCH)
    pages, _ = await read(source)
    assert pages[-1].hints == {"asked_again": 2, "waited_seconds": 1}
