"""Reading a Jira in passes: everything once, then what changed, and nothing lost between."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.jira.source import BUNDLE
from hub.errors import Anomalous, Misconfigured
from tests.connectors.jira.conftest import Near, keys, read, told


async def test_the_first_pass_brings_everything_that_counts(jira: Near) -> None:
    site = jira.site
    other = site.project("WEB", "Web shop")
    version = site.version(jira.project, "2026.4", "2026-04-30")
    one = site.issue(jira.project, "Prepare", versions=[version.id])
    site.issue(other, "Elsewhere")
    pages, cursor = await read(jira.source())
    assert keys(pages) == [str(one.id)]
    assert keys(pages, "project") == [f"p{jira.project.id}"]
    assert keys(pages, "version") == [f"v{version.id}"]
    assert cursor is not None
    assert [page.cursor for page in pages] == [None] * (len(pages) - 1) + [cursor]


async def test_without_projects_everything_counts_that_is_seen(jira: Near) -> None:
    site = jira.site
    web, hidden = site.project("WEB", "Web shop"), site.project("HR", "Hidden")
    hidden.visible = False
    found = [site.issue(one, "Task") for one in (jira.project, web)]
    site.issue(hidden, "Secret")
    pages, _ = await read(jira.source(projects=[]))
    assert keys(pages) == [str(one.id) for one in found]
    assert keys(pages, "project") == [f"p{jira.project.id}", f"p{web.id}"]


async def test_a_clause_narrows_what_counts_and_cannot_widen_it(jira: Near) -> None:
    site = jira.site
    site.issue(site.project("WEB", "Web shop"), "Elsewhere", labels=["x"])
    site.issue(jira.project, "Without")
    one = site.issue(jira.project, "With", labels=["x"])
    pages, _ = await read(jira.source(jql='labels = x OR project = "WEB"'))
    assert keys(pages) == [str(one.id)]


async def test_what_did_not_change_is_not_told_again_and_no_page_is_stored(jira: Near) -> None:
    jira.site.issue(jira.project, "Task")
    source = jira.source()
    _, cursor = await read(source)
    assert await read(source, cursor) == ([], cursor)


async def test_after_a_restart_only_the_overlap_is_told_again(jira: Near) -> None:
    site = jira.site
    site.issue(jira.project, "Long ago")
    site.advance(3600)
    last = site.issue(jira.project, "Just now")
    _, cursor = await read(jira.source())
    pages, again = await read(jira.source(), cursor)
    assert keys(pages) == [str(last.id)]
    assert again == cursor


async def test_r13_the_cursor_stands_on_the_last_page_only(jira: Near) -> None:
    for number in range(BUNDLE + 150):
        jira.site.issue(jira.project, f"Task {number}")
    pages, cursor = await read(jira.source())
    assert len(told(pages)) == BUNDLE + 150
    assert [page.cursor for page in pages] == [None, cursor]


async def test_r13_a_pass_cut_short_loses_and_doubles_nothing(jira: Near) -> None:
    for number in range(BUNDLE + 150):
        jira.site.issue(jira.project, f"Task {number}")
    source = jira.source()
    reading = source.read(None)
    first = await anext(reading)
    await reading.aclose()  # type: ignore[attr-defined]  # the port promises an iterator only
    assert first.cursor is None
    again, _ = await read(source, None)
    assert len(set(keys(again))) == BUNDLE + 150


async def test_r9_short_and_empty_pages_go_on(jira: Near) -> None:
    found = [str(jira.site.issue(jira.project, f"Task {n}").id) for n in range(250)]
    jira.jira.search.short_by, jira.jira.search.empty_next = 30, 2
    pages, _ = await read(jira.source())
    assert keys(pages) == found


async def test_r9_a_token_that_comes_twice_is_asked_once_more_and_is_an_error_then(
    cloud: Near,
) -> None:
    for number in range(150):
        cloud.site.issue(cloud.project, f"Task {number}")
    cloud.jira.search.repeat_token = True
    with pytest.raises(Anomalous, match="the same token"):
        await read(cloud.source())
    assert cloud.jira.count("search/jql") == 3


async def test_r10_fields_are_asked_for_by_name_of_type_never_all(jira: Near) -> None:
    jira.site.issue(jira.project, "Task")
    await read(jira.source())
    asked = [one.query["fields"] for one in jira.jira.asked if "/search" in one.path]
    custom = {"customfield_10020"} if jira.site.cloud else {"customfield_10100"}
    assert asked
    for fields in asked:
        assert custom <= set(fields.split(","))
        assert "*" not in fields
        assert "description" not in fields


async def test_r12_one_that_changes_all_the_time_is_read_in_each_pass(jira: Near) -> None:
    site = jira.site
    others = [str(site.issue(jira.project, f"Task {n}").id) for n in range(250)]
    restless = site.issue(jira.project, "Restless")
    jira.jira.search.restless = restless
    source = jira.source()
    pages, cursor = await read(source)
    assert set(keys(pages)) == {*others, str(restless.id)}
    for _ in range(3):
        pages, cursor = await read(source, cursor)
        assert str(restless.id) in keys(pages)


ZONES = ["America/Los_Angeles", "UTC", "Asia/Shanghai", "Asia/Kathmandu"]


@pytest.mark.parametrize("epochs", [True, False])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("late", [0, 1, 299])
async def test_r11_what_changed_just_before_the_cursor_is_not_lost(
    jira: Near,
    zone: str,
    late: int,
    epochs: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    site = jira.site
    site.users[site.browser].zone = zone
    site.epoch_jql = epochs
    slow = site.issue(jira.project, "Slow")
    site.advance(3600)
    quick = site.issue(jira.project, "Quick")
    source = jira.source()
    _, cursor = await read(source)
    # Search hears of it only now, and it changed before what was seen last.
    slow.summary, slow.updated = "Changed", quick.updated - late * 1000
    site.changes += 1
    pages, _ = await read(source, cursor)
    assert keys(pages) == [str(slow.id)]


def at(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("America/Los_Angeles", "2026-11-01T00:45:00"),
        ("America/Los_Angeles", "2026-03-08T01:45:00"),
        ("Europe/Berlin", "2026-10-25T02:45:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:20:00"),
    ],
)
async def test_r11_nothing_is_lost_where_clocks_are_set_back_or_forward(
    server: Near, zone: str, hour: str
) -> None:
    site = server.site
    site.users[site.browser].zone, site.epoch_jql = zone, False
    site.clock = at(hour, zone)
    one = site.issue(server.project, "Task")
    source = server.source()
    _, cursor = await read(source)
    for _ in range(12):
        site.advance(600)
        site.edit(one, summary=f"Changed at {site.clock}")
        pages, cursor = await read(source, cursor)
        assert keys(pages) == [str(one.id)]


async def test_a_zone_that_nobody_knows_costs_a_day_and_no_issue(server: Near) -> None:
    site = server.site
    site.epoch_jql = False
    site.issue(server.project, "Old")
    site.advance(40 * 3600)
    one = site.issue(server.project, "Task")
    source = server.source()
    _, cursor = await read(source)

    async def myself() -> dict[str, Any]:
        return {"name": "hub", "timeZone": "Mars/Olympus"}

    source.site.myself = myself  # type: ignore[method-assign]
    source.site._me = None  # noqa: SLF001
    site.advance(60)
    site.edit(one, summary="Changed")
    pages, _ = await read(source, cursor)
    assert keys(pages) == [str(one.id)]
    asked = server.jira.asked[-1].query["jql"]
    assert 'updated >= "' in asked


async def test_r8_a_search_that_is_gone_switches_the_dialect_once_and_is_told(jira: Near) -> None:
    one = jira.site.issue(jira.project, "Task")
    wrong = "server" if jira.site.cloud else "cloud"
    source = jira.source(api=wrong)
    pages, cursor = await read(source)
    assert keys(pages) == [str(one.id)]
    assert pages[-1].hints == {"dialect_switched": 1}
    before = jira.jira.count("/search")
    jira.site.advance(1)
    await read(source, cursor)
    switched = [one.path for one in jira.jira.asked if "/search" in one.path][before:]
    assert {path.endswith("search/jql") for path in switched} == {jira.site.cloud}


async def test_projects_that_nobody_sees_are_the_admins_business(jira: Near) -> None:
    with pytest.raises(Misconfigured, match="none of the projects NOPE"):
        await read(jira.source(projects=["NOPE"]))


async def test_one_project_of_several_that_is_not_seen_is_told_and_holds_up_nobody(
    jira: Near,
) -> None:
    one = jira.site.issue(jira.project, "Task")
    pages, _ = await read(jira.source(projects=["ERP", "NOPE"]))
    assert keys(pages) == [str(one.id)]
    assert pages[-1].hints == {"projects_unseen": 1}


async def test_a_version_that_changes_is_told_though_no_issue_did(jira: Near) -> None:
    version = jira.site.version(jira.project, "2026.4", "2026-04-30")
    source = jira.source()
    _, cursor = await read(source)
    version.release_date = "2026-05-31"
    pages, _ = await read(source, cursor)
    (found,) = told(pages, "version")
    assert found.body["releaseDate"] == "2026-05-31"
