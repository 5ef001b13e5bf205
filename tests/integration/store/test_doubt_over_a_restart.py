"""What a hub that starts again believes of tools that it has not looked at yet."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pytest

from hub.contract import Gone, Page
from hub.errors import Transient
from hub.linking import NOT_LOOKED
from hub.services.ingest.rows import Snapshot, WriteSet
from hub.services.sync.health import Pulse
from hub.services.sync.syncing import Syncing
from hub.store import Database
from hub.store.ingest import IngestStore
from tests.integration.store.bench import Bench, alert, opened
from tests.unit.services.sync.tools import Tool, polled

pytestmark = pytest.mark.slow


@dataclass
class Life:
    """One hub from its start to its end: an ingest, and the polling of one tool."""

    bench: Bench
    syncing: Syncing

    async def shown(self, title: str) -> dict[str, Any]:
        [ref] = await self.bench.refs(title)
        found = await self.bench.stores.board.one("alerts", ref)
        assert found is not None
        made: dict[str, Any] = orjson.loads(found)
        return made

    async def states(self) -> dict[str, str]:
        return dict(await self.bench.rows("SELECT title, status FROM alert"))


@asynccontextmanager
async def lived(database: Database, tool: Tool, minute: int = 0) -> AsyncIterator[Life]:
    """Start, and end as a hub that is stopped does."""
    async with opened(database) as bench:
        bench.now = bench.at(minute * 60)
        syncing = Syncing(
            [polled(tool)], bench.intake, bench.stores.polling, lambda *_: None,
            now=lambda: bench.now,
        )  # fmt: skip
        await syncing.recall()
        yield Life(bench, syncing)


async def fire(life: Life, *titles: str) -> datetime:
    """Let a tool that is alive fire."""
    await life.syncing.once("am")
    await life.bench.told(*(alert(title, life.bench.now) for title in titles))
    return life.bench.now


async def end(life: Life, title: str, began: datetime) -> str:
    """Let the tool say that an alert is over."""
    life.bench.now = life.bench.at(5)
    await life.bench.told(alert(title, began, ends_at=life.bench.now))
    return (await life.states())[title]


async def test_before_the_first_look_nothing_ends_without_proof(fresh: Database) -> None:
    """Fact 21; trap 6: the hub starts, and the tool cannot be reached."""
    tool = Tool()
    async with lived(fresh, tool) as life:
        began = await fire(life, "A", "B")
    tool.breaks = {"standing": Transient("refused")}
    async with lived(fresh, tool, 1) as life:
        [ref] = await life.bench.refs("B")
        await life.bench.intake.told_of("am", {"B-shop": ref})
        [[sources]] = await life.bench.rows("SELECT sources FROM alert WHERE title = 'B'")
        key = orjson.loads(sources)["B-shop"][0]
        gone = Page((), gone=(Gone("alert", "B-shop", key, "deleted"),))
        await life.bench.intake.pull("am", "prometheus", gone, life.bench.now)
        await life.syncing.once("am")
        assert await life.states() == {"A": "firing", "B": "firing"}
        assert [one["reason"] for one in (await life.shown("B"))["refused"]] == [
            "silence_is_no_evidence"
        ]
        assert await end(life, "A", began) == "unverified"
        assert (await life.shown("A"))["doubt"]["reason"] == NOT_LOOKED
        tool.breaks, life.bench.now = {}, life.bench.at(10)
        await life.syncing.once("am")
        assert (await life.states())["A"] == "unverified"  # not to be listed proves nothing
        [[sources]] = await life.bench.rows("SELECT sources FROM alert WHERE title = 'A'")
        tool.became = {
            "A-shop": Gone("alert", "A-shop", orjson.loads(sources)["A-shop"][0], "ended")
        }
        await life.syncing.once("am", full=True)
        assert (await life.states())["A"] == "resolved"


async def test_a_doubt_and_its_reason_outlive_the_hub_that_had_it(fresh: Database) -> None:
    tool = Tool()
    async with lived(fresh, tool) as life:
        began = await fire(life, "A", "B")
        tool.alive = False
        await life.syncing.once("am")
        assert await end(life, "A", began) == "unverified"
        before = (await life.shown("A"))["doubt"]
    tool.breaks = {"standing": Transient("refused")}
    async with lived(fresh, tool, 1) as life:
        assert life.syncing.pulses["am"].doubt == "no heartbeat"
        await life.syncing.once("am")
        assert (await life.states(), (await life.shown("A"))["doubt"]) == (
            {"A": "unverified", "B": "firing"}, before,
        )  # fmt: skip
        assert await end(life, "B", began) == "unverified"


async def test_the_time_in_which_no_hub_ran_brings_no_time_out(fresh: Database) -> None:
    tool = Tool()
    async with lived(fresh, tool) as life:
        began = await fire(life, "A")
        tool.alive = False
        await life.syncing.once("am")
        await end(life, "A", began)
    async with lived(fresh, tool, 1) as life:
        life.bench.now = life.bench.at(24 * 3600)
        await life.bench.intake.stop()
        await life.bench.intake.start()  # a day later
        await life.bench.after(3500)
        assert await life.states() == {"A": "unverified"}
        await life.bench.after(200)
        shown = await life.shown("A")
        assert (shown["status"], shown["end_kind"], shown["end_reason"]) == (
            "expired", "timeout", "timeout",
        )  # fmt: skip
        assert [one["cause"] for one in shown["occurrences"]][-1] == "timeout"


async def test_a_paused_tool_is_believed_or_doubted_as_it_was(fresh: Database) -> None:
    """Nobody looks at it, so a doubt of its own would have no end."""
    tool = Tool()
    async with lived(fresh, tool) as life:
        began = await fire(life, "A", "B")
        await life.syncing.pause("am", paused=True)
    async with lived(fresh, tool, 1) as life:
        assert await end(life, "A", began) == "resolved"
        tool.alive = False
        await life.syncing.once("am")
    async with lived(fresh, tool, 2) as life:
        assert await end(life, "B", began) == "unverified"


def test_what_was_kept_of_a_connector_has_its_doubt() -> None:
    assert Pulse.of(Pulse(doubt="no heartbeat").kept()).doubt == "no heartbeat"
    assert Pulse.of(None).doubt is None


async def test_a_hub_that_ends_while_a_doubt_runs_out_does_end(fresh: Database) -> None:
    """What the tick brings in waits for a commit, so it must not outlive whoever commits."""
    async with opened(fresh) as bench:
        began = bench.now
        await bench.told(alert("A", began))
        bench.intake.doubt("am", "no heartbeat")
        bench.now = bench.at(5)
        await bench.told(alert("A", began, ends_at=bench.now))
        store, bench.now = bench.stores.ingest, bench.at(7200)

        async def slow(refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
            await asyncio.sleep(0.3)
            return await IngestStore.commit(store, refs, decide)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "commit", slow)
            bench.intake.outdated()  # the tick is due
            async with asyncio.timeout(20):
                while not bench.intake.queue.deliveries:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.01)
                await bench.intake.stop()
        assert dict(await bench.rows("SELECT title, status FROM alert")) == {"A": "expired"}
