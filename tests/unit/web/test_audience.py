"""What each listener is sent and when; time is an argument, so nobody waits."""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.services.changes import Change
from hub.web.audience import Audience, Frame, Listener
from tests.unit.web.fakes import change

BUDGET = 10


@dataclass
class FakeLine:
    frames: list[Frame] = field(default_factory=list)
    there: bool = True
    unread: int = 0

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def open(self) -> bool:
        return self.there

    def waiting(self) -> int:
        return self.unread

    def cut(self) -> None:
        self.there = False

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return the events that were sent: their id and their data."""
        found = []
        for block in b"".join(frame.plain for frame in self.frames).decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if line[0] != ":")
            if lines:
                found.append({"id": int(lines["id"])} | json.loads(lines["data"]))
        return found


def listening(seq: int = 0) -> tuple[Audience, FakeLine, Listener]:
    audience = Audience(seq, BUDGET, buffer=1000)
    line = FakeLine()
    return audience, line, audience.join(line, seq)


def ids(line: FakeLine) -> list[int]:
    return [event["id"] for event in line.events]


def test_single_changes_go_out_at_once_and_alone() -> None:
    audience, line, _ = listening()
    for n in range(1, 6):
        audience.publish([change(n)], now=n * 0.01)
    assert ids(line) == [1, 2, 3, 4, 5]
    assert not any("merged" in event for event in line.events)


def test_a_change_has_its_number_as_id_and_itself_as_data() -> None:
    audience, line, _ = listening()
    audience.publish([change(7)], now=0)
    assert line.frames[0].plain == (
        b"id: 7\nevent: change\n"
        b'data: {"seq":7,"at":"2026-03-02T09:30:00+00:00","type":"updated",'
        b'"ref":"am-main:alert:1","kind":"alert","version":7,"cause":"receipt-1"}\n\n'
    )


def test_beyond_the_budget_changes_are_merged_into_the_newest() -> None:
    audience, line, _ = listening()
    for n in range(1, 11):
        audience.publish([change(n)], now=0)
    audience.publish([change(11, kind="incident")], now=0.2)
    audience.publish([change(12, kind="milestone"), change(13)], now=0.3)
    assert audience.flush(now=0.5)
    assert ids(line) == list(range(1, 11))
    assert not audience.flush(now=1.0)
    last = line.events[-1]
    assert (last["id"], last["merged"]) == (13, 3)
    assert last["kinds"] == ["alert", "incident", "milestone"]


def test_what_was_merged_before_is_not_counted_again() -> None:
    audience, line, _ = listening()
    audience.publish([change(n, kind="task") for n in range(1, 21)], now=0)
    audience.publish([change(n, kind="alert") for n in range(21, 41)], now=0.1)
    assert [event["merged"] for event in line.events] == [20, 20]
    assert line.events[1]["kinds"] == ["alert"]


def test_one_change_that_had_to_wait_is_sent_as_it_is() -> None:
    audience, line, _ = listening()
    for n in range(1, 12):
        audience.publish([change(n)], now=0)
    audience.flush(now=1.0)
    assert ids(line) == list(range(1, 12))
    assert "merged" not in line.events[-1]


def test_a_burst_that_fits_the_budget_is_not_merged() -> None:
    audience, line, _ = listening()
    audience.publish([change(n) for n in range(1, 11)], now=0)
    assert ids(line) == list(range(1, 11))
    assert len(line.frames) == 1


def test_a_long_burst_is_a_steady_beat() -> None:
    audience, line, _ = listening()
    times: list[float] = []
    for tick in range(1, 301):
        now = tick / 100
        before = len(line.frames)
        audience.publish([change(tick * 100 + n) for n in range(100)], now=now)
        times += [now] * (len(line.frames) - before)
    assert 28 <= len(line.frames) <= 30
    assert all(later - earlier > 0.09 for earlier, later in pairwise(times))
    assert ids(line)[-1] >= 29_000


@given(st.lists(st.tuples(st.floats(0, 0.4), st.integers(1, 30)), max_size=60))
def test_no_second_ever_holds_more_than_the_budget_and_nothing_is_lost(
    bursts: list[tuple[float, int]],
) -> None:
    audience, line, _ = listening()
    now, seq, sent = 0.0, 0, []
    for pause, size in [*bursts, (2.0, 1)]:
        now += pause
        before = len(line.events)
        audience.flush(now)
        audience.publish([change(seq + n) for n in range(1, size + 1)], now)
        seq += size
        sent += [now] * (len(line.events) - before)
    while audience.flush(now := now + 0.1):
        pass
    for start in sent:
        assert sum(start <= at < start + 1.0 for at in sent) <= BUDGET
    assert sum(event.get("merged", 1) for event in line.events) == seq
    assert ids(line) == sorted(ids(line))
    assert ids(line)[-1] == seq


def test_who_is_further_gets_only_what_is_new() -> None:
    audience, line, _ = listening()
    ahead = FakeLine()
    audience.join(ahead, 2)
    audience.publish([change(1), change(2), change(3)], now=0)
    audience.publish([change(4)], now=0)
    assert (ids(line), ids(ahead)) == ([1, 2, 3, 4], [3, 4])


def test_each_change_is_encoded_once_for_all() -> None:
    audience, line, _ = listening()
    others = [FakeLine() for _ in range(5)]
    for other in others:
        audience.join(other, 0)
    audience.publish([change(1)], now=0)
    audience.publish([change(n) for n in range(2, 60)], now=0.5)
    for number in (0, 1):
        assert len({id(one.frames[number]) for one in [line, *others]}) == 1


def test_a_slow_listener_is_dropped_and_the_others_are_not() -> None:
    audience, slow, _ = listening()
    quick = FakeLine()
    audience.join(quick, 0)
    slow.unread = 1001
    audience.publish([change(1)], now=0)
    assert (slow.there, slow.frames, ids(quick)) == (False, [], [1])
    assert len(audience.listeners) == 1


def test_who_is_gone_is_forgotten_at_the_next_beat() -> None:
    audience, line, _ = listening()
    line.there = False
    audience.beat()
    assert (audience.listeners, line.frames) == (set(), [])


def test_a_beat_is_a_comment_that_no_client_sees() -> None:
    audience, line, _ = listening()
    audience.beat()
    assert line.frames[0].plain.startswith(b":")
    assert line.events == []


def test_a_chunk_says_its_length() -> None:
    assert Frame(b"0123456789abcdef").chunked == b"10\r\n0123456789abcdef\r\n"


def test_nothing_published_is_nothing_sent() -> None:
    audience, line, _ = listening()
    none: list[Change] = []
    audience.publish(none, now=0)
    assert line.frames == []
