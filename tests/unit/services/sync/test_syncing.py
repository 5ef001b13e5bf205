"""When a tool is looked at again, and what a failure means."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hub.contract import Budget, Cursor, Expiry, Page
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.services.sync.health import Pulse, condition_json, details_json
from hub.services.sync.ports import Polled
from hub.services.sync.round import Looked
from hub.services.sync.syncing import ADMINS_PAUSE, LONGEST_PAUSE, Syncing
from tests.unit.services.sync.tools import NOW, Ingest, Tool, polled, record


class Heard:
    """What was told of connectors."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str | None]] = []

    def __call__(self, connector: str, fault: str | None, at: datetime) -> None:
        del at
        self.faults.append((connector, fault))


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not there():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


def syncing(tool: Tool, ingest: Ingest, heard: Heard | None = None) -> Syncing:
    return Syncing([polled(tool)], ingest, ingest, heard or Heard(), now=lambda: NOW)


async def test_a_good_look_is_followed_by_the_next_after_the_poll_time() -> None:
    heard = Heard()
    one = syncing(Tool(listed=[record("a")]), Ingest(), heard)
    pause = await one.once("am")
    assert 28 < pause < 32
    assert (one.pulses["am"].state, one.pulses["am"].open) == ("ok", 1)
    assert heard.faults == [("am", None)]


async def test_an_outage_is_asked_again_later_and_later_up_to_five_minutes() -> None:
    one = syncing(Tool(breaks={"read": Transient("refused")}), Ingest())
    pauses = [await one.once("am") for _ in range(8)]
    assert pauses[0] < 40
    assert pauses[2] > pauses[0] * 2
    assert max(pauses) <= LONGEST_PAUSE * 1.2
    assert (one.pulses["am"].state, one.pulses["am"].errors[0]["times"]) == ("failing", 8)


async def test_the_tools_own_wish_when_to_come_again_wins() -> None:
    fault = Transient("busy", retry_after=timedelta(seconds=77))
    assert await syncing(Tool(breaks={"read": fault}), Ingest()).once("am") == 77


async def test_what_an_admin_has_to_mend_is_asked_again_later_and_later_up_to_ten_minutes() -> None:
    """The first times it may be a moment's fault, as of a frontend that restarts."""
    heard = Heard()
    one = syncing(Tool(breaks={"standing": Misconfigured("wrong token")}), Ingest(), heard)
    pauses = [await one.once("am") for _ in range(8)]
    assert pauses[0] < 40
    assert max(pauses) > ADMINS_PAUSE * 0.8 > LONGEST_PAUSE
    assert max(pauses) <= ADMINS_PAUSE * 1.2
    assert (one.pulses["am"].state, heard.faults[0]) == ("misconfigured", ("am", "wrong token"))


async def test_a_shape_that_was_never_promised_keeps_its_evidence() -> None:
    fault = Anomalous("a problem without an eventid", evidence=b'{"name": "x"}')
    one = syncing(Tool(breaks={"read": fault}), Ingest())
    await one.once("am")
    (error,) = one.pulses["am"].errors
    assert (error["message"], error["raw"]) == ("a problem without an eventid", '{"name": "x"}')


async def test_a_bug_says_where_to_look_and_not_what_it_held() -> None:
    one = syncing(Tool(breaks={"read": ValueError("token=abc")}), Ingest())
    assert await one.once("am") > 0
    assert "abc" not in str(one.pulses["am"].errors)


async def test_a_large_census_spaces_itself_out() -> None:
    tool, ingest = Tool(listed=[record("a")]), Ingest()
    one = syncing(tool, ingest)
    await one.once("am")
    one.census_due["am"] += 1000  # as after a census of many minutes
    await one.once("am")
    assert tool.asked.count("census") == 1
    await one.once("am", full=True)
    assert tool.asked.count("census") == 2


async def test_trap_16_one_that_hangs_delays_no_other() -> None:
    class Hole(Tool):
        async def standing(self) -> object:  # type: ignore[override]
            await asyncio.sleep(3600)
            raise AssertionError

    fine, ingest = Tool(news=[Page((record("a"),), Cursor("1"))]), Ingest()
    both = Syncing(
        [polled(Hole(), "hole"), polled(fine, "fine")], ingest, ingest, Heard(), now=lambda: NOW
    )
    await both.start()
    await until(lambda: both.pulses["fine"].state == "ok")
    await both.stop()
    assert ingest.brought == ["a"]
    assert both.pulses["hole"].state == "waiting"


async def test_ringing_looks_at_once() -> None:
    tool, ingest = Tool(), Ingest()
    one = syncing(tool, ingest)
    await one.start()
    await until(lambda: tool.asked.count("read") == 1)
    one.ring("am")
    await until(lambda: tool.asked.count("read") == 2)
    await one.stop()


async def test_a_look_that_an_admin_asks_for_after_mending_ends_the_long_wait() -> None:
    tool = Tool(breaks={"read": Misconfigured("wrong token")})
    one = syncing(tool, Ingest())
    for _ in range(6):
        await one.once("am")
    await one.start()
    await until(lambda: one.pulses["am"].next_poll_at is not None)
    tool.breaks.clear()
    asked = tool.asked.count("read")
    one.hasten("am", await one.once("am"))
    await until(lambda: tool.asked.count("read") == asked + 2)
    again = tool.asked.count("read")
    one.hasten("am", 3600)  # nothing is sooner than what is due already
    await asyncio.sleep(0.05)
    assert tool.asked.count("read") == again
    await one.stop()


async def test_a_pause_survives_a_restart_and_nothing_is_asked() -> None:
    tool, ingest = Tool(), Ingest()
    first = syncing(tool, ingest)
    await first.pause("am", paused=True)
    again = syncing(tool, ingest)
    await again.start()
    await asyncio.sleep(0.05)
    await again.stop()
    assert (again.pulses["am"].state, tool.asked) == ("paused", [])
    await again.once("am")
    assert (again.pulses["am"].state, tool.asked.count("read")) == ("paused", 1)
    await again.pause("am", paused=False)
    assert again.pulses["am"].paused is False


@pytest.mark.parametrize("fault", [Transient("x"), Misconfigured("y")])
async def test_it_is_known_since_when_it_fails(fault: HubError) -> None:
    tool = Tool(breaks={"read": fault})
    one = syncing(tool, Ingest())
    await one.once("am")
    since = one.pulses["am"].since
    await one.once("am")
    assert one.pulses["am"].since == since
    tool.breaks = {}
    await one.once("am")
    assert one.pulses["am"].state == "ok"


def test_health_shows_the_hours_of_a_day_and_the_share_of_failures() -> None:
    pulse = Pulse()
    for hours in (30, 1, 0):
        pulse.failed(NOW - timedelta(hours=hours), "failing", "refused", None)
    pulse.succeeded(NOW, Looked(), 0.1)
    shown = condition_json(polled(Tool()), Pulse.of(pulse.kept()), NOW)
    told: Any = shown["hours"]
    assert len(told) == 24
    assert [(one["looks"], one["failures"]) for one in told[-2:]] == [(1, 1), (2, 1)]
    assert shown["error_rate"] == pytest.approx(2 / 3)


def test_only_fifty_kinds_of_errors_are_kept() -> None:
    pulse = Pulse()
    for n in range(60):
        pulse.failed(NOW, "failing", f"fault {n}", "x" * 5000)
    assert (len(pulse.errors), pulse.errors[0]["message"]) == (50, "fault 59")
    assert len(pulse.errors[0]["raw"]) == 2000


class Ending(Tool):
    """A tool that says when the hub's secret ends."""

    async def expiry(self) -> Expiry | None:
        self._asked("expiry")
        return Expiry(NOW)


async def test_when_the_secret_ends_is_asked_now_and_then_and_its_fault_is_none_of_the_look() -> (
    None
):
    tool = Ending()
    one = syncing(tool, Ingest())
    tool.breaks["expiry"] = Misconfigured("nobody may ask")
    await one.once("am")
    told = condition_json(one.polled["am"], one.pulses["am"], NOW)
    assert (told["state"], told["token_expiry_known"]) == ("ok", False)
    tool.breaks.clear()
    await one.once("am")  # not due again
    assert tool.asked.count("expiry") == 1
    again = syncing(tool, Ingest())
    await again.once("am")
    told = condition_json(again.polled["am"], again.pulses["am"], NOW)
    assert (told["token_expires_at"], told["token_expiry_known"]) == (NOW, True)


async def test_a_tool_that_cannot_say_when_its_secret_ends_is_unknown_and_not_never() -> None:
    one = syncing(Tool(), Ingest())
    await one.once("am")
    told = condition_json(one.polled["am"], one.pulses["am"], NOW)
    assert (told["token_expires_at"], told["token_expiry_known"]) == (None, False)


def test_what_a_tool_says_of_its_limits_is_shown_and_null_where_it_says_nothing() -> None:
    says = Polled("am", "prometheus", "alert", source=Tool(), budget=lambda: Budget(100, 7, NOW))
    held = {"limit": 100, "remaining": 7, "resets_at": NOW, "held_until": None}
    assert condition_json(says, Pulse(), NOW)["rate_limit"] == held
    assert condition_json(polled(Tool()), Pulse(), NOW)["rate_limit"] is None


async def test_what_a_tools_answers_say_about_themselves_is_shown_until_the_next_census() -> None:
    tool = Tool(listed=[record("a"), record("b"), record("c")], hints={"unreachable": 1, "none": 0})
    one = syncing(tool, Ingest())
    await one.once("am")
    assert details_json(one.polled["am"], one.pulses["am"])["hints"] == {"unreachable": 1}
    tool.hints = {}
    await one.once("am", full=True)
    assert details_json(one.polled["am"], one.pulses["am"])["hints"] == {}


def test_unchecked_tls_is_shown() -> None:
    one = Polled("am", "prometheus", "alert", source=Tool(), tls="unchecked")
    assert condition_json(one, Pulse(), NOW)["tls"] == "unchecked"


async def test_who_rings_is_answered_with_all_that_is_open() -> None:
    """A census spaces itself out, and to settle an end takes one."""
    tool = Tool(listed=[record("a")])
    one = syncing(tool, Ingest())
    await one.start()
    try:
        await until(lambda: one.pulses["am"].state == "ok")
        one.census_due["am"] = time.monotonic() + 0.2
        tool.asked.clear()
        one.ring("am")
        await until(lambda: "read" in tool.asked)
        await until(lambda: one.pulses["am"].next_poll_at is not None and "census" in tool.asked)
    finally:
        await one.stop()


async def test_what_is_delivered_shows_that_a_tool_is_back_and_it_is_asked_after_a_breath(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.services.sync.syncing.BREATH", 0.2)
    tool = Tool(breaks={"standing": Transient("refused")})
    one = syncing(tool, Ingest())
    await one.start()
    try:
        await until(lambda: one.pulses["am"].next_poll_at is not None)
        tool.asked.clear()
        for _ in range(20):
            one.nudge("am")
            await asyncio.sleep(0.01)
        assert len(tool.asked) <= 1
        tool.breaks = {}
        one.nudge("am")
        await until(lambda: one.pulses["am"].state == "ok")
    finally:
        await one.stop()


@pytest.mark.parametrize(
    "fault", [Transient("busy", retry_after=timedelta(seconds=77)), Misconfigured("no such token")]
)
async def test_what_is_delivered_hurries_no_tool_that_said_when_or_needs_an_admin(
    fault: HubError,
) -> None:
    tool = Tool(breaks={"standing": fault})
    one = syncing(tool, Ingest())
    await one.start()
    try:
        await until(lambda: one.pulses["am"].next_poll_at is not None)
        tool.asked.clear()
        one.nudge("am")
        await asyncio.sleep(0.1)
        assert tool.asked == []
        tool.breaks = {}
        one.ring("am")  # an admin may
        await until(lambda: one.pulses["am"].state == "ok")
        one.nudge("am")
        await until(lambda: tool.asked.count("standing") == 2)
    finally:
        await one.stop()


async def test_a_tool_that_is_paused_is_vouched_for_by_nobody_and_believed_as_before() -> None:
    tool, ingest = Tool(vouches_until=NOW), Ingest()
    one = syncing(tool, ingest)
    await one.once("am")
    assert ingest.vouched == NOW
    await one.pause("am", paused=True)
    assert ingest.vouched is None


async def test_what_a_tool_echoes_of_the_secret_is_shown_to_nobody() -> None:
    fault = Anomalous("no API: s3cret", evidence=b"Authorization: Bearer s3cret")
    veiled = replace(
        polled(Tool(breaks={"read": fault})), veil=lambda text: text.replace("s3cret", "***")
    )
    ingest = Ingest()
    one = Syncing([veiled], ingest, ingest, Heard(), now=lambda: NOW)
    await one.once("am")
    assert "s3cret" not in str(one.pulses["am"])
    assert one.pulses["am"].errors[0]["raw"] == "Authorization: Bearer ***"


@pytest.mark.parametrize("fault", [ValueError("odd"), Transient("half \ud800 of a character")])
async def test_nothing_ends_the_looking_for_good(fault: Exception) -> None:
    """Neither a bug beside the look nor a sentence that no store takes."""
    tool = Tool()
    tool.breaks = {"expiry": fault, "standing": fault}
    ingest = Ingest()
    one = Syncing([polled(tool, poll_seconds=0.01)], ingest, ingest, Heard(), now=lambda: NOW)
    await one.start()
    try:
        await until(lambda: len(tool.asked) > 0)
        assert one.pulses["am"].kept()
        tool.breaks = {}
        one.ring("am")
        await until(lambda: one.pulses["am"].state == "ok")
    finally:
        await one.stop()


async def test_a_bug_beside_the_look_is_not_the_end_of_looking() -> None:
    class Odd(Tool):
        async def expiry(self) -> Expiry | None:
            self.asked.append("expiry")
            raise ValueError("odd")

    tool, ingest = Odd(), Ingest()
    one = Syncing([polled(tool, poll_seconds=0.01)], ingest, ingest, Heard(), now=lambda: NOW)
    await one.start()
    try:
        await until(lambda: tool.asked.count("census") >= 2)
        assert "expiry" in tool.asked
    finally:
        await one.stop()
