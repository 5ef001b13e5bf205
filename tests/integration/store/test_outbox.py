"""The outbox on both stores: wishes, claims, what became of them, and the kill switch."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from hub.services.acting.ports import Planned, Settled, Wish
from hub.services.acting.words import ALREADY, Write, WriteState
from hub.services.board import ListQuery
from hub.services.refusals import Refusal, Why
from hub.store import Database
from hub.store.outbox import LEASE
from hub.store.tables import operation as operation_row
from tests.integration.store.bench import Bench, alert, opened

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench(fresh: Database) -> AsyncIterator[Bench]:
    async with opened(fresh) as bench:
        yield bench


async def fired(bench: Bench, name: str = "Down") -> str:
    await bench.told(alert(name, bench.now))
    return (await bench.refs(name))[0]


def wish(ref: str, write: Write = Write.ACKNOWLEDGE, message: str = "on it", **more: Any) -> Wish:
    return Wish(ref, write, {"message": message, "by": "ada"}, "ada", "alert", **more)


async def wanted(bench: Bench, one: Wish) -> tuple[str, ...]:
    refs = await bench.stores.outbox.want(one)
    assert not isinstance(refs, Refusal), refs
    return refs


def level(ref: str, number: int, **more: Any) -> Wish:
    return Wish(ref, Write.SEVERITY, {"severity": number, "by": "ada"}, "ada", "alert", **more)


async def claimed(bench: Bench) -> Planned:
    found = await bench.stores.outbox.claim("am")
    assert found is not None
    return found


async def ledger(bench: Bench, **filters: tuple[str, ...]) -> list[Any]:
    page = await bench.stores.board.page("operations", ListQuery(filters=filters))
    assert not isinstance(page, Refusal)
    return [orjson.loads(item) for item in page.items]


async def test_a_wish_is_claimed_once_and_stands_in_the_ledger(bench: Bench) -> None:
    ref = await fired(bench)
    (operation,) = await wanted(bench, wish(ref))
    planned = await claimed(bench)
    assert (planned.alert, planned.write, planned.attempts) == (ref, Write.ACKNOWLEDGE, 1)
    assert planned.series == "Down-shop"
    assert planned.record.startswith("Down-shop/")
    assert await bench.stores.outbox.claim("am") is None
    done = Settled(WriteState.CONFIRMED, "done", answer={"eventids": ["27"]})
    await bench.stores.outbox.settle(planned, done)
    (shown,) = await ledger(bench, alert=(ref,))
    assert (shown["ref"], shown["state"], shown["says"]) == (operation, "confirmed", "done")
    assert (shown["wanted"], shown["answer"]) == (
        {"by": "ada", "message": "on it"},
        {"eventids": ["27"]},
    )
    noted = await bench.rows("SELECT action FROM audit ORDER BY id")
    assert [action for (action,) in noted][-2:] == ["write.acknowledge", "write.settled"]


async def test_an_alert_of_two_series_is_written_to_both(bench: Bench) -> None:
    ref = await fired(bench)
    twin = alert("Down", bench.now, replica="b") | {"fingerprint": "twin"}
    await bench.told(twin)
    assert len(await wanted(bench, wish(ref))) == 2


async def test_the_same_wish_twice_is_one_operation(bench: Bench) -> None:
    ref = await fired(bench)
    assert await wanted(bench, wish(ref)) == await wanted(bench, wish(ref))
    assert len(await ledger(bench)) == 1


async def test_a_later_wish_replaces_one_that_was_not_sent(bench: Bench) -> None:
    ref = await fired(bench)
    (first,) = await wanted(bench, level(ref, 3))
    await wanted(bench, level(ref, 5))
    states = {one["ref"]: one["state"] for one in await ledger(bench)}
    assert states.pop(first) == "superseded"
    assert list(states.values()) == ["planned"]
    assert (await claimed(bench)).values["severity"] == 5


async def test_what_people_say_stands_beside_the_others(bench: Bench) -> None:
    ref = await fired(bench)
    said = [wish(ref, message=f"note {n}") for n in range(6)]
    said.append(Wish(ref, Write.ACKNOWLEDGE, {"message": "note 5", "by": "bob"}, "bob", "alert"))
    for one in said:
        await wanted(bench, one)
    assert [one["state"] for one in await ledger(bench)] == ["planned"] * 7


async def test_a_refused_wish_replaces_nothing(bench: Bench) -> None:
    ref = await fired(bench)
    await wanted(bench, level(ref, 3))
    await wanted(bench, level(ref, 5, refused="switched off by an admin"))
    assert sorted(one["state"] for one in await ledger(bench)) == ["planned", "refused"]


async def test_an_older_wish_is_not_sent_after_a_newer_one(bench: Bench) -> None:
    """It was under way when the other was wanted, and nobody heard how it ended."""
    ref, outbox = await fired(bench), bench.stores.outbox
    await wanted(bench, level(ref, 3))
    older = await claimed(bench)
    assert await outbox.begin(older)
    await wanted(bench, level(ref, 5))
    assert await outbox.claim("am") is None, "two writes of one field are not under way at once"
    lost = Settled(WriteState.UNKNOWN, "timed out", next_at=older.created_at)
    await outbox.settle(older, lost)
    newer = await claimed(bench)
    assert (newer.values["severity"], newer.sent_at) == (5, None)
    assert newer.clouded_until is not None
    assert newer.clouded_until > newer.created_at
    states = {one["wanted"]["severity"]: one["state"] for one in await ledger(bench)}
    assert states == {3: "superseded", 5: "sending"}


async def test_the_kill_switch_stops_what_was_claimed_and_not_sent(bench: Bench) -> None:
    outbox = bench.stores.outbox
    await wanted(bench, wish(await fired(bench)))
    planned = await claimed(bench)
    await outbox.stop_writes("am", stopped=True, who="ada")
    assert not await outbox.begin(planned)
    (shown,) = await ledger(bench)
    assert shown["state"] == "planned"
    await outbox.settle(planned, Settled(WriteState.CONFIRMED, "done"))
    await outbox.stop_writes("am", stopped=False, who="ada")
    again = await claimed(bench)
    assert (again.number, again.sent_at) == (planned.number, None)
    assert await outbox.begin(again)
    assert not await outbox.begin(planned), "its claim is over"


async def test_that_it_was_sent_stays_known_when_a_person_has_it_tried_again(bench: Bench) -> None:
    outbox = bench.stores.outbox
    (ref,) = await wanted(bench, wish(await fired(bench)))
    planned = await claimed(bench)
    assert await outbox.begin(planned)
    live = await outbox.change(ref, WriteState.PLANNED, (WriteState.UNKNOWN,), "ada")
    assert isinstance(live, Refusal), "what is under way is not sent by a second sender"
    taken = Settled(WriteState.UNKNOWN, "not shown", planned.created_at, {"eventids": ["27"]})
    await outbox.settle(planned, taken)
    again = await claimed(bench)
    assert (again.taken, again.sent_at is None, again.claim) == (True, False, 2)
    await outbox.settle(again, Settled(WriteState.FAILED, "not shown"))
    assert await outbox.change(ref, WriteState.PLANNED, (WriteState.FAILED,), "ada") is None
    third = await claimed(bench)
    assert (third.taken, third.attempts, third.claim) == (False, 1, 3)
    assert third.sent_at == again.sent_at


async def test_what_flips_too_often_is_frozen_and_told(bench: Bench) -> None:
    ref = await fired(bench)
    for number in (3, 5, 3, 5):
        await wanted(bench, level(ref, number))
        planned = await claimed(bench)
        await bench.stores.outbox.settle(planned, Settled(WriteState.CONFIRMED, "done"))
    (frozen,) = await wanted(bench, level(ref, 3))
    (shown,) = [one for one in await ledger(bench) if one["ref"] == frozen]
    assert shown["state"] == "refused"
    assert "frozen" in shown["says"]
    assert await bench.stores.outbox.claim("am") is None


async def test_an_alert_that_is_over_or_unknown_is_a_refusal(bench: Bench) -> None:
    ref = await fired(bench)
    await bench.told(alert("Down", bench.now, ends_at=bench.at(5)))
    over = await bench.stores.outbox.want(wish(ref))
    assert isinstance(over, Refusal)
    assert over.why is Why.CONFLICT
    unknown = await bench.stores.outbox.want(wish("am:alert:none"))
    assert isinstance(unknown, Refusal)
    assert unknown.why is Why.NOT_FOUND


async def test_the_kill_switch_holds_everything_back_until_it_is_taken_back(bench: Bench) -> None:
    ref = await fired(bench)
    await wanted(bench, wish(ref))
    outbox = bench.stores.outbox
    await outbox.stop_writes("am", stopped=True, who="ada")
    assert await outbox.claim("am") is None
    assert (await outbox.stopped())["am"][0] == "ada"
    await outbox.stop_writes("am", stopped=False, who="ada")
    assert await outbox.stopped() == {}
    assert (await claimed(bench)).alert == ref


async def test_a_sender_that_died_is_followed_by_another_one(bench: Bench) -> None:
    await wanted(bench, wish(await fired(bench)))
    planned = await claimed(bench)
    later = int(LEASE.total_seconds() * 1e6) + 1
    await bench.database.write(
        lambda w: w.connection.execute(
            update(operation_row).values(next_at=operation_row.c.next_at - later)
        )
    )
    (shown,) = await ledger(bench)
    cancelled = await bench.stores.outbox.change(shown["ref"], WriteState.CANCELLED, (), "ada")
    assert isinstance(cancelled, Refusal)
    again = await claimed(bench)
    assert (again.number, again.attempts) == (planned.number, 2)
    settled = Settled(WriteState.CONFIRMED, "found done")
    await bench.stores.outbox.settle(again, settled)
    await bench.stores.outbox.settle(planned, Settled(WriteState.FAILED, "too late"))
    assert [one["state"] for one in await ledger(bench)] == ["confirmed"]


async def test_a_person_cancels_what_waits_and_retries_what_failed(bench: Bench) -> None:
    outbox = bench.stores.outbox
    (ref,) = await wanted(bench, wish(await fired(bench)))
    among = (WriteState.PLANNED, WriteState.UNKNOWN)
    assert await outbox.change(ref, WriteState.CANCELLED, among, "ada") is None
    again = await outbox.change(ref, WriteState.CANCELLED, among, "ada")
    assert isinstance(again, Refusal)
    assert "cancelled" in again.detail
    (ref,) = await wanted(bench, wish(await fired(bench), message="again"))
    planned = await claimed(bench)
    await outbox.settle(planned, Settled(WriteState.FAILED, "no right to"))
    failed = (WriteState.FAILED,)
    assert await outbox.change(ref, WriteState.PLANNED, failed, "ada") is None
    assert (await claimed(bench)).number == planned.number
    unknown = await outbox.change("hub:operation:x", WriteState.PLANNED, failed, "ada")
    assert isinstance(unknown, Refusal)


async def test_an_acknowledgement_and_its_wish_are_one_write(bench: Bench) -> None:
    ref = await fired(bench)
    refusal = await bench.stores.verdicts.acknowledge(ref, "on it", "ada", wish(ref))
    assert refusal is None
    (shown,) = await ledger(bench)
    assert (shown["alert"], shown["state"]) == (ref, "planned")
    told = await bench.stores.verdicts.acknowledge("am:alert:none", "x", "ada", wish(ref))
    assert isinstance(told, Refusal)
    assert len(await ledger(bench)) == 1


async def test_a_wish_that_cannot_be_sent_is_written_down_with_its_reason(bench: Bench) -> None:
    ref = await fired(bench)
    await wanted(bench, wish(ref, refused="switched off by an admin"))
    (shown,) = await ledger(bench, state=("refused",))
    assert shown["says"] == "switched off by an admin"
    assert await bench.stores.outbox.claim("am") is None


async def ended_by(bench: Bench, says: str, write: Write = Write.CLOSE) -> list[str | None]:
    """Settle a write so, and return who the history of its alert names for its end."""
    ref = await fired(bench)
    await wanted(bench, wish(ref, write))
    planned = await claimed(bench)
    await bench.stores.outbox.settle(planned, Settled(WriteState.CONFIRMED, says))
    begun = bench.now
    await bench.after(60)
    await bench.told(alert("Down", begun, ends_at=bench.now))
    told = await bench.stores.board.one("alerts", ref)
    assert told is not None
    history = orjson.loads(told)["occurrences"]
    return [one["by"] for one in history if one["event"] == "resolved"]


async def test_a_move_that_a_write_of_the_hub_caused_names_who_wanted_it(bench: Bench) -> None:
    assert await ended_by(bench, "done") == ["ada"]


@pytest.mark.parametrize(("says", "write"), [(ALREADY, Write.CLOSE), ("done", Write.ACKNOWLEDGE)])
async def test_a_move_that_no_write_of_the_hub_caused_names_nobody(
    bench: Bench, says: str, write: Write
) -> None:
    assert await ended_by(bench, says, write) == [None]
