"""The way of an operation to a tool: looked at, written once, read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.contract import Operation
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.services.acting.desk import Allowed
from hub.services.acting.metrics import families
from hub.services.acting.ports import Planned, Settled, Waiting, Wish
from hub.services.acting.sender import Sender
from hub.services.acting.words import Write, WriteState
from hub.services.refusals import Refusal

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ALLOWED = Allowed(
    "problem", frozenset({"acknowledge"}), frozenset({"acknowledge"}), read_only=False
)


@dataclass
class Tool:
    """A tool that holds what was written; what it is told to do wrong comes first."""

    held: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    faults: list[HubError | Exception] = field(default_factory=list)
    stores_first: bool = False
    shows: bool = True
    deaf: HubError | None = None
    after: HubError | Exception | None = None

    async def holds(self, operation: Operation) -> bool:
        self.asked.append("holds")
        if self.deaf is not None:
            raise self.deaf
        if self.after is not None and "apply" in self.asked:
            raise self.after
        return operation.key in self.held and self.shows

    async def apply(self, operation: Operation) -> Mapping[str, object]:
        self.asked.append("apply")
        if self.stores_first or not self.faults:
            self.held.add(operation.key)
        if self.faults:
            raise self.faults.pop(0)
        return {"eventids": ["27"]}


@dataclass
class Box:
    """An outbox in memory with one operation."""

    planned: Planned | None
    settled: list[Settled] = field(default_factory=list)
    may_begin: bool = True
    is_mine: bool = True
    failure: HubError | None = None

    async def want(self, wish: Wish) -> tuple[str, ...] | Refusal:
        raise NotImplementedError

    async def claim(self, connector: str) -> Planned | None:  # noqa: ARG002
        planned, self.planned = self.planned, None
        return planned

    async def begin(self, planned: Planned) -> bool:  # noqa: ARG002
        return self.may_begin

    async def settle(self, planned: Planned, settled: Settled) -> WriteState | None:  # noqa: ARG002
        self.settled.append(settled)
        return settled.state if self.is_mine else None

    async def waiting(self) -> Mapping[str, Waiting]:
        if self.failure is not None:
            raise self.failure
        return {}

    async def stop_writes(self, connector: str, *, stopped: bool, who: str) -> None:
        raise NotImplementedError

    async def stopped(self) -> Mapping[str, tuple[str, datetime]]:
        return {}

    async def change(self, ref: str, to: object, among: object, who: str) -> Refusal | None:
        raise NotImplementedError


def planned(attempts: int = 1, age: timedelta = timedelta(0), **more: Any) -> Planned:
    return Planned(
        7, "k-7", "zbx", Write.ACKNOWLEDGE, "zbx:alert:1", "problem", "15", "27",
        {"message": "on it"}, attempts, NOW - age, **more,
    )  # fmt: skip


def sent_ago(seconds: float, attempts: int = 2, **more: Any) -> Planned:
    """Return an operation that was sent, and whose answer nobody heard."""
    return planned(attempts, sent_at=NOW - timedelta(seconds=seconds), **more)


async def sent(tool: Tool, one: Planned | None = None, allowed: Allowed = ALLOWED) -> Settled:
    box = Box(one or planned())
    sender = Sender(box, {"zbx": tool}, {"zbx": allowed}, now=lambda: NOW)
    assert await sender.next("zbx")
    assert not await sender.next("zbx")
    (settled,) = box.settled
    return settled


async def test_a_write_is_looked_for_then_made_then_read_back() -> None:
    tool = Tool()
    settled = await sent(tool)
    assert tool.asked == ["holds", "apply", "holds"]
    assert (settled.state, settled.answer) == (WriteState.CONFIRMED, {"eventids": ["27"]})


async def test_what_holds_already_is_not_written() -> None:
    tool = Tool(held={"k-7"})
    settled = await sent(tool)
    assert tool.asked == ["holds"]
    assert (settled.state, settled.says) == (WriteState.CONFIRMED, "already so")


async def test_a_time_out_after_the_tool_stored_it_is_read_back_and_not_written_twice() -> None:
    tool = Tool(faults=[Transient("timed out")], stores_first=True)
    first = await sent(tool)
    assert first.state is WriteState.UNKNOWN
    assert first.next_at is not None
    second = await sent(tool, sent_ago(1))
    assert (second.state, second.says) == (WriteState.CONFIRMED, "found done")
    assert tool.asked.count("apply") == 1


async def test_a_tool_that_may_be_at_it_still_is_only_asked() -> None:
    """It goes on after whoever asked hung up; what it stores later must not stand there twice."""
    tool = Tool()
    waiting = await sent(tool, sent_ago(329))
    assert (waiting.state, tool.asked) == (WriteState.UNKNOWN, ["holds"])
    assert (await sent(tool, sent_ago(331))).state is WriteState.CONFIRMED
    assert tool.asked == ["holds", "holds", "apply", "holds"]


async def test_what_the_tool_took_is_never_sent_again_by_itself() -> None:
    tool = Tool()
    again = await sent(tool, sent_ago(600, taken=True))
    assert (again.state, tool.asked) == (WriteState.UNKNOWN, ["holds"])
    over = await sent(tool, sent_ago(600, attempts=5, taken=True))
    assert (over.state, over.says) == (WriteState.FAILED, "the tool took it and does not show it")
    assert "apply" not in tool.asked


async def test_what_is_so_already_is_none_of_ours_however_often_the_tool_was_asked() -> None:
    """It could not be reached at first, and then the problem ended by itself."""
    settled = await sent(Tool(held={"k-7"}), planned(attempts=2))
    assert (settled.state, settled.says) == (WriteState.CONFIRMED, "already so")


async def test_what_is_so_already_waits_for_an_earlier_write_that_may_undo_it() -> None:
    until = NOW + timedelta(seconds=20)
    waits = await sent(Tool(held={"k-7"}), planned(clouded_until=until))
    assert (waits.state, waits.next_at) == (WriteState.PLANNED, until)
    sure = await sent(Tool(held={"k-7"}), planned(clouded_until=NOW))
    assert sure.state is WriteState.CONFIRMED


async def test_an_operation_that_may_not_be_sent_any_more_is_not() -> None:
    """The writes were stopped while the tool was asked, or somebody else has it by now."""
    tool, box = Tool(), Box(planned(), may_begin=False)
    sender = Sender(box, {"zbx": tool}, {"zbx": ALLOWED}, now=lambda: NOW)
    assert await sender.next("zbx")
    assert (tool.asked, box.settled) == (["holds"], [])


async def test_what_cannot_be_asked_was_not_sent() -> None:
    tool = Tool(deaf=Transient("refused"))
    tried = await sent(tool)
    assert (tried.state, tool.asked) == (WriteState.PLANNED, ["holds"])


async def test_a_page_on_the_way_to_the_tool_is_no_refusal_of_its() -> None:
    tool = Tool(deaf=Anomalous("the answer is not the API"))
    tried = await sent(tool)
    assert (tried.state, tool.asked) == (WriteState.PLANNED, ["holds"])
    assert (await sent(tool, planned(attempts=5))).state is WriteState.FAILED


async def test_after_the_tool_took_it_nothing_that_goes_wrong_calls_it_failed() -> None:
    for fault in (Misconfigured("it has ended"), Anomalous("a page"), ValueError("odd")):
        tool = Tool(shows=False, after=fault)
        unclear = await sent(tool)
        assert (unclear.state, unclear.answer) == (WriteState.UNKNOWN, {"eventids": ["27"]})


async def test_an_outage_is_tried_again_later_and_later() -> None:
    pauses = []
    for attempt in (1, 2, 5, 30):
        tried = await sent(Tool(faults=[Transient("refused")]), planned(attempts=attempt))
        assert tried.next_at is not None
        pauses.append((tried.next_at - NOW).total_seconds())
    assert pauses == [1, 2, 16, 300]


async def test_the_tools_own_wish_when_to_come_again_counts() -> None:
    fault = Transient("busy", retry_after=timedelta(seconds=90))
    tried = await sent(Tool(faults=[fault]))
    assert tried.next_at == NOW + timedelta(seconds=90)


async def test_what_the_tool_refuses_is_not_tried_again() -> None:
    settled = await sent(Tool(faults=[Misconfigured("may not close")]))
    assert (settled.state, settled.says) == (WriteState.FAILED, "may not close")


@pytest.mark.parametrize("fault", [Anomalous("not promised"), ValueError("odd")])
async def test_an_answer_that_nobody_can_read_is_looked_for_and_not_for_ever(
    fault: Exception,
) -> None:
    assert (await sent(Tool(faults=[fault]))).state is WriteState.UNKNOWN
    assert (await sent(Tool(faults=[fault]), planned(attempts=5))).state is WriteState.FAILED


@pytest.mark.parametrize("fault", [Misconfigured("a log-in page"), Anomalous("a page")])
async def test_a_look_that_fails_says_nothing_of_what_was_sent_a_moment_ago(
    fault: HubError,
) -> None:
    """The tool took it; only whoever stands before it refused the question."""
    soon = await sent(Tool(deaf=fault), sent_ago(20, attempts=9, taken=True))
    assert soon.state is WriteState.UNKNOWN
    late = await sent(Tool(deaf=fault), sent_ago(600, attempts=9, taken=True))
    assert (late.state, late.says) == (WriteState.FAILED, str(fault))


async def test_a_bug_in_a_connector_says_where_to_look_and_not_what_was_held() -> None:
    settled = await sent(Tool(faults=[ValueError("token=abc")]))
    assert settled.state is WriteState.UNKNOWN
    assert "abc" not in settled.says
    assert "log" in settled.says


async def test_what_nobody_wanted_for_a_day_is_not_sent() -> None:
    tool = Tool()
    settled = await sent(tool, planned(attempts=9, age=timedelta(hours=25)))
    assert settled.state is WriteState.FAILED
    assert "apply" not in tool.asked


async def test_a_tool_that_takes_a_write_and_never_shows_it_is_told_of() -> None:
    again = await sent(Tool(shows=False))
    assert again.state is WriteState.UNKNOWN
    assert again.answer == {"eventids": ["27"]}


async def test_what_an_admin_switched_off_meanwhile_is_refused() -> None:
    tool = Tool()
    off = Allowed("problem", frozenset({"acknowledge"}), frozenset(), read_only=False)
    settled = await sent(tool, allowed=off)
    assert settled.state is WriteState.REFUSED
    assert "`writes`" in settled.says
    assert tool.asked == []


def test_a_read_only_connector_says_how_it_is_switched_on() -> None:
    says = Allowed("problem", frozenset({"close"})).why_not("zbx", Write.CLOSE)
    assert says is not None
    assert "read_only: false" in says


async def test_an_end_is_counted_and_a_try_or_what_another_sender_ended_is_not() -> None:
    box = Box(planned())
    tool = Tool(faults=[Transient("busy")])
    sender = Sender(box, {"zbx": tool}, {"zbx": ALLOWED}, now=lambda: NOW)
    await sender.next("zbx")
    assert sender.ends == {}
    for box.is_mine in (False, True):
        box.planned = planned()
        await sender.next("zbx")
    assert sender.ends == {("zbx", WriteState.CONFIRMED): 1}


async def test_ends_are_counted_from_0_on_and_told_also_while_the_store_is_away() -> None:
    box = Box(None, failure=Transient("the store cannot be read"))
    told = await families(box, Sender(box, {"zbx": Tool()}, {"zbx": ALLOWED}))
    samples = {one.name: one.samples for one in told}
    ends = {one.labels["state"]: one.value for one in samples.pop("milepost_connector_writes")}
    assert ends == {"confirmed": 0, "failed": 0, "refused": 0, "superseded": 0}
    assert list(samples.values()) == [[], [], []]
