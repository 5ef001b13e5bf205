"""What a person changed stands in the audit log, from what to what."""

from typing import Any

import orjson
import pytest

from hub.services.board import Listing, ListQuery
from hub.services.mapping_desk import KIND
from tests.integration.store.bench import ADA, Bench, alert

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench(bench: Bench) -> Bench:
    """Return an ingest with two alerts in one incident."""
    await bench.told(alert("A", bench.now), alert("B", bench.now))
    return bench


async def audited(bench: Bench, action: str) -> tuple[str, Any, Any]:
    """Return who, before and after of the newest line of an action."""
    listing = await bench.stores.board.page("audit", ListQuery(filters={"action": (action,)}))
    assert isinstance(listing, Listing)
    line = orjson.loads(listing.items[0])
    return line["who"], line["before"], line["after"]


async def test_an_edit_names_what_the_fields_said_before(bench: Bench) -> None:
    assert await bench.edit(1, status="acknowledged", title="Shop is down") is None
    who, before, after = await audited(bench, "incident.edit")
    assert who == ADA.name
    assert (before["status"], after["status"]) == ("open", "acknowledged")
    assert after["title"] == "Shop is down" != before["title"]
    assert set(before) == set(after)


async def test_a_verdict_names_the_one_before(bench: Bench) -> None:
    ((link, state),) = await bench.rows(
        "SELECT id, state FROM link WHERE source = 'hub:incident:1'"
    )
    for verdict in ("confirmed", "rejected"):
        await bench.stores.verdicts.judge(link, verdict, "ada", "seen it")
    assert (await audited(bench, "link.confirmed"))[1] == {"state": state, "by": None}
    _, before, after = await audited(bench, "link.rejected")
    assert before == {"state": "confirmed", "by": "ada"}
    assert after == {"state": "rejected", "reason": "seen it"}


async def test_a_split_names_where_the_alerts_were(bench: Bench) -> None:
    refs = await bench.refs("B")
    assert await bench.stores.verdicts.move(refs, ["hub:incident:1"], None, "ada")
    _, before, _ = await audited(bench, "incident.split")
    assert before == {"alerts": {refs[0]: "hub:incident:1"}, "number": 1}


async def test_a_version_names_the_one_that_it_takes_the_place_of(bench: Bench) -> None:
    documents = bench.stores.documents
    active = await documents.active_one(KIND, "prometheus/alert")
    assert active is not None
    draft = await documents.add_draft(KIND, active.name, active.text + "# mine\n", "ada")
    assert await documents.activate(draft.id, "ada")
    _, before, _ = await audited(bench, "mapping.activate")
    assert before == {"active": "prometheus/alert@1"}


async def test_a_retry_names_the_state_before(bench: Bench) -> None:
    await bench.told(alert("Odd", bench.now, severity="critical") | {"labels": {"alertname": 1}})
    ((id_, message),) = await bench.rows("SELECT id, message FROM quarantine")
    await bench.stores.deliveries.settle(id_, None, "ada")
    _, before, after = await audited(bench, "quarantine.retry")
    assert before == {"state": "open", "message": message}
    assert after == {"state": "solved"}
