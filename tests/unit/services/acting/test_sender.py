"""The way of an operation to a tool: looked at, written once, read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from hub.contract import Operation
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.services.acting.desk import Allowed
from hub.services.acting.ports import Planned, Settled, Wish
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

    async def holds(self, operation: Operation) -> bool:
        self.asked.append("holds")
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

    async def want(self, wish: Wish) -> tuple[str, ...] | Refusal:
        raise NotImplementedError

    async def claim(self, connector: str) -> Planned | None:  # noqa: ARG002
        planned, self.planned = self.planned, None
        return planned

    async def settle(self, number: int, settled: Settled) -> None:  # noqa: ARG002
        self.settled.append(settled)

    async def stop_writes(self, connector: str, *, stopped: bool, who: str) -> None:
        raise NotImplementedError

    async def stopped(self) -> Mapping[str, tuple[str, datetime]]:
        return {}

    async def change(self, ref: str, to: object, among: object, who: str) -> Refusal | None:
        raise NotImplementedError


def planned(attempts: int = 1, age: timedelta = timedelta(0)) -> Planned:
    return Planned(
        7, "k-7", "zbx", Write.ACKNOWLEDGE, "zbx:alert:1", "problem", "15", "27",
        {"message": "on it"}, attempts, NOW - age,
    )  # fmt: skip


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
    second = await sent(tool, planned(attempts=2))
    assert (second.state, second.says) == (WriteState.CONFIRMED, "found done")
    assert tool.asked.count("apply") == 1


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


@pytest.mark.parametrize("fault", [Misconfigured("may not close"), Anomalous("not promised")])
async def test_what_cannot_succeed_is_not_tried_again(fault: HubError) -> None:
    settled = await sent(Tool(faults=[fault]))
    assert (settled.state, settled.says) == (WriteState.FAILED, str(fault))


async def test_a_bug_in_a_connector_says_where_to_look_and_not_what_was_held() -> None:
    settled = await sent(Tool(faults=[ValueError("token=abc")]))
    assert settled.state is WriteState.FAILED
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
    over = await sent(Tool(shows=False), planned(attempts=5))
    assert (over.state, over.says) == (
        WriteState.FAILED,
        "the tool took it and does not show it",
    )


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
