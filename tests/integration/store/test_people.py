"""What a person set stays, whatever comes in or is linked again."""

from datetime import timedelta

import pytest

from hub.services.board import Listing, ListQuery
from hub.services.refusals import Refusal, Why
from hub.services.verdicts import Edit
from tests.integration.store.bench import SERVICES, Bench, alert

pytestmark = pytest.mark.slow


async def test_a_changed_catalogue_does_not_reopen_what_a_person_resolved(bench: Bench) -> None:
    await bench.told(alert("A", bench.now))
    assert await bench.edit(1, status="resolved") is None
    await bench.catalogue(SERVICES.replace("service: [shop]", "service: [shop], alertname: [A]"))
    await bench.after(1)
    assert await bench.states() == {1: "resolved"}
    await bench.catalogue(SERVICES.replace("ref: shop", "ref: store"))
    await bench.after(1)
    assert await bench.rows("SELECT service FROM alert") == [("store",)]
    assert await bench.states() == {1: "resolved"}


async def split(bench: Bench, number: int, *titles: str) -> str | Refusal:
    refs = await bench.refs(*titles)
    return await bench.stores.verdicts.move(refs, [f"hub:incident:{number}"], None, "ada")


async def members(bench: Bench) -> dict[str, int]:
    return dict(await bench.rows("SELECT title, incident FROM alert ORDER BY title"))


async def test_what_a_person_split_is_not_grouped_together_again(bench: Bench) -> None:
    begin = bench.at(-2000)
    await bench.told(*(alert(f"late {n}", begin + timedelta(seconds=400 + n)) for n in range(3)))
    assert await split(bench, 1, "late 2") == "hub:incident:2"
    await bench.after(1)
    # Onsets from before come to light late: the alerts around them are grouped anew.
    await bench.told(*(alert(f"early {n}", begin + timedelta(seconds=300 + n)) for n in range(3)))
    await bench.after(1)
    grouped = await members(bench)
    assert (grouped["late 0"], grouped["late 1"], grouped["late 2"]) == (1, 1, 2)


async def test_a_split_counts_the_quiet_time_from_the_split(bench: Bench) -> None:
    await bench.told(alert("A", bench.now - timedelta(hours=5)))
    await split(bench, 1, "A")
    await bench.after(1)
    assert await bench.states() == {1: "open", 2: "open"}
    await bench.after(120)
    assert await bench.states() == {1: "resolved", 2: "open"}


async def test_an_incident_made_of_ended_alerts_resolves(bench: Bench) -> None:
    begin = bench.now
    await bench.told(alert("A", begin), alert("B", begin))
    await bench.told(alert("B", begin, ends_at=begin + timedelta(seconds=5)))
    await split(bench, 1, "B")
    await bench.after(120)
    assert await bench.states() == {1: "open", 2: "resolved"}


@pytest.mark.parametrize("status", ["closed", "false_positive"])
async def test_no_alert_is_hidden_in_an_incident_that_is_over(bench: Bench, status: str) -> None:
    await bench.told(alert("A", bench.now), alert("B", bench.now, service="pay"))
    await bench.edit(1, status=status)
    refused = await bench.stores.verdicts.move(None, ["hub:incident:2"], "hub:incident:1", "ada")
    assert isinstance(refused, Refusal)
    assert refused.why is Why.CONFLICT
    assert await members(bench) == {"A": 1, "B": 2}


async def test_a_merged_incident_is_not_opened_again(bench: Bench) -> None:
    await bench.told(alert("A", bench.now), alert("B", bench.now, service="pay"))
    merge = bench.stores.verdicts.move
    twice = ["hub:incident:2", "hub:incident:2"]
    assert await merge(None, twice, "hub:incident:1", "ada") == "hub:incident:1"
    refused = await bench.edit(2, status="open")
    assert refused is not None
    assert (refused.why, refused.detail) == (
        Why.CONFLICT,
        "hub:incident:2 was merged into hub:incident:1; change that one",
    )
    assert await bench.states() == {1: "open", 2: "merged"}
    counts = await bench.rows("SELECT no, alerts, firing FROM incident ORDER BY no")
    assert counts == [(1, 2, 2), (2, 0, 0)]


async def test_a_number_that_no_database_holds_is_no_incident(bench: Bench) -> None:
    ref = "hub:incident:" + "9" * 30
    refused = await bench.stores.verdicts.edit(Edit(ref, {"title": "x"}, None, "ada"))
    assert isinstance(refused, Refusal)
    assert refused.why is Why.NOT_FOUND
    listing = await bench.stores.board.page("alerts", ListQuery(filters={"incident": (ref,)}))
    assert isinstance(listing, Listing)
    assert listing.items == []


async def test_a_change_of_one_incident_is_no_new_version_of_the_others(bench: Bench) -> None:
    await bench.told(alert("A", bench.now), alert("B", bench.now, service="pay"))
    await bench.after(1)
    before = await bench.rows("SELECT version FROM incident WHERE no = 1")
    await bench.edit(2, title="Payments fail")
    await bench.after(61)  # everything is read anew, and weighed
    await bench.told(alert("C", bench.now, service="pay"))
    await bench.after(61)
    assert await bench.rows("SELECT version FROM incident WHERE no = 1") == before
