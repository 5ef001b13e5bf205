"""The command in processes of its own, forked from one that has imported the hub already.

Importing costs ten times what a command does, and these tests run a thousand commands. What starts
here is the same `main` with its own process id, signals and end. The installed program itself is
what `tests/integration/cli`, `tests/e2e` and `tests/soak` start.
"""

import atexit
import contextlib
import functools
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parents[3]
_NUMBER: Final = struct.Struct("!i")


class Started:
    """A process that was started here: as much of `subprocess.Popen` as the tests need."""

    def __init__(
        self,
        words: Sequence[str],
        out: IO[bytes],
        err: IO[bytes],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] = os.environ,
    ) -> None:
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(_nursery())
        order = json.dumps({"words": [*words], "cwd": str(cwd or Path.cwd()), "env": {**env}})
        socket.send_fds(self._line, [b"o"], [out.fileno(), err.fileno()])
        self._line.sendall(order.encode() + b"\n")
        self.returncode: int | None = None
        self.pid = self._number()

    def poll(self) -> int | None:
        """Return its status when it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end; return its status, that of a signal below zero."""
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("milepost", timeout)
            self.returncode = self._number()
            self._line.close()
        return self.returncode

    def send_signal(self, how: signal.Signals) -> None:
        """Send a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, how)

    def _number(self) -> int:
        (number,) = _NUMBER.unpack(self._line.recv(_NUMBER.size, socket.MSG_WAITALL))
        return int(number)


Process = Started | subprocess.Popen[bytes]
Start = Callable[[Sequence[str], IO[bytes], IO[bytes]], Process]


def run(
    words: Sequence[str], timeout: float, start: Start = Started
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = start(words, out, err)
        try:
            status = process.wait(timeout)
        finally:
            process.send_signal(signal.SIGKILL)
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(
            [*words], status, out.read().decode(), err.read().decode()
        )


@functools.cache
def _nursery() -> str:
    """Start the process that the others are forked from; it ends with this one, however that ends.

    Shape: where it listens, a name that is no file.
    """
    name = f"\0milepost-warm-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()
        mine, its = socket.socketpair()
        fds = (listening.fileno(), its.fileno())
        nursery = subprocess.Popen(
            [sys.executable, "-m", __name__, *map(str, fds)],
            cwd=ROOT,
            pass_fds=fds,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        its.close()
    atexit.register(_end, mine, nursery)
    return name


def _end(line: socket.socket, nursery: subprocess.Popen[bytes]) -> None:
    line.close()
    nursery.wait()


def _serve(listening: socket.socket, parent: socket.socket) -> Sequence[str]:
    """Fork a process for each order; in that process, return what it has to run."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks for those that end
    while True:
        ready, _, _ = select.select([listening, parent], [], [])
        if parent in ready:
            os._exit(0)
        line, _ = listening.accept()
        if os.fork():
            line.close()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _, (out, err), _, _ = socket.recv_fds(line, 1, 2)
        with line.makefile("rb") as said:
            order = json.loads(said.readline())
        if pid := os.fork():
            os.close(out)
            os.close(err)
            line.sendall(_NUMBER.pack(pid))
            _, ended = os.waitpid(pid, 0)
            with contextlib.suppress(BrokenPipeError):
                line.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(ended)))
            os._exit(0)
        os.setsid()
        os.dup2(out, 1)
        os.dup2(err, 2)
        for end in (listening, parent, line):
            end.close()
        os.close(out)
        os.close(err)
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["env"])
        return [str(word) for word in order["words"]]


if __name__ == "__main__":
    from hub.cli.main import main

    gc.collect()
    gc.freeze()
    doors = [socket.socket(fileno=int(fd)) for fd in sys.argv[1:]]
    sys.argv = ["milepost", *_serve(*doors)]
    main()
