"""Which servers were started in a folder: pid and kernel start time, so that none else is hit."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

Entry = dict[str, str | int | float]


@dataclass(frozen=True)
class Notes:
    """`state.json` of a lab folder; another process can read it and stop the servers."""

    path: Path

    def all(self) -> dict[str, Entry]:
        """Read what is noted of each server, the oldest first."""
        with suppress(FileNotFoundError):
            noted: dict[str, Entry] = json.loads(self.path.read_text())
            return noted
        return {}

    def add(self, name: str, pid: int) -> None:
        """Note a server that was just started."""
        # PostgreSQL takes SIGTERM as "wait until every client has left".
        how = "SIGINT" if name.startswith("postgres") else "SIGTERM"
        created = psutil.Process(pid).create_time()
        self._write(self.all() | {name: {"pid": pid, "created": created, "signal": how}})

    def remove(self, name: str) -> None:
        """Forget a server."""
        self._write({key: value for key, value in self.all().items() if key != name})

    def leader(self, name: str) -> psutil.Process | None:
        """Return the process that was started; None when it has ended."""
        if entry := self.all().get(name):
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(int(entry["pid"]))
                if process.create_time() == entry["created"] and not has_ended(process):
                    return process
        return None

    def family(self, name: str) -> list[psutil.Process]:
        """Return a server's process, all below it, and all that it left in its session.

        A Zabbix whose first process was killed leaves two dozen that hold its ports.
        """
        first = self.leader(name)
        below = first.children(recursive=True) if first else []
        return list(dict.fromkeys([*([first] if first else []), *below, *self._session(name)]))

    def _session(self, name: str) -> list[psutil.Process]:
        """Find who is in the session; its number is not given anew while it has a member."""
        entry = self.all().get(name)
        if entry is None:
            return []
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                ours = os.getsid(process.pid) == entry["pid"]
                if ours and process.create_time() >= float(entry["created"]):
                    found.append(process)
        return [process for process in found if not has_ended(process)]

    def _write(self, servers: Mapping[str, object]) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(servers, indent=1))
        fresh.replace(self.path)


def has_ended(process: psutil.Process) -> bool:
    """Tell whether it has ended: where nobody collects orphans, a zombie stays in the table."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
