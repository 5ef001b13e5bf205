"""A few threads of one connector's own, for libraries that block.

A hanging call is cut off at its time-out; where even that does not end it, the caller is let go
and the thread is lost to this connector alone until it comes back.
"""

import asyncio
import contextlib
import queue
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import Any, Final, Generic, Protocol, TypeVar

from hub.errors import HubError, Transient

THREADS: Final = 2
_GRACE_SECONDS: Final = 0.5
"""So long a call may take to notice that it was cut off."""

T = TypeVar("T")


class Held(Protocol):
    """A connection that a thread waits on."""

    sock: Any


class Job(Generic[T]):
    """One call: who waits for it, how long it may do without progress, what it waits on."""

    def __init__(self, work: Callable[[Any], T], patience: float) -> None:
        self.work = work
        self.future: Future[T] = Future()
        self.patience = patience
        self.due_at = monotonic() + patience
        self.cut = False
        self._held: Held | None = None
        self._sock: Any = None
        self._lock = threading.Lock()

    def hold(self, connection: Held) -> None:
        """Hear on which connection the thread waits.

        Raises: TimeoutError, when nobody waits for the thread any more.
        """
        with self._lock:
            if self.cut:
                raise TimeoutError
            self._held = connection
            self._sock = connection.sock or self._sock

    def moved(self) -> None:
        """Hear that a request begins or has ended: the patience begins anew.

        Raises: TimeoutError, when nobody waits for the thread any more.
        """
        with self._lock:
            if self.cut:
                raise TimeoutError
            self._held = self._sock = None
            self.due_at = monotonic() + self.patience

    def cut_off(self) -> None:
        """End what the thread waits on; it sends nothing more."""
        with self._lock:
            self.cut = True
            self.due_at = monotonic() + _GRACE_SECONDS
            # A connection lets go of its socket while an answer that ends it is still read.
            sock = (None if self._held is None else self._held.sock) or self._sock
        # Below TLS, whose own shutdown would pull the state from under the thread that reads.
        while sock is not None and not isinstance(sock, socket.socket):
            sock = getattr(sock, "socket", None)
        if sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


here = threading.local()
"""The job of this very thread, as `here.job`."""


class Threads:
    """The threads of one connector; made when they are needed."""

    def __init__(self, name: str, session: Callable[[], Any], patience: float) -> None:
        self._name = name
        self._session = session
        self._patience = patience
        self._waiting: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._ended: list[Future[None]] = []
        self._running: set[Job[Any]] = set()
        self._closed = False

    async def run(self, work: Callable[[Any], T]) -> T:
        """Run one call in a thread.

        Raises: Transient, when no thread was free or the call came to no end in time; else what
                `work` raised.
        """
        if self._closed:
            raise Transient("the way to the tool is closed; the hub is stopping")
        job = Job(work, self._patience)
        waited = asyncio.wrap_future(job.future)
        waited.add_done_callback(_heard)
        self._running.add(job)
        try:
            self._put(job)
            await self._wait(job, waited)
        except asyncio.CancelledError:
            job.future.cancel()
            job.cut_off()
            raise
        finally:
            self._running.discard(job)
        if waited.cancelled():
            raise Transient("the way to the tool is closed; the hub is stopping")
        return waited.result()

    async def _wait(self, job: Job[T], waited: asyncio.Future[T]) -> None:
        while not waited.done():
            left = job.due_at - monotonic()
            if left > 0:
                await asyncio.wait({waited}, timeout=left)
            elif job.future.cancel():
                raise Transient(
                    f"all {THREADS} threads of this connector have been busy for timeout_seconds, "
                    f"{self._patience:g} s"
                )
            elif not job.cut:
                job.cut_off()
            else:
                raise Transient(
                    f"a call came to no end within timeout_seconds, {self._patience:g} s"
                )

    def _put(self, job: Job[Any]) -> None:
        self._waiting.put(job)
        if len(self._ended) < min(THREADS, len(self._running)):
            ended: Future[None] = Future()
            self._ended.append(ended)
            name = f"wire-{self._name}-{len(self._ended)}"
            threading.Thread(target=self._work, args=(ended,), name=name, daemon=True).start()

    def _work(self, ended: Future[None]) -> None:
        session = None
        try:
            while (job := self._waiting.get()) is not None:
                if job.future.set_running_or_notify_cancel():
                    session = session or self._made(job)
                    if session is not None:
                        _do(job, session)
                del job
        finally:
            if session is not None:
                session.close()
            ended.set_result(None)

    def _made(self, job: Job[Any]) -> Any:
        try:
            return self._session()
        except HubError as error:  # settings that no session can have
            job.future.set_exception(error)
            return None

    async def close(self) -> None:
        """End the threads; one that hangs is left behind and holds up nobody."""
        self._closed = True
        for job in tuple(self._running):
            job.future.cancel()
            job.cut_off()
        for _ in self._ended:
            self._waiting.put(None)
        if self._ended:
            ends = [asyncio.wrap_future(ended) for ended in self._ended]
            await asyncio.wait(ends, timeout=2 * _GRACE_SECONDS)


def _heard(waited: asyncio.Future[Any]) -> None:
    """Take what became of a call, for a caller who may be gone."""
    if not waited.cancelled():
        waited.exception()


def _do(job: Job[Any], session: Any) -> None:
    here.job = job
    try:
        with contextlib.suppress(TimeoutError):
            job.moved()
        result = job.work(session)
    except StopIteration as error:  # asyncio takes no such error, and the caller would wait on
        job.future.set_exception(RuntimeError(repr(error)))
    except Exception as error:  # noqa: BLE001 - handed to who asked for the call
        job.future.set_exception(error)
    else:
        job.future.set_result(result)
    finally:
        here.job = None
