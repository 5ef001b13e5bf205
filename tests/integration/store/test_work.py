"""Work of a tracker, brought in page by page, on both stores."""

from collections.abc import AsyncIterator

import pytest

from hub.contract import Gone, Record, Rejected
from hub.services.access import Principal, Role
from hub.services.board import Listing, ListQuery
from hub.services.desks import Accepted
from hub.services.refusals import Refusal, Why
from hub.services.replaying import ReplayDesk
from hub.store import Database
from tests.integration.store.bench import opened as alerts
from tests.integration.store.tracker import DOCUMENTS, Tracker, issue, link, opened, project

ADA = Principal("ada", Role.ADMIN, "token", "t1")
GONE = Gone("issue", "10", "10", "deleted")


@pytest.fixture
async def tracker(fresh: Database) -> AsyncIterator[Tracker]:
    """Return a work intake on an empty store."""
    async with opened(fresh) as made:
        yield made


async def test_a_page_is_on_the_board_in_the_journal_and_behind_the_cursor(
    tracker: Tracker,
) -> None:
    answer = await tracker.told(
        project(),
        issue("10", code="ERP-1", due="2026-04-01", people=["Ada", "李雷"], parent="12"),
        issue("11", type="gate", due="2026-05-01", title="Go-live"),
        issue("12", type="epic"),
        link("7", "10", "11"),
        cursor="c1",
    )
    assert answer.accepted == 5
    assert await tracker.stores.polling.cursor("trk") == "c1"
    task = await tracker.task("trk:task:10")
    assert task["source"] == {"connector": "trk", "key": "ERP-1", "url": None}
    assert (task["due"], task["parent"]) == ("2026-04-01", "trk:task:12")
    assert task["assignees"] == ["Ada", "李雷"]
    assert (await tracker.task("trk:milestone:11"))["kind"] == "milestone"
    assert await tracker.plan() == {"trk:project:1": ("ERP", 1, 3)}
    assert "trk:dependency:7" in await tracker.there()
    assert (await tracker.detail("trk:dependency:7"))["successor"] == "trk:milestone:11"
    (row,) = await tracker.rows("SELECT connector, kind, records FROM journal")
    assert row == ("trk", "pull", 5)
    found = await tracker.stores.board.page("tasks", ListQuery(filters={"assignee": ("李雷",)}))
    assert isinstance(found, Listing)
    assert len(found.items) == 1


async def test_the_same_page_again_changes_nothing(tracker: Tracker) -> None:
    page = (project(), issue("10", links=["7"]), issue("11"), link("7", "10", "11"))
    await tracker.told(*page)
    before = await tracker.rows("SELECT ref, version, digest FROM item ORDER BY ref")
    told = await tracker.changes()
    await tracker.told(*page)
    assert await tracker.rows("SELECT ref, version, digest FROM item ORDER BY ref") == before
    assert await tracker.changes() == told
    assert await tracker.plan() == {"trk:project:1": ("ERP", 1, 2)}


async def test_an_older_record_never_overwrites_a_newer_one(tracker: Tracker) -> None:
    await tracker.told(project(), issue("10", "2026-01-02T00:00:00", title="New"))
    await tracker.told(issue("10", "2026-01-01T00:00:00", title="Old"))
    assert (await tracker.task("trk:task:10"))["title"] == "New"
    await tracker.told(issue("10", "2026-01-03T00:00:00", title="Newest"))
    assert (await tracker.task("trk:task:10"))["title"] == "Newest"


async def test_a_newer_stamp_without_news_is_kept_and_not_told(tracker: Tracker) -> None:
    await tracker.told(project(), issue("10", "2026-01-01T00:00:00"))
    told = await tracker.changes()
    await tracker.told(issue("10", "2026-01-02T00:00:00"))
    assert await tracker.changes() == told
    held = await tracker.stores.polling.open("trk", work=True)
    assert held["10"].version == "2026-01-02T00:00:00"


async def test_a_moved_issue_is_the_same_row_under_another_name_and_in_another_plan(
    tracker: Tracker,
) -> None:
    await tracker.told(project(), project("2", "SHOP"), issue("10", code="ERP-1"), issue("11"))
    await tracker.told(issue("10", "2026-01-02T00:00:00", code="SHOP-9", project="2"))
    task = await tracker.task("trk:task:10")
    assert (task["source"]["key"], task["project"]) == ("SHOP-9", "trk:project:2")
    assert await tracker.rows("SELECT code, ref FROM former_code") == [("ERP-1", "trk:task:10")]
    assert {ref: tasks for ref, (_, _, tasks) in (await tracker.plan()).items()} == {
        "trk:project:1": 1,
        "trk:project:2": 1,
    }


async def test_what_is_gone_is_buried_with_its_reason_and_comes_back(tracker: Tracker) -> None:
    await tracker.told(project(), issue("10", links=["7"]), issue("11"), link("7", "10", "11"))
    await tracker.told(gone=[GONE])
    assert await tracker.there() == {"trk:task:11"}
    rows = await tracker.rows("SELECT gone FROM item WHERE ref = 'trk:task:10'")
    assert rows == [("deleted",)]
    assert (await tracker.plan())["trk:project:1"][2] == 1
    assert "10" not in await tracker.stores.polling.open("trk", work=True)
    told = await tracker.changes()
    await tracker.told(gone=[GONE])
    assert await tracker.changes() == told
    await tracker.told(issue("10", links=["7"]), link("7", "10", "11"))
    assert await tracker.there() == {"trk:task:10", "trk:task:11", "trk:dependency:7"}
    assert (await tracker.plan())["trk:project:1"][2] == 2


async def test_a_link_that_an_issue_does_not_tell_of_any_more_is_gone(tracker: Tracker) -> None:
    await tracker.told(project(), issue("10", links=["7", "8"]), link("7", "10", "11"))
    await tracker.told(issue("10", "2026-01-02T00:00:00", links=["8"]))
    assert "trk:dependency:7" not in await tracker.there()


async def test_a_link_of_a_kind_that_is_no_dependency_is_left_out(tracker: Tracker) -> None:
    await tracker.told(project(), issue("10"), issue("11"), link("7", "10", "11", "relates"))
    assert "trk:dependency:7" not in await tracker.there()
    assert await tracker.rows("SELECT id FROM quarantine") == []
    await tracker.told(link("7", "10", "11"))
    assert "trk:dependency:7" in await tracker.there()
    await tracker.told(link("7", "10", "11", "relates"))
    assert "trk:dependency:7" not in await tracker.there()


async def test_a_link_to_an_unseen_issue_waits_for_it(tracker: Tracker) -> None:
    await tracker.told(project(), issue("10", links=["7"]), link("7", "10", "99"))
    items = await tracker.stores.board.items("trk:project:1")
    assert [row.about["successor"] for row in items["dependency"]] == ["trk:task:99"]
    await tracker.told(issue("99", type="gate", links=["7"]), link("7", "10", "99"))
    items = await tracker.stores.board.items("trk:project:1")
    assert [row.about["successor"] for row in items["dependency"]] == ["trk:milestone:99"]


async def test_a_task_that_becomes_a_milestone_takes_its_children_and_links_along(
    tracker: Tracker,
) -> None:
    await tracker.told(
        project(),
        issue("10", links=["7", "8"]),
        issue("11", parent="10"),
        issue("12"),
        link("7", "10", "12"),
        link("8", "12", "10"),
    )
    await tracker.told(issue("10", "2026-01-02T00:00:00", type="gate", links=["7", "8"]))
    assert (await tracker.task("trk:task:11"))["parent"] == "trk:milestone:10"
    assert (await tracker.detail("trk:dependency:7"))["predecessor"] == "trk:milestone:10"
    assert (await tracker.detail("trk:dependency:8"))["successor"] == "trk:milestone:10"
    assert "trk:task:10" not in await tracker.there()
    assert (await tracker.plan())["trk:project:1"][2] == 3
    await tracker.told(issue("10", "2026-01-03T00:00:00", links=["7", "8"]))
    assert (await tracker.task("trk:task:11"))["parent"] == "trk:task:10"
    assert (await tracker.detail("trk:dependency:7"))["predecessor"] == "trk:task:10"
    assert (await tracker.detail("trk:dependency:8"))["successor"] == "trk:task:10"
    assert "trk:milestone:10" not in await tracker.there()


async def test_a_parent_that_comes_later_is_found_by_its_code(tracker: Tracker) -> None:
    await tracker.told(project(), issue("10", epic="ERP-5"), issue("11", epic="ERP-5"))
    assert (await tracker.task("trk:task:10"))["parent"] is None
    await tracker.told(issue("12", type="epic", code="ERP-5"))
    assert (await tracker.task("trk:task:10"))["parent"] == "trk:task:12"
    assert not await tracker.stores.work.waits("trk")
    await tracker.told(issue("13", epic="ERP-5"))
    assert (await tracker.task("trk:task:13"))["parent"] == "trk:task:12"
    # And the same record again does not part them.
    await tracker.told(issue("10", "2026-01-02T00:00:00", epic="ERP-5", title="Other"))
    assert (await tracker.task("trk:task:10"))["parent"] == "trk:task:12"


async def test_one_bad_record_is_put_aside_and_the_rest_counts(tracker: Tracker) -> None:
    await tracker.told(
        project(),
        issue("10", state="frozen"),
        issue("11"),
        Record("worklog", "w", {}),
        rejected=[Rejected("issue", "fields.summary", "is no text")],
    )
    assert await tracker.there() == {"trk:task:11"}
    rows = await tracker.rows("SELECT kind, path, state FROM quarantine ORDER BY id")
    assert sorted(rows) == [
        ("tracker.issue", "fields.summary", "open"),
        ("tracker.issue", "state", "open"),
        ("tracker.worklog", "$", "open"),
    ]


async def test_an_issue_of_a_plan_that_nobody_told_of_yet_is_not_lost(tracker: Tracker) -> None:
    await tracker.told(issue("10", project="9"))
    assert await tracker.plan() == {"trk:project:9": ("9", 1, 1)}
    await tracker.told(project("9", "LATE"), cursor="c")
    assert await tracker.plan() == {"trk:project:9": ("LATE", 2, 1)}


async def test_a_plan_is_new_once_a_pass_is_whole_and_not_with_each_page(
    tracker: Tracker,
) -> None:
    await tracker.told(project(), cursor="a")
    for n in range(3):
        await tracker.told(issue(str(n)))
    assert await tracker.plan() == {"trk:project:1": ("ERP", 1, 3)}
    # A pass that broke off is not forgotten: the next one that is whole tells of it.
    await tracker.told(cursor="b")
    assert await tracker.plan() == {"trk:project:1": ("ERP", 2, 3)}
    await tracker.told(cursor="c")
    assert await tracker.plan() == {"trk:project:1": ("ERP", 2, 3)}


def _desk(tracker: Tracker, alerts_: object) -> ReplayDesk:
    return ReplayDesk(
        tracker.stores.deliveries, alerts_, tracker.work, {"trk": ("tracker", None)}, _none, ["trk"]  # type: ignore[arg-type]
    )  # fmt: skip


async def _none(stored: object, diff: object) -> dict[str, int]:
    raise AssertionError((stored, diff))


async def test_a_changed_mapping_is_first_shown_and_then_replayed_without_asking_the_tool(
    tracker: Tracker, fresh: Database
) -> None:
    await tracker.told(project(), issue("10", state="frozen"), issue("11", type="epic"))
    async with alerts(fresh) as bench:
        desk = _desk(tracker, bench.intake)
        said = DOCUMENTS["issue"].replace("version: 1", "version: 2")
        said = said.replace("{path: state}\n  status_raw", "{path: state, table: s}\n  status_raw")
        said = said.replace("epic: epic", "epic: milestone") + "  s: {frozen: todo, todo: todo}\n"
        await tracker.stores.documents.offer("mapping", "tracker/issue", "file", said)
        shown = await desk.start("trk", None, diff=True, who=ADA)
        assert not isinstance(shown, Refusal)
        assert (shown["records"], shown["created"], shown["quarantined"]) == (3, 2, 0)
        assert await tracker.there() == {"trk:task:11"}
        done = await desk.start("trk", None, diff=False, who=ADA)
        assert not isinstance(done, Refusal)
        assert await tracker.there() == {"trk:task:10", "trk:milestone:11"}
        assert await tracker.rows("SELECT state FROM quarantine") == [("solved",)]


async def test_a_replay_brings_back_neither_what_is_gone_nor_what_was_before(
    tracker: Tracker, fresh: Database
) -> None:
    await tracker.told(project(), issue("10"), issue("11", title="Old"))
    await tracker.told(issue("11", "2026-01-02T00:00:00", title="New"))
    await tracker.told(gone=[GONE])
    before = await tracker.rows("SELECT ref, version, digest, deleted_at FROM item ORDER BY ref")
    async with alerts(fresh) as bench:
        done = await _desk(tracker, bench.intake).start("trk", None, diff=False, who=ADA)
        assert not isinstance(done, Refusal)
        assert (done["created"], done["changed"]) == (0, 0)
    rows = await tracker.rows("SELECT ref, version, digest, deleted_at FROM item ORDER BY ref")
    assert rows == before


async def test_one_record_is_tried_again(tracker: Tracker, fresh: Database) -> None:
    await tracker.told(project(), issue("10", state="frozen"), issue("11", state="odd"))
    (first, _) = await tracker.rows("SELECT id FROM quarantine ORDER BY id")
    async with alerts(fresh) as bench:
        desk = _desk(tracker, bench.intake)
        still = await desk.retry(first[0], ADA)
        assert not isinstance(still, Refusal)
        assert still["state"] == "open"
        said = DOCUMENTS["issue"].replace("version: 1", "version: 2")
        said = said.replace("{path: state}\n  status_raw", "{path: state, table: s}\n  status_raw")
        said += "  s: {frozen: todo}\n"
        await tracker.stores.documents.offer("mapping", "tracker/issue", "file", said)
        now = await desk.retry(first[0], ADA)
        assert not isinstance(now, Refusal)
        assert now["state"] == "solved"
        assert await tracker.there() == {"trk:task:10"}


async def test_a_webhook_is_stored_and_named_until_somebody_asked(tracker: Tracker) -> None:
    answer = await tracker.hear(b'["10", "11", "10"]')
    assert isinstance(answer, Accepted)
    assert tracker.rung == ["trk"]
    hints = await tracker.stores.polling.hints("trk")
    assert sorted(hint.key for hint in hints) == ["10", "11"]
    await tracker.hear(b'["11"]')
    await tracker.stores.polling.followed("trk", hints)
    # What came again meanwhile is asked about again.
    assert [hint.key for hint in await tracker.stores.polling.hints("trk")] == ["11"]
    ((kind, body),) = await tracker.rows("SELECT kind, body FROM journal ORDER BY id LIMIT 1")
    assert (kind, bytes(body)) == ("webhook", b'["10", "11", "10"]')


async def test_a_webhook_without_the_secret_or_of_another_shape_leaves_no_hint(
    tracker: Tracker,
) -> None:
    refused = await tracker.hear(b'["10"]', word="wrong")
    assert isinstance(refused, Refusal)
    assert refused.why is Why.UNAUTHORISED
    odd = await tracker.hear(b"<html>")
    assert isinstance(odd, Refusal)
    assert odd.why is Why.INVALID
    assert await tracker.stores.polling.hints("trk") == []
    assert await tracker.rows("SELECT id FROM journal") == []
    assert await tracker.rows("SELECT state FROM quarantine") == [("refused",)]
    assert tracker.rung == []
