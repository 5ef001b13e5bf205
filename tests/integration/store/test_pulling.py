"""What polling brings, on real stores: a page and its cursor together, and ends that are found."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from hub.contract import Cursor, Gone, Page, Record
from hub.errors import Transient
from hub.services.sync.health import Pulse
from hub.services.sync.ports import Polled
from hub.services.sync.round import Looked, look
from tests.integration.store.bench import Bench, alert, opened
from tests.unit.services.sync.tools import Tool

pytestmark = pytest.mark.slow
BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
STATES = "SELECT title, status FROM alert ORDER BY title"


def told(name: str, *, ended: bool = False) -> Record:
    """Make one alert as the tool lists it."""
    body: dict[str, Any] = alert(name, BEGAN, ends_at=BEGAN.replace(hour=10) if ended else None)
    series = body["fingerprint"]
    return Record("alert", f"{series}/a", body, "resolved" if ended else "firing", series)


@dataclass
class Sight:
    """A tool that is looked at, and the store that it is brought into."""

    bench: Bench
    tool: Tool = field(default_factory=Tool)

    async def look(self, *, accept_gone: bool = False) -> Looked:
        """Look once."""
        one = Polled("am", "prometheus", "alert", source=self.tool)
        polling, intake = self.bench.stores.polling, self.bench.intake
        return await look(
            one, intake, polling, now=lambda: self.bench.now, accept_gone=accept_gone
        )  # fmt: skip

    async def cursor(self) -> str | None:
        """Return where it is read on from."""
        return await self.bench.stores.polling.cursor("am")

    async def count(self, table: str) -> int:
        """Count rows."""
        found: int = (await self.bench.rows(f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608
        return found

    async def run(self, statement: str) -> None:
        """Change the store under the hub's feet."""
        await self.bench.database.write(lambda w: w.connection.execute(text(statement)))


@pytest.fixture
def sight(bench: Bench) -> Sight:
    return Sight(bench)


async def test_a_commit_that_breaks_before_its_cursor_keeps_neither_records_nor_cursor(
    sight: Sight,
) -> None:
    sight.tool.news = [Page((told("A"),), Cursor("1"))]
    await sight.look()
    sight.tool.news += [Page((told("B"), told("C")), Cursor("2"))]
    # The cursor is the last that a group writes: whatever was written before it has to go too.
    await sight.run("ALTER TABLE position RENAME TO away")
    with pytest.raises(Transient):
        await sight.look()
    await sight.run("ALTER TABLE away RENAME TO position")
    assert (await sight.count("journal"), await sight.count("alert")) == (1, 1)
    assert await sight.cursor() == "1"
    await sight.look()
    assert await sight.bench.rows("SELECT title, seen FROM alert ORDER BY title") == [
        ("A", 1), ("B", 1), ("C", 1),
    ]  # fmt: skip
    assert await sight.cursor() == "2"


async def test_another_process_reads_on_where_this_one_ended(sight: Sight) -> None:
    sight.tool.news = [Page((told("A"),), Cursor("1")), Page((told("B"),), Cursor("2"))]
    await sight.look()
    await sight.bench.intake.stop()
    async with opened(sight.bench.database) as bench:
        sight.tool.news += [Page((told("C"),), Cursor("3"))]
        looked = await Sight(bench, sight.tool).look()
        assert looked.records == 1
        assert await bench.rows("SELECT title, seen FROM alert ORDER BY title") == [
            ("A", 1), ("B", 1), ("C", 1),
        ]  # fmt: skip
    await sight.bench.intake.start()


async def test_the_cursor_moves_although_a_page_has_no_record(sight: Sight) -> None:
    sight.tool.news = [Page((), Cursor("7"))]
    await sight.look()
    assert await sight.cursor() == "7"


async def test_an_unchanged_census_writes_neither_journal_nor_alert(sight: Sight) -> None:
    sight.tool.listed = [told(name) for name in "ABC"]
    assert (await sight.look()).records == 3
    before = await sight.count("journal"), await sight.bench.rows("SELECT seen FROM alert")
    again = await sight.look()
    assert (again.records, again.open) == (0, 3)
    assert (
        await sight.count("journal"),
        await sight.bench.rows("SELECT seen FROM alert"),
    ) == before


async def test_trap_5_an_end_that_no_webhook_told_is_found_by_the_census(sight: Sight) -> None:
    sent = alert("A", BEGAN)
    await sight.bench.told(sent, alert("B", BEGAN))
    held = await sight.bench.stores.polling.open("am")
    sight.tool.listed = [
        Record("alert", one.key, sent, one.version, series)
        for series, one in held.items()
        if series == sent["fingerprint"]
    ]
    other = next(one for series, one in held.items() if series != sent["fingerprint"])
    ended = told("B", ended=True)
    sight.tool.became = {ended.series: Record("alert", other.key, ended.body, "x", ended.series)}
    await sight.bench.after(5)
    assert (await sight.look()).missing == 1
    assert await sight.bench.rows(STATES) == [("A", "firing"), ("B", "resolved")]


async def test_trap_6_an_empty_list_ends_nothing_in_the_store_until_it_is_accepted(
    sight: Sight,
) -> None:
    names = [f"A{n:02}" for n in range(12)]
    sight.tool.listed = [told(name) for name in names]
    await sight.look()
    sight.tool.became = {
        one.series: Gone("alert", one.series, one.key, "deleted") for one in sight.tool.listed
    }
    sight.tool.listed = []
    await sight.bench.after(5)
    assert (await sight.look()).held_back == len(names)
    assert dict(await sight.bench.rows(STATES)) == dict.fromkeys(names, "firing")
    assert (await sight.look(accept_gone=True)).held_back == 0
    states = set(dict(await sight.bench.rows(STATES)).values())
    assert states
    assert "firing" not in states


async def test_health_is_kept_over_a_restart(sight: Sight) -> None:
    pulse = Pulse(paused=True)
    pulse.failed(BEGAN, "failing", "refused", "raw words")
    polling = sight.bench.stores.polling
    for _ in range(2):
        await polling.keep_vitals("am", pulse.kept())
    found = Pulse.of((await polling.vitals())["am"])
    assert (found.state, found.paused) == ("paused", True)
    assert (found.errors[0]["message"], found.hours) == ("refused", pulse.hours)
