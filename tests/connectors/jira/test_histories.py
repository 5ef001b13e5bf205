"""Changes, comments and logged work beyond what a search embeds."""

import pytest

from connectors.jira.faults import NotThere
from connectors.jira.histories import Histories
from connectors.jira.richtext import plain
from connectors.jira.site import Site
from hub.errors import Anomalous
from tests.connectors.jira.conftest import Near
from tests.simulators.jira import status


def histories(jira: Near) -> Histories:
    settings = jira.settings()
    site = Site(settings, jira.wire(settings), patience=jira.clock.patience())
    return Histories(site.session)


async def test_r15_250_changes_come_whole_and_in_order(jira: Near) -> None:
    one = jira.site.issue(jira.project, "Task")
    for number in range(250):
        jira.site.advance(1)
        jira.site.edit(one, summary=f"Version {number}")
    found = await histories(jira).changes(str(one.id))
    assert [row["items"][0]["toString"] for row in found] == [f"Version {n}" for n in range(250)]


async def test_r15_250_comments_come_whole_and_readable(jira: Near) -> None:
    one = jira.site.issue(jira.project, "Task")
    for number in range(250):
        jira.site.comment(one, f"第 {number} 行\nand more")
    found = await histories(jira).comments(str(one.id))
    assert [plain(row["body"]) for row in found] == [f"第 {n} 行\nand more" for n in range(250)]


async def test_r15_250_worklogs_come_whole(jira: Near) -> None:
    one = jira.site.issue(jira.project, "Task")
    for number in range(250):
        jira.site.log_work(one, 60 * (number + 1))
    found = await histories(jira).worklogs(str(one.id))
    assert [row["timeSpentSeconds"] for row in found] == [60 * (n + 1) for n in range(250)]


async def test_r15_worklogs_that_were_written_and_deleted_are_named(jira: Near) -> None:
    one = jira.site.issue(jira.project, "Task")
    logs = []
    for _ in range(3):
        jira.site.advance(60)
        logs.append(jira.site.log_work(one, 600))
    jira.site.advance(60)
    jira.site.unlog_work(one, logs[1])
    asked = histories(jira)
    since = logs[1]["at"]
    assert [id_ async for id_, _ in asked.worklogs_written(since)] == [logs[2]["id"]]
    assert [pair async for pair in asked.worklogs_deleted(since)] == [
        (logs[1]["id"], jira.site.clock)
    ]
    shown = await asked.worklogs_by_id([log["id"] for log in logs])
    assert {row["id"] for row in shown} == {str(logs[0]["id"]), str(logs[2]["id"])}


async def test_a_data_center_without_pages_of_changes_shows_them_with_the_issue(
    server: Near,
) -> None:
    one = server.site.issue(server.project, "Task")
    for number in range(30):
        server.site.advance(1)
        server.site.edit(one, summary=f"Version {number}")
    server.jira.weather.next(status(404), on="/changelog")
    found = await histories(server).changes(str(one.id))
    assert [row["items"][0]["toString"] for row in found] == [f"Version {n}" for n in range(30)]


async def test_changes_that_are_cut_short_are_no_changes(server: Near) -> None:
    one = server.site.issue(server.project, "Task")
    for number in range(130):
        server.site.edit(one, summary=f"Version {number}")
    server.jira.weather.next(status(404), on="/changelog")
    with pytest.raises(Anomalous, match="130 changes, and Jira shows 100"):
        await histories(server).changes(str(one.id))


async def test_an_issue_that_is_not_there_is_said_not_to_be(jira: Near) -> None:
    with pytest.raises(NotThere):
        await histories(jira).comments("99999")
