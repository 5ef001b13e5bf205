"""What is much is done in pieces, so that deliveries take their turn in between."""

from collections.abc import Callable, Sequence

import pytest

from hub.services.ingest.intake import REFRESHED, RELINKED
from hub.services.ingest.rows import Snapshot, WriteSet
from tests.integration.hub.samples import day, plan
from tests.integration.store.bench import SERVICES, Bench, alert

pytestmark = pytest.mark.slow

MANY = 2 * REFRESHED + 1
DELIVERS = "tier: 1, delivers: [{project: ERP, milestone: Go-live}]"


async def test_many_open_incidents_follow_the_clock_in_pieces(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.bring_in(plan({"Go-live": day(9)}))
    await bench.catalogue(SERVICES.replace("tier: 1", DELIVERS, 1))
    # Far enough apart to be incidents of their own.
    hours = 3600
    for n in range(MANY):
        await bench.told(alert(f"A{n}", bench.at(-n * hours)))
    query = "SELECT count(*), min(exposure), max(exposure) FROM incident WHERE status = 'open'"
    ((count, before, _),) = await bench.rows(query)
    assert count == MANY
    sizes: list[int] = []
    commit = bench.database.commit

    async def watched(refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
        done = await commit(refs, decide)
        sizes.append(max(len(done.incidents), len(done.alerts)))
        return done

    monkeypatch.setattr(bench.database, "commit", watched)
    await bench.after(5 * 24 * hours)
    ((_, after, highest),) = await bench.rows(query)
    assert before < after == highest
    assert max(sizes) <= REFRESHED
    assert sum(sizes) >= MANY


async def test_a_new_catalogue_reaches_every_firing_alert(bench: Bench) -> None:
    many = RELINKED + 1
    for at in range(0, many, 500):
        await bench.told(*(alert(f"A{n}", bench.now) for n in range(at, min(many, at + 500))))
    await bench.catalogue(SERVICES.replace("ref: shop", "ref: store"))
    await bench.after(1)
    query = "SELECT service, count(*) FROM alert GROUP BY service"
    assert await bench.rows(query) == [("store", many)]
    assert await bench.rows("SELECT firing FROM incident") == [(many,)]


async def test_only_what_can_still_be_joined_is_read_with_its_alerts(bench: Bench) -> None:
    hour = 3600
    await bench.told(alert("Old", bench.at(-30 * hour)))
    await bench.told(alert("New", bench.at(-5)))
    found = await bench.stores.ingest.live()
    assert [row.title for row in found.incidents] == ["Old", "New"]
    assert [row.title for row in found.members] == ["New"]
    await bench.edit(1, title="Known for long")  # the ingest reads it all anew
    await bench.told(alert("Old", bench.at(-30 * hour), ends_at=bench.now))
    await bench.told(alert("Newer", bench.now))
    assert await bench.rows("SELECT title, incident, status FROM alert ORDER BY starts_at") == [
        ("Old", 1, "resolved"),
        ("New", 2, "firing"),
        ("Newer", 2, "firing"),
    ]
    assert await bench.rows("SELECT no, firing FROM incident ORDER BY no") == [(1, 0), (2, 2)]
