"""A replay through the same mapping is the ingest again: it changes nothing."""

from collections.abc import Mapping

import pytest

from hub.services.replaying import ReplayDesk, Stored
from hub.store import deliveries
from tests.integration.hub.samples import day, plan
from tests.integration.store.bench import ADA, Bench, alert

pytestmark = pytest.mark.slow

ROWS = "SELECT title, severity, status, seen, version, receipt, sources, body FROM alert"


async def no_plan(stored: Stored, diff: bool) -> Mapping[str, int]:  # noqa: FBT001
    del stored, diff
    return {"records": 0, "created": 0, "updated": 0, "removed": 0}


async def replay(bench: Bench, *, diff: bool) -> Mapping[str, object]:
    desk = ReplayDesk(
        bench.stores.deliveries, bench.intake, bench.work, bench.receivers, no_plan, ["am"]
    )  # fmt: skip
    report = await desk.start(None, None, diff=diff, who=ADA)
    assert isinstance(report, Mapping), report
    return report


async def pieces(bench: Bench) -> list[list[int]]:
    found = bench.stores.deliveries.deliveries(None, None)
    return [[one.id for one in piece] async for piece in found]


def saying(words: str, told: dict[str, object]) -> dict[str, object]:
    return {**told, "annotations": {"summary": words}}


async def test_what_repeats_with_other_words_is_no_news_in_a_replay_either(bench: Bench) -> None:
    begin = bench.now
    for load in (91, 95, 99):
        await bench.told(saying(f"load is {load}", alert("A", begin)))
        await bench.after(300)
    await bench.told(saying("load was 99", alert("B", begin, ends_at=bench.now)))
    before = await bench.rows(ROWS)
    assert before[0][0] == "load is 91"
    for diff in (True, False, True):
        report = await replay(bench, diff=diff)
        assert (report["created"], report["changed"]) == (0, 0)
        assert await bench.rows(ROWS) == before


async def test_the_words_are_those_of_the_latest_start_of_a_pair(bench: Bench) -> None:
    later = saying("later", alert("A", bench.at(-10), replica="b"))
    earlier = saying("earlier", alert("A", bench.at(-20), replica="a"))
    await bench.told({**later, "fingerprint": "b"})
    await bench.told({**earlier, "fingerprint": "a"})
    before = await bench.rows(ROWS)
    assert [row[0] for row in before] == ["later"]
    report = await replay(bench, diff=False)
    assert report["changed"] == 0
    assert await bench.rows(ROWS) == before


async def test_each_plan_is_replayed_from_its_newest_file_whatever_that_is_called(
    bench: Bench,
) -> None:
    for key in ("ERP", "CRM", "ERP"):
        await bench.bring_in(plan({"Go-live": day(9)}), key=key)
    asked: list[tuple[str | None, int]] = []

    async def plan_again(stored: Stored, diff: bool) -> Mapping[str, int]:  # noqa: FBT001
        asked.append((stored.plan, stored.id))
        return await no_plan(stored, diff)

    desk = ReplayDesk(
        bench.stores.deliveries, bench.intake, bench.work, bench.receivers, plan_again, ["am"]
    )  # fmt: skip
    await desk.start(None, None, diff=True, who=ADA)
    numbers = [row[0] for row in await bench.rows("SELECT id FROM journal ORDER BY id")]
    assert sorted(asked) == [("file:project:CRM", numbers[1]), ("file:project:ERP", numbers[2])]


async def test_large_deliveries_are_read_again_a_few_at_a_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        await bench.told(saying("x" * 1000 * (n % 2), alert(f"A{n}", bench.now)))
    whole = await pieces(bench)
    assert len(whole) == 1
    monkeypatch.setattr(deliveries, "PIECE_BYTES", 2000)
    parts = await pieces(bench)
    assert len(parts) > 1
    assert [n for part in parts for n in part] == whole[0]
    monkeypatch.setattr(deliveries, "PIECE_BYTES", 1)
    assert await pieces(bench) == [[n] for n in whole[0]]
