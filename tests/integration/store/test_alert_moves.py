"""The moves of an alert as anybody reads them: what moved it, what did not, and that it flaps."""

from datetime import datetime
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from connectors.prometheus import parse
from hub.contract import Gone, Page
from hub.services.board import Listing, ListQuery
from hub.services.ingest.trace import REFUSED
from tests.integration.store.bench import ADA, Bench, alert

pytestmark = pytest.mark.slow


async def read(bench: Bench, title: str = "A") -> dict[str, Any]:
    """Read an alert as the API shows it."""
    [ref] = await bench.refs(title)
    found = await bench.stores.board.one("alerts", ref)
    assert found is not None
    made: dict[str, Any] = orjson.loads(found)
    return made


async def listed(bench: Bench, **filters: str) -> list[str]:
    """Return the titles of the alerts that a filter finds."""
    asked = ListQuery(filters={name: (value,) for name, value in filters.items()})
    found = await bench.stores.board.page("alerts", asked)
    assert isinstance(found, Listing)
    return [orjson.loads(one)["title"] for one in found.items]


async def gone(bench: Bench, why: str, began: datetime) -> None:
    """Say that the tool no longer has an alert."""
    [ref] = await bench.refs("A")
    [[key]] = [list(orjson.loads(row[0]).values()) for row in await bench.rows(_SOURCES)]
    await bench.intake.told_of("am", {"A-shop": ref})
    page = Page((), gone=(Gone("alert", "A-shop", key[0], why),))
    await bench.intake.pull("am", "prometheus", page, began)


_SOURCES = "SELECT sources FROM alert"


async def test_each_move_says_from_where_to_where_when_by_what_and_how_an_end_is_known(
    bench: Bench,
) -> None:
    began = bench.now
    await bench.told(alert("A", began))
    [ref] = await bench.refs("A")
    await bench.stores.verdicts.acknowledge(ref, "on it", ADA.name)
    await gone(bench, "deleted", bench.at(60))
    bench.now = bench.at(120)
    await bench.told(alert("A", began))
    bench.now = bench.at(60)
    await bench.told(alert("A", began, ends_at=bench.now))
    told = await read(bench)
    shown = [
        [one[name] for name in ("event", "from_state", "to_state", "cause", "end_kind", "reason")]
        for one in told["occurrences"]
    ]
    assert sorted(shown, key=str) == sorted(
        [
            ["fired", None, "firing", "delivery", None, None],
            ["acked", None, None, "person", None, None],
            ["expired", "firing", "expired", "look", "gone", "deleted"],
            ["fired", "expired", "firing", "delivery", None, None],
            ["resolved", "firing", "resolved", "delivery", "reported", None],
        ],
        key=str,
    )
    assert [one["by"] for one in told["occurrences"] if one["cause"] == "person"] == ["ada"]
    moved = [one for one in told["occurrences"] if one["to_state"]]
    assert all(one["receipt"].startswith("am:") for one in moved)
    assert (told["end_kind"], told["end_reason"]) == ("reported", None)


async def test_an_end_that_was_found_by_looking_says_so_wherever_the_alert_is_shown(
    bench: Bench,
) -> None:
    await bench.told(alert("A", bench.now))
    await gone(bench, "ended", bench.at(60))
    told = await read(bench)
    assert (told["status"], told["end_kind"], told["end_reason"]) == (
        "expired", "inferred_poll", "ended",
    )  # fmt: skip
    assert await listed(bench, status="expired") == ["A"]


async def test_a_doubt_says_since_when_why_and_what_was_reported(bench: Bench) -> None:
    """Fact 21."""
    await bench.told(alert("A", bench.now))
    ended = bench.at(30)
    bench.now = bench.at(60)
    bench.intake.doubt("am", "the heartbeat was not heard")
    await bench.told(alert("A", bench.at(-60), ends_at=ended))
    doubt = (await read(bench))["doubt"]
    assert doubt["reason"] == "the heartbeat was not heard"
    assert datetime.fromisoformat(doubt["reported_at"]) == ended
    assert datetime.fromisoformat(doubt["since"]) == bench.now
    bench.intake.believe("am")
    await gone(bench, "settled", bench.at(90))
    told = await read(bench)
    assert ("doubt" in told, told["end_kind"], told["end_reason"]) == (
        False, "reported", "settled",
    )  # fmt: skip
    assert [one["cause"] for one in told["occurrences"] if one["to_state"] == "resolved"] == [
        "look"
    ]


async def test_what_moves_nothing_is_kept_once_counted_and_told_to_the_log_once(
    bench: Bench,
) -> None:
    """Facts 15 and 18: the other Alertmanager of a pair goes on saying that it fires."""
    began = bench.now
    await bench.told(alert("A", began))
    await bench.told(alert("A", began, ends_at=bench.at(5)))
    before = await bench.rows("SELECT version FROM alert")
    with capture_logs() as logs:
        for _ in range(3):
            await bench.told(alert("A", began))
    told = await read(bench)
    assert told["status"] == "resolved"
    [refused] = told["refused"]
    assert {refused[name] for name in ("state", "telling", "reason")} == {
        "resolved", "fires", "resolved_is_final",
    }  # fmt: skip
    assert refused["receipt"].endswith("#0")
    assert dict(bench.intake.meter.moves_refused) == {("am", "resolved_is_final"): 3}
    said = [one for one in logs if one["event"] == "move refused"]
    assert [(one["alert"], one["reason"]) for one in said] == [(told["ref"], "resolved_is_final")]
    assert await bench.rows("SELECT version FROM alert") == before


async def test_only_the_newest_refused_moves_of_an_alert_are_kept(bench: Bench) -> None:
    for n in range(REFUSED + 3):
        began = bench.at(n * 600)
        await bench.told(alert("A", began))
        await bench.told(alert("A", began, ends_at=bench.at(n * 600 + 5)))
        await bench.told(alert("A", began))
    refused = (await read(bench))["refused"]
    assert len(refused) == REFUSED
    assert len({one["source_key"] for one in refused}) == REFUSED


async def flap(bench: Bench, times: int, *, off: float, on: float = 20) -> None:
    """Let an alert end and begin so often."""
    for _ in range(times):
        await bench.told(alert("A", bench.now))
        began, bench.now = bench.now, bench.at(on)
        await bench.told(alert("A", began, ends_at=bench.now))
        await bench.after(off)


async def test_an_alert_that_flaps_says_from_when_until_when_and_is_told_once(
    bench: Bench,
) -> None:
    await bench.told(alert("B", bench.now))
    await flap(bench, 4, off=30)
    await bench.told(alert("A", bench.now))
    told = await read(bench)
    mark = {name: datetime.fromisoformat(at) for name, at in told["flapping"].items()}
    reached = bench.at(-100)  # the third beginning
    assert mark == {"since": reached, "until": bench.at(3600)}
    events = [one["event"] for one in told["occurrences"]]
    assert (events.count("flapping"), told["flaps"], told["episode"]) == (1, 4, 1)
    assert await listed(bench, flapping="true") == ["A"]
    assert await listed(bench, flapping="false") == ["B"]
    changes = "SELECT count(*) FROM change WHERE kind = 'alert' AND ref = :ref"
    [[count]] = await bench.rows(changes.replace(":ref", f"'{told['ref']}'"))
    assert count == 9  # one for each telling, none for the mark alone


async def test_what_flapped_hours_ago_does_not_flap_now(bench: Bench) -> None:
    bench.now = bench.at(-3 * 3600)
    await flap(bench, 4, off=30)
    assert (await read(bench))["flapping"] is None
    assert await listed(bench, flapping="true") == []


async def test_an_incident_is_not_resolved_and_opened_by_each_flap(bench: Bench) -> None:
    """Off for longer than the quiet time: from the fifth transition on the mark holds it open."""
    await flap(bench, 3, off=100)
    states = set[str]()
    for _ in range(4):
        await flap(bench, 1, off=100)
        states |= set((await bench.states()).values())
    assert states == {"open"}
    await bench.after(3600 - 100 + 59)
    assert await bench.states() == {1: "open"}
    await bench.after(1)
    assert await bench.states() == {1: "resolved"}


async def test_a_pause_shorter_than_the_quiet_time_leaves_the_incident_alone(bench: Bench) -> None:
    await flap(bench, 2, off=30)
    await bench.told(alert("A", bench.now))
    [[state]] = await bench.rows("SELECT state FROM incident")
    assert (await bench.states(), orjson.loads(state)["reopened"]) == ({1: "open"}, 0)


async def test_fact_21_an_end_that_came_after_the_last_sign_of_life_waits_for_a_look(
    bench: Bench,
) -> None:
    """An alert may have run out because its source died: only a later sign of life tells."""
    rung: list[str] = []
    bench.intake.bell = rung.append
    began = bench.now
    await bench.told(alert("A", began), alert("B", began), alert("C", began))
    bench.intake.believe("am", bench.at(30))
    bench.now = bench.at(60)
    await bench.told(alert("A", began, ends_at=bench.at(-30)))
    assert (await read(bench))["status"] == "resolved"
    assert rung == []
    await bench.told(alert("B", began, ends_at=bench.at(-29)))
    assert rung == ["am"]
    doubted = await read(bench, "B")
    assert (doubted["status"], doubted["doubt"]["reason"]) == ("unverified", "not_heard_since")
    bench.intake.believe("am")
    await bench.told(alert("C", began, ends_at=bench.at(-29)))
    assert (await read(bench, "C"))["status"] == "resolved"
    assert rung == ["am"]


async def test_an_end_that_was_asked_for_is_believed_whatever_came_last(bench: Bench) -> None:
    began = bench.now
    await bench.told(alert("A", began))
    bench.intake.believe("am", began)
    ended = alert("A", began, ends_at=bench.at(60))
    await bench.intake.pull("am", "prometheus", Page((parse.alert(ended),)), bench.at(60))
    assert (await read(bench))["status"] == "resolved"


async def test_a_doubted_end_that_a_look_tells_in_the_same_words_is_one(bench: Bench) -> None:
    """Prometheus remembers the very end that the webhook told of."""
    began = bench.now
    await bench.told(alert("A", began))
    bench.intake.believe("am", began)
    bench.now = bench.at(60)
    ended = alert("A", began, ends_at=bench.at(-5))
    await bench.told(ended)
    await bench.told(ended)  # the other Alertmanager of a pair
    assert (await read(bench))["status"] == "unverified"
    await bench.intake.pull("am", "prometheus", Page((parse.alert(ended),)), bench.at(1))
    told = await read(bench)
    assert (told["status"], told["end_kind"]) == ("resolved", "reported")
