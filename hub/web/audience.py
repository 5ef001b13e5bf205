"""Who listens live, and what each is sent: single changes at once, bursts merged.

No clock and no socket here: `now` is an argument, and a listener's line is a small port, so that
what is sent when can be tested without waiting. A listener holds a number, never a queue.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, Protocol

import orjson

from hub.services.changes import Change

# Merged messages keep this distance, so that a long burst is a steady beat, not ten at once.
BEAT_SECONDS: Final = 0.1
_WINDOW_SECONDS: Final = 1.0


class Frame:
    """Bytes for many listeners, made once; `chunked` as HTTP/1.1 wants them."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def chunked(self) -> bytes:
        """The same as one chunk of a chunked body."""
        return b"%x\r\n%b\r\n" % (len(self.plain), self.plain)


HEARTBEAT: Final = Frame(b": still here\n\n")


class Line(Protocol):
    """The way to one listener."""

    def write(self, frame: Frame) -> None:
        """Send without waiting."""

    def open(self) -> bool:
        """Tell whether the listener is still there."""

    def waiting(self) -> int:
        """Return how many bytes it has not taken yet."""

    def cut(self) -> None:
        """Drop the listener at once, with all that waits for it."""


class Listener:
    """One live client: how far it is told, what it may still get, from where it is held back.

    Shape: `held` is the count of the first change that waits to be merged; None: nothing waits.
    """

    __slots__ = ("held", "line", "sent", "seq")

    def __init__(self, line: Line, seq: int, budget: int) -> None:
        self.line = line
        self.seq = seq
        self.held: int | None = None
        self.sent: deque[float] = deque(maxlen=budget)

    def free(self, now: float) -> int:
        """Return how many messages may go out now."""
        while self.sent and self.sent[0] <= now - _WINDOW_SECONDS:
            self.sent.popleft()
        return (self.sent.maxlen or 0) - len(self.sent)

    def spend(self, now: float, messages: int) -> None:
        """Note that messages went out."""
        self.sent.extend([now] * messages)

    def may_merge(self, now: float) -> bool:
        """Tell whether a merged message may go out now."""
        rested = not self.sent or now - self.sent[-1] >= BEAT_SECONDS
        return self.free(now) > 0 and rested


class Audience:
    """All listeners. Each change is encoded once, whoever listens."""

    def __init__(self, seq: int, budget: int, buffer: int) -> None:
        self.seq = seq
        self.budget = budget
        self.buffer = buffer
        self.listeners: set[Listener] = set()
        self._count = 0
        self._last_of_kind: dict[str, int] = {}
        self._newest: Change | None = None
        self._merged: dict[int, Frame] = {}

    def join(self, line: Line, seq: int) -> Listener:
        """Let a line listen on from `seq`."""
        listener = Listener(line, seq, self.budget)
        self.listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        self.listeners.discard(listener)

    def publish(self, changes: Sequence[Change], now: float) -> None:
        """Tell everybody, or hold back what is over their budget.

        Shape: `changes` rise by `seq` and are newer than all that were published before.
        """
        if not changes:
            return
        before = self._count
        self._note(changes)
        frames: dict[int, Frame] = {}
        for listener in self._present():
            fresh = _after(changes, listener.seq)
            if not fresh:
                continue
            if listener.held is None and len(fresh) <= listener.free(now):
                frame = frames.setdefault(len(fresh), _NOTHING)
                if frame is _NOTHING:
                    frame = frames[len(fresh)] = Frame(b"".join(map(message, fresh)))
                self._send(listener, frame, len(fresh), now)
                continue
            if listener.held is None:
                listener.held = before + len(changes) - len(fresh)
            self._release(listener, now)

    def flush(self, now: float) -> bool:
        """Send what was held back, where it may go now; tell whether something is still held."""
        held = [listener for listener in self._present() if listener.held is not None]
        for listener in held:
            self._release(listener, now)
        return any(listener.held is not None for listener in held)

    def beat(self) -> None:
        """Keep every line open."""
        for listener in self._present():
            listener.line.write(HEARTBEAT)

    def _present(self) -> list[Listener]:
        """Return who is there; drop who is gone, and who takes nothing."""
        for listener in list(self.listeners):
            if listener.line.open() and listener.line.waiting() > self.buffer:
                listener.line.cut()
            if not listener.line.open():
                self.leave(listener)
        return list(self.listeners)

    def _note(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._last_of_kind[change.kind] = self._count
            self._count += 1
        self._newest = changes[-1]
        self.seq = changes[-1].seq
        self._merged.clear()

    def _release(self, listener: Listener, now: float) -> None:
        if listener.held is None or not listener.may_merge(now):
            return
        frame = self._merged.get(listener.held)
        if frame is None:
            frame = self._merged[listener.held] = self._merge(listener.held)
        listener.held = None
        self._send(listener, frame, 1, now)

    def _merge(self, held: int) -> Frame:
        assert self._newest is not None  # noqa: S101 - something is held, so something came
        number = self._count - held
        if number == 1:
            return Frame(message(self._newest))
        kinds = sorted(kind for kind, last in self._last_of_kind.items() if last >= held)
        return Frame(message(self._newest, {"merged": number, "kinds": kinds}))

    def _send(self, listener: Listener, frame: Frame, messages: int, now: float) -> None:
        listener.line.write(frame)
        listener.spend(now, messages)
        listener.seq = self.seq


_NOTHING: Final = Frame(b"")


def message(change: Change, more: dict[str, object] | None = None) -> bytes:
    """Return a change as one server-sent event."""
    data = orjson.dumps(change._asdict() | (more or {}))
    return b"id: %d\nevent: change\ndata: %b\n\n" % (change.seq, data)


def resync(seq: int) -> Frame:
    """Return the event that says: read anew, then follow from here."""
    return Frame(b'id: %d\nevent: resync\ndata: {"seq":%d}\n\n' % (seq, seq))


def missed(changes: Iterable[Change]) -> Frame:
    """Return what a client missed, one event for each change."""
    return Frame(b"".join(map(message, changes)))


def _after(changes: Sequence[Change], seq: int) -> Sequence[Change]:
    if changes[0].seq > seq:
        return changes
    return [change for change in changes if change.seq > seq]
