"""A person says which alerts are one fault, and of which service an alert is: it stays so."""

from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest

from hub.services.reading import Reading
from hub.services.refusals import Refusal, Why
from hub.services.verdicts import AlertDesk
from hub.store import Database
from tests.integration.store.bench import ADA, Bench, alert, opened
from tests.integration.store.counting import wrong

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench(fresh: Database) -> AsyncIterator[Bench]:
    """Return an ingest on an empty store."""
    async with opened(fresh) as made:
        yield made


async def gather(bench: Bench, target: str | None, *titles: str) -> str | Refusal:
    refs = await bench.refs(*titles)
    return await bench.stores.verdicts.gather(refs, target, None, "ada")


async def members(bench: Bench) -> dict[str, int]:
    return dict(await bench.rows("SELECT title, incident FROM alert ORDER BY title"))


async def three(bench: Bench) -> None:
    """Let three alerts fire that are three incidents."""
    for minute, service in enumerate(("shop", "pay", "none")):
        at = bench.now - timedelta(hours=1) + timedelta(minutes=20 * minute)
        await bench.told(alert("ABC"[minute], at, service=service))


async def test_alerts_of_several_incidents_become_one_and_what_is_left_empty_is_merged(
    bench: Bench,
) -> None:
    await three(bench)
    assert await gather(bench, None, "A", "C") == "hub:incident:4"
    assert await members(bench) == {"A": 4, "B": 2, "C": 4}
    assert await bench.states() == {1: "merged", 2: "open", 3: "merged", 4: "open"}
    await bench.after(1)
    assert await wrong(bench) == []


async def test_an_alert_linked_to_an_incident_is_not_grouped_elsewhere(bench: Bench) -> None:
    await three(bench)
    assert await gather(bench, "hub:incident:2", "A") == "hub:incident:2"
    await bench.told(alert("A", bench.now - timedelta(hours=1), severity="warning"))
    await bench.after(1)
    assert await members(bench) == {"A": 2, "B": 2, "C": 3}
    assert await wrong(bench) == []
    noted = await bench.rows("SELECT who, action, ref FROM audit WHERE action LIKE 'incident.%'")
    assert noted == [("ada", "incident.gather", "hub:incident:2")]


async def test_nothing_is_moved_when_one_of_them_is_unknown_and_it_is_named(bench: Bench) -> None:
    await three(bench)
    refs = [*await bench.refs("A", "B"), "am:alert:none"]
    refused = await bench.stores.verdicts.gather(refs, None, None, "ada")
    assert isinstance(refused, Refusal)
    assert refused.why is Why.INVALID
    assert [(one.loc, one.type) for one in refused.errors] == [("alerts.2", "not_found")]
    assert await members(bench) == {"A": 1, "B": 2, "C": 3}


async def test_an_alert_that_is_there_already_is_not_counted_twice(bench: Bench) -> None:
    await three(bench)
    for _ in range(2):
        assert await gather(bench, "hub:incident:1", "A", "B") == "hub:incident:1"
    assert await bench.rows("SELECT alerts, firing FROM incident WHERE no = 1") == [(2, 2)]


@pytest.mark.parametrize("status", ["closed", "false_positive"])
async def test_an_incident_that_is_over_takes_none(bench: Bench, status: str) -> None:
    await three(bench)
    await bench.edit(1, status=status)
    refused = await gather(bench, "hub:incident:1", "B")
    assert isinstance(refused, Refusal)
    assert refused.why is Why.CONFLICT


async def service(bench: Bench, title: str) -> tuple[str | None, list[str]]:
    query = f"SELECT service, body FROM alert WHERE title = '{title}'"  # noqa: S608
    ((found, body),) = await bench.rows(query)
    return found, [one["code"] for one in orjson.loads(bytes(body))["service_reasons"]]


async def assign(bench: Bench, title: str, service: str | None) -> bytes | Refusal:
    board = Reading(bench.stores.board, bench.intake.context, ())
    desk = AlertDesk(bench.stores.verdicts, board, bench.intake)
    return await desk.assign((await bench.refs(title))[0], service, ADA)


async def test_the_service_that_a_person_named_stays_whatever_else_is_told(bench: Bench) -> None:
    await three(bench)
    assert isinstance(await assign(bench, "C", "pay"), bytes)
    assert await service(bench, "C") == ("pay", ["service_by_person"])
    begin = bench.now - timedelta(hours=1) + timedelta(minutes=40)
    await bench.told(alert("C", begin, service="none", severity="warning"))
    bench.intake.outdated()
    await bench.after(1)
    assert (await service(bench, "C"))[0] == "pay"
    assert await wrong(bench) == []


async def test_another_word_replaces_the_first_and_none_takes_it_back(bench: Bench) -> None:
    await three(bench)
    for wanted in ("pay", "shop"):
        await assign(bench, "C", wanted)
        assert (await service(bench, "C"))[0] == wanted
    await assign(bench, "C", None)
    assert await service(bench, "C") == (None, ["service_unknown"])
    noted = await bench.rows("SELECT action FROM audit WHERE action = 'alert.service'")
    assert len(noted) == 3


async def test_a_service_that_is_not_in_the_catalogue_is_refused_by_name(bench: Bench) -> None:
    await three(bench)
    refused = await assign(bench, "C", "shopp")
    assert isinstance(refused, Refusal)
    assert (refused.why, refused.errors[0].loc) == (Why.INVALID, "service")
    assert "shopp" in refused.detail
