"""What the filters and counters of alerts find, on both stores."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from hub.services.board import Listing, ListQuery
from hub.services.reading import Reading
from hub.services.refusals import Refusal, Why
from hub.store import Database
from tests.integration.hub.samples import day, plan
from tests.integration.store.bench import Bench, alert, opened

pytestmark = pytest.mark.slow

SERVICES = """
services:
  - ref: shop
    name: Shop
    tier: 1
    owner: 商城组
    match: {labels: {service: [shop]}}
    delivers: [{project: ERP, milestone: Go-live}, {project: ERP, milestone: Payments}]
  - {ref: pay, name: Pay, tier: 1, match: {labels: {service: [pay]}}}
"""


@pytest.fixture
async def board(fresh: Database) -> AsyncIterator[Reading]:
    """Return a board with five alerts of three incidents."""
    async with opened(fresh) as bench:
        await bench.bring_in(plan({"Go-live": day(9), "Payments": day(9)}))
        await bench.catalogue(SERVICES)
        await fill(bench)
        yield Reading(bench.stores.board, bench.intake.context, ())


async def fill(bench: Bench) -> None:
    await bench.told(
        alert("Lag", bench.now, host="db-1"),
        {**alert("Lag", bench.now, host='d"b-2', severity="warning"), "fingerprint": "another"},
    )
    await bench.after(600)
    await bench.told(alert("Full", bench.now, service="pay", team="a=b"))
    gone = alert("Gone", bench.now, service="pay", ends_at=bench.now)
    await bench.told(gone, alert("Stray", bench.now, service="none", note="host=db-1"))


def asked(**filters: object) -> ListQuery:
    many = {n: v if isinstance(v, tuple) else (str(v),) for n, v in filters.items()}
    return ListQuery(limit=50, filters=many)


async def found(board: Reading, **filters: object) -> list[str]:
    listing = await board.page("alerts", asked(**filters))
    assert isinstance(listing, Listing), listing
    return sorted(orjson.loads(one)["title"] for one in listing.items)


@pytest.mark.parametrize(
    ("labels", "titles"),
    [
        (("host=db-1",), ["Lag"]),
        (('host=d"b-2',), ["Lag"]),
        (("host=db-1", 'host=d"b-2'), ["Lag", "Lag"]),
        (("host=db-1", "service=pay"), []),
        (("team=a=b",), ["Full"]),
        (("host=db%",), []),
        (("summary=",), []),
    ],
)
async def test_a_label_is_matched_whole_and_by_its_name(
    board: Reading, labels: tuple[str, ...], titles: list[str]
) -> None:
    assert await found(board, label=labels) == titles


async def test_an_owner_is_that_of_the_service_and_the_empty_word_is_nobody(
    board: Reading,
) -> None:
    assert await found(board, owner="商城组") == ["Lag", "Lag"]
    assert await found(board, owner="商城组", service="pay") == []
    assert await found(board, owner="") == ["Full", "Gone", "Stray"]
    assert await found(board, owner="someone else") == []


async def test_what_has_no_service_or_incident_is_found_by_the_empty_word(board: Reading) -> None:
    assert await found(board, service="") == ["Stray"]
    assert await found(board, service=("", "pay")) == ["Full", "Gone", "Stray"]
    assert await found(board, incident="") == ["Gone"]


async def test_alerts_are_sorted_by_their_last_change_too(board: Reading) -> None:
    for sort in ("changed_at", "first_seen_at"):
        listing = await board.page("alerts", ListQuery(limit=50, sort=f"-{sort}"))
        assert isinstance(listing, Listing)
        assert {orjson.loads(one)["title"] for one in listing.items[-2:]} == {"Lag"}


async def counted(board: Reading, **filters: object) -> dict[tuple[str, int], int]:
    told: Any = await board.tally(asked(**filters))
    return {(one["status"], one["severity"]): one["alerts"] for one in told["items"]}


async def test_alerts_are_counted_by_state_and_severity(board: Reading) -> None:
    assert await counted(board) == {("firing", 5): 3, ("firing", 2): 1, ("resolved", 5): 1}
    assert await counted(board, owner="商城组") == {("firing", 5): 1, ("firing", 2): 1}


async def grouped(board: Reading, by: str) -> list[tuple[str | None, str | None, int, int]]:
    told: Any = await board.groups(by, ListQuery(limit=50))
    assert told["total"] == len(told["items"])
    return [(one["key"], one["title"], one["alerts"], one["firing"]) for one in told["items"]]


async def test_groups_name_what_the_filter_takes_and_what_is_of_none(board: Reading) -> None:
    assert await grouped(board, "service") == [
        ("shop", "shop", 2, 2),
        ("pay", "pay", 2, 1),
        (None, None, 1, 1),
    ]
    assert ("hub:incident:1", "Lag", 2, 2) in await grouped(board, "incident")
    assert ("Lag", "Lag", 2, 2) in await grouped(board, "title")
    assert ("Full-pay", "Full-pay", 1, 1) in await grouped(board, "fingerprint")
    assert await found(board, fingerprint="Full-pay") == ["Full"]
    assert await found(board, title="Lag") == ["Lag", "Lag"]


async def test_an_alert_that_hurts_two_milestones_is_in_two_groups(board: Reading) -> None:
    told = {key: alerts for key, _, alerts, _ in await grouped(board, "milestone")}
    assert told == {"file:milestone:ERP/101": 2, "file:milestone:ERP/102": 2, None: 3}


async def test_a_filter_that_is_none_is_refused_by_name(board: Reading) -> None:
    for answer in (
        await board.tally(asked(nope="1")),
        await board.groups("title", asked(nope="1")),
    ):
        assert isinstance(answer, Refusal)
        assert (answer.why, answer.errors[0].loc) == (Why.INVALID, "nope")
