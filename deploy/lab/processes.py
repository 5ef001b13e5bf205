"""Starting servers and stopping them again: only our own, by pid and by kernel start time."""

import json
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

from deploy.lab.ports import NotReady, until

PROJECT: Final = Path(__file__).resolve().parents[2]
_GRACE_SECONDS: Final = 20.0


@dataclass
class House:
    """A folder with the servers that were started in it.

    Shape: `state.json` holds pid and kernel start time of each server, so that another process
           can stop them (`python -m deploy.lab down DIR`) and never hits a recycled pid.
    """

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
        argv: Sequence[str | Path],
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
                [str(arg) for arg in argv],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **(env or {})},
                cwd=self.root,
                start_new_session=True,
                **identity(user),
            )
        self._born[child.pid] = child
        self._note(name, child.pid)
        try:
            until(ready, lambda: child.poll() is None, seconds=seconds)
        except NotReady as reason:
            self.stop(name, signal.SIGKILL)
            tail = log.read_text(errors="replace")[-2000:]
            raise NotReady(f"{name}: {reason}\n{tail}") from None

    def alive(self, name: str) -> bool:
        """Tell whether a server that was started here still runs."""
        return self._process(name) is not None

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a server and whatever is left of its session; one that is gone is no fault."""
        if name not in self.servers():
            return
        if family := self._family(name):
            process = family[0]
            for member in family if how == signal.SIGKILL else [process]:
                with suppress(psutil.NoSuchProcess):
                    member.send_signal(how)
            if not _ended([process], _GRACE_SECONDS) or not _ended(family, _GRACE_SECONDS / 4):
                for member in family:
                    with suppress(psutil.NoSuchProcess):
                        member.kill()
                _ended(family, _GRACE_SECONDS)
            if child := self._born.pop(process.pid, None):
                child.wait()
        self._forget(name)

    def freeze(self, name: str) -> None:
        """Let a server hang: its connections stay open and nothing answers."""
        for member in self._family(name):
            member.suspend()

    def thaw(self, name: str) -> None:
        """Let a frozen server go on."""
        for member in self._family(name):
            member.resume()

    def stop_all(self) -> None:
        """End every server, the youngest first."""
        for name, entry in reversed(self.servers().items()):
            self.stop(name, signal.Signals[str(entry["signal"])])

    def raze(self) -> None:
        """End every server and remove the folder."""
        self.stop_all()
        shutil.rmtree(self.root, ignore_errors=True)
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()

    def servers(self) -> dict[str, dict[str, str | int | float]]:
        """Read what is noted of each server."""
        with suppress(FileNotFoundError):
            noted: dict[str, dict[str, str | int | float]] = json.loads(self._state.read_text())
            return noted
        return {}

    @property
    def _state(self) -> Path:
        return self.root / "state.json"

    def _note(self, name: str, pid: int) -> None:
        # PostgreSQL takes SIGTERM as "wait until every client has left".
        how = "SIGINT" if name.startswith("postgres") else "SIGTERM"
        created = psutil.Process(pid).create_time()
        self._write(self.servers() | {name: {"pid": pid, "created": created, "signal": how}})

    def _forget(self, name: str) -> None:
        self._write({key: value for key, value in self.servers().items() if key != name})

    def _write(self, servers: Mapping[str, object]) -> None:
        fresh = self._state.with_suffix(".new")
        fresh.write_text(json.dumps(servers, indent=1))
        fresh.replace(self._state)

    def _process(self, name: str) -> psutil.Process | None:
        entry = self.servers().get(name)
        if entry is None:
            return None
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(entry["pid"]))
            if process.create_time() == entry["created"] and not _has_ended(process):
                return process
        return None

    def _family(self, name: str) -> list[psutil.Process]:
        process = self._process(name)
        return [process, *process.children(recursive=True)] if process else []

    def _watch(self) -> None:
        """Start the guard: it sees our end of its pipe close, even after kill -9, and tidies up."""
        if self.guarded and self._guard is None:
            self._guard = subprocess.Popen(
                [sys.executable, "-m", "deploy.lab", "guard", str(self.root)],
                stdin=subprocess.PIPE,
                cwd=PROJECT,
                start_new_session=True,
            )


def _has_ended(process: psutil.Process) -> bool:
    """Tell whether it has ended: where nobody collects orphans, a zombie stays in the table."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _ended(processes: Sequence[psutil.Process], seconds: float) -> bool:
    """Wait for the end of all; tell whether it came in time."""
    end = time.monotonic() + seconds
    while not all(map(_has_ended, processes)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def identity(user: pwd.struct_passwd | None) -> Any:
    """Return what `subprocess` wants to hear of an account to switch to."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
