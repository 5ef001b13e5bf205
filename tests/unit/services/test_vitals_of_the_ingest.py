"""What the metrics say after the real ingest took deliveries into a real store."""

import json
from datetime import UTC, datetime

from hub.services.desks import Accepted
from hub.services.feed import LiveFeed
from hub.services.refusals import Refusal
from hub.services.telling import BusHealth
from hub.services.vitals import Vitals
from hub.store.changelog import StoredChanges
from hub.store.documents import Documents
from hub.store.sqlite import Sqlite
from tests.unit.services.test_mapping_desk import NAME, TEXT, alert, running
from tests.unit.services.test_vitals import values


class NoBus:
    def health(self) -> BusHealth:
        return BusHealth("memory", True, datetime.now(UTC), told=0)


async def test_deliveries_repeats_refusals_and_misfits_are_counted(database: Sqlite) -> None:
    await Documents(database).offer("mapping", NAME, "shipped", TEXT)
    feed = LiveFeed(StoredChanges(database))
    database.told = feed.told
    await feed.start()
    good = {"authorization": "Bearer s"}
    alerts = [alert("one"), alert("two"), alert("three") | {"endsAt": "soon"}]
    body = json.dumps({"version": "4", "alerts": alerts}).encode()
    async with running(database) as intake:
        vitals = Vitals(database, NoBus(), feed, intake)
        for _ in range(2):
            assert isinstance(await intake.receive("am-main", good, body), Accepted)
        assert isinstance(await intake.receive("am-main", {}, body), Refusal)
        assert isinstance(await intake.receive("am-main", good, b"{}"), Refusal)
        found = await values(vitals)
    assert found["milepost_deliveries_total", ("am-main",)] == 2
    assert found["milepost_records_total", ("am-main",)] == 6
    assert found["milepost_repeats_total", ("am-main",)] == 2
    assert found["milepost_quarantined_total", ("am-main",)] == 2
    assert found["milepost_refused_total", ("am-main", "unauthorised")] == 1
    assert found["milepost_refused_total", ("am-main", "invalid")] == 1
    assert found["milepost_commits_total", ()] == 2
    assert found["milepost_commit_deliveries_sum", ()] == 2
    assert found["milepost_waiting_deliveries", ()] == 0
    assert found["milepost_change_number", ()] == await database.clock()
    assert (await vitals.ready()).ready is True
    await feed.stop()
