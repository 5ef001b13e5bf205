"""What is measured: a whole hub or a bare floor, each on a store of its own, started as a child."""

import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from deploy.bench.client import get
from deploy.bench.organisation import HOOK, SECRET, prepare
from deploy.bench.traffic import Key
from deploy.children import serve, start
from deploy.lab.ports import free_ports, responds, until
from deploy.lab.postgres import Postgres
from hub.app.sample.plan import KEY

ROOT: Final = Path(__file__).resolve().parents[2]
REFERENCE: Final = Path(os.environ.get("MILEPOST_REFERENCE") or ROOT / ".." / "shared")
_PAGE: Final = 1000


@dataclass(frozen=True)
class Store:
    """SQLite, or a PostgreSQL server that makes a database for each target."""

    name: str
    server: Postgres | None = None

    def url(self) -> str:
        """Return what `store:` says, with a database of its own."""
        return self.server.create_database() if self.server else "sqlite"

    @property
    def pids(self) -> list[int]:
        """The processes of the database server."""
        if self.server is None:
            return []
        return [int(self.server.house.servers()[self.server.name]["pid"])]


@dataclass
class Target:
    """A running server under test. `expected` is what has to fire, of all runs so far."""

    name: str
    store: Store
    base: str
    path: str
    pid: int
    headers: dict[str, str] = field(default_factory=dict)
    reading: dict[str, str] = field(default_factory=dict)
    expected: set[Key] = field(default_factory=set)

    async def firing(self) -> set[Key]:
        """Read which alerts fire, as everybody sees them."""
        raise NotImplementedError


class Hub(Target):
    """The whole hub."""

    async def firing(self) -> set[Key]:
        """Read which alerts fire, page by page."""
        found: set[Key] = set()
        path = f"/api/v1/alerts?status=firing&limit={_PAGE}"
        page = await get(self.base, path, self.reading)
        found |= _keys(page["items"])
        while page["next"]:
            page = await get(self.base, f"{path}&cursor={page['next']}", self.reading)
            found |= _keys(page["items"])
        return found


class Floor(Target):
    """The bare floor."""

    async def firing(self) -> set[Key]:
        """Read which alerts fire, all at once."""
        return _keys(await get(self.base, f"/alerts?limit={10**9}", {}))


def _keys(alerts: list[Any]) -> set[Key]:
    return {(one["labels"]["alertname"], one["labels"]["instance"]) for one in alerts}


def milepost(*arguments: str | Path) -> list[str]:
    """Return a command line of the hub."""
    return [str(Path(sys.executable).parent / "milepost"), *map(str, arguments)]


def ask(folder: Path, *arguments: str | Path) -> Any:
    """Run a command on a folder; return what it says.

    Raises: RuntimeError.
    """
    where: list[str | Path] = ["--config", folder / "milepost.yaml", "--data", folder / "data"]
    done = subprocess.run(milepost(*arguments, *where, "--json"), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"milepost {arguments[0]}: {done.stderr.decode()[-2000:]}")
    return orjson.loads(done.stdout)


def start_hub(folder: Path, store: Store, ending: ExitStack) -> Hub:
    """Start a hub with ten services and a plan, on an empty store."""
    plan = prepare(folder, store.url())
    ask(folder, "import", plan, "--project", KEY)
    token = ask(folder, "token", "create", "--role", "pm", "--name", "bench")["token"]
    log = ending.enter_context((folder / "hub.log").open("w"))
    process, ready = serve(folder, 0, ending, stderr=log)
    if ready is None:
        raise RuntimeError(f"the hub did not start: {(folder / 'hub.log').read_text()[-2000:]}")
    headers = {"Authorization": f"Bearer {SECRET}", "User-Agent": "Alertmanager/0.27.0"}
    reading = {"Authorization": f"Bearer {token}"}
    return Hub("hub", store, ready["listening"], f"/hooks/{HOOK}", process.pid, headers, reading)


def start_floor(folder: Path, store: Store, ending: ExitStack) -> Floor:
    """Start the reference's floor where that folder is, else our own."""
    folder.mkdir(parents=True, exist_ok=True)
    (port,) = free_ports(1)
    url = store.url()
    place = f"sqlite:{folder / 'floor.db'}" if url == "sqlite" else f"postgres:{url}"
    given = REFERENCE / "perf" / "proto_hub.py"
    command = [sys.executable, "-m", "deploy.bench.floor"]
    if given.exists():
        trip = [] if url == "sqlite" else ["--one-trip"]
        command = [sys.executable, str(given), "--journal", *trip]
    process = start([*command, "--port", str(port), "--db", place], ending, stdout=None)
    until(lambda: responds(port, "/alerts"), lambda: process.poll() is None, seconds=30)
    name = "reference floor" if given.exists() else "own floor"
    return Floor(name, store, f"http://127.0.0.1:{port}", "/hook", process.pid)
