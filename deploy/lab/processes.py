"""Starting servers and stopping them again: only our own."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from deploy.lab.notes import Entry, Notes, has_ended
from deploy.lab.ports import NotReady, until

PROJECT: Final = Path(__file__).resolve().parents[2]
_GRACE_SECONDS: Final = 20.0


@dataclass
class House:
    """A folder with the servers that were started in it."""

    root: Path
    guarded: bool = False
    _born: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    _guard: subprocess.Popen[bytes] | None = None

    @classmethod
    def temporary(cls) -> "House":
        """Make a house that falls with this process, however it ends."""
        root = Path(tempfile.mkdtemp(prefix="milepost-lab-"))
        # PostgreSQL runs as another user when we are root, and has to get through.
        root.chmod(0o755)
        return cls(root, guarded=True)

    def start(
        self,
        name: str,
        argv: Sequence[str],
        ready: Callable[[], bool],
        *,
        env: Mapping[str, str] | None = None,
        user: pwd.struct_passwd | None = None,
        seconds: float = 60,
    ) -> None:
        """Start a server in a session of its own and wait until it answers.

        Raises: NotReady, with the end of its log.
        """
        self._watch()
        log = self.root / f"{name}.log"
        with log.open("ab") as out:
            child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **(env or {})},
                cwd=self.root,
                start_new_session=True,
                **identity(user),
            )
        self._born[child.pid] = child
        self._notes.add(name, child.pid)
        try:
            until(ready, lambda: child.poll() is None, seconds=seconds)
        except NotReady as reason:
            self.stop(name, signal.SIGKILL)
            tail = log.read_text(errors="replace")[-2000:]
            raise NotReady(f"{name}: {reason}\n{tail}") from None

    def alive(self, name: str) -> bool:
        """Tell whether a server that was started here still runs."""
        return self._notes.leader(name) is not None

    def family(self, name: str) -> list[psutil.Process]:
        """Return the processes of a server, its first one first."""
        return self._notes.family(name)

    def servers(self) -> dict[str, Entry]:
        """Return what is noted of each server."""
        return self._notes.all()

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a server and what it started; one that is gone is no fault."""
        first = self._notes.leader(name)
        family = self._notes.family(name)
        if first and how != signal.SIGKILL:
            _signal([first], how)
            # A frozen one takes no signal before it goes on.
            _signal(family, signal.SIGCONT)
            if _ended([first], _GRACE_SECONDS):
                # PHP's workers outlive it.
                _signal(family, how)
                _ended(family, _GRACE_SECONDS / 4)
        # Again, for one of them may have started another in between.
        while family := self._notes.family(name):
            _signal(family, signal.SIGKILL)
            _ended(family, _GRACE_SECONDS)
        if (entry := self.servers().get(name)) and (
            child := self._born.pop(int(entry["pid"]), None)
        ):
            child.wait()
        self._notes.remove(name)

    def freeze(self, name: str) -> None:
        """Let a server hang: its connections stay open and nothing answers."""
        _signal(self._notes.family(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen server go on."""
        _signal(self._notes.family(name), signal.SIGCONT)

    def stop_all(self) -> None:
        """End every server, the youngest first."""
        for name, entry in self.servers().items():
            # All at once; but a database ends after those who write to it.
            if entry["signal"] == "SIGTERM" and (first := self._notes.leader(name)):
                _signal([first], signal.SIGTERM)
        for name, entry in reversed(self.servers().items()):
            self.stop(name, signal.Signals[str(entry["signal"])])

    def raze(self) -> None:
        """End every server and remove the folder."""
        self.stop_all()
        shutil.rmtree(self.root, ignore_errors=True)
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()

    @property
    def _notes(self) -> Notes:
        return Notes(self.root / "state.json")

    def _watch(self) -> None:
        """Start the guard: it sees our end of its pipe close, even after kill -9, and tidies up."""
        if self.guarded and self._guard is None:
            self._guard = subprocess.Popen(
                [sys.executable, "-m", "deploy.lab", "guard", str(self.root)],
                stdin=subprocess.PIPE,
                cwd=PROJECT,
                start_new_session=True,
            )


def _signal(processes: Sequence[psutil.Process], how: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(how)


def _ended(processes: Sequence[psutil.Process], seconds: float) -> bool:
    """Wait for the end of all; tell whether it came in time."""
    end = time.monotonic() + seconds
    while not all(map(has_ended, processes)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def identity(user: pwd.struct_passwd | None) -> Any:
    """Return what `subprocess` wants to hear of an account to switch to."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
