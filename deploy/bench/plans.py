"""A plan file of 118 MB: memory and time of the import, and what webhooks feel of it meanwhile."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.bench.client import Line, request
from deploy.bench.organisation import prepare
from deploy.bench.targets import ROOT, Hub, Store, milepost, start_hub
from deploy.bench.traffic import alert, webhook

TASKS: Final = 52_500
ASSIGNMENTS: Final = 50_000
TIMEPHASED: Final = 3
"""Values of each assignment: as many as make a file of 118 MB."""
_BARE: Final = """
import sys
from lxml import etree
for _, element in etree.iterparse(sys.argv[1], huge_tree=True, resolve_entities=False):
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
"""
_PIECE: Final = 1 << 20
_LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Cost:
    """What a process took. Units: `peak_mb` is its largest resident size, children left out."""

    what: str
    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Meanwhile:
    """Latencies of webhooks while a running hub imports, and while it does not."""

    store: str
    seconds: float
    peak_mb: float
    quiet_ms: list[float]
    busy_ms: list[float]
    refused: int


def written(folder: Path, tasks: int = TASKS, assignments: int = ASSIGNMENTS) -> Path:
    """Write the plan file."""
    path = folder / "big.xml"
    sizes = ["--tasks", str(tasks), "--assignments", str(assignments)]
    sizes += ["--timephased", str(TIMEPHASED)]
    command = [sys.executable, "-m", "tests.generators.mspdi", str(path), *sizes]
    subprocess.run(command, check=True, cwd=ROOT)
    return path


def costs(file: Path, stores: Iterable[Store], folder: Path) -> list[Cost]:
    """Import the file with the command line, beside a bare parser that keeps nothing."""
    found = [measured("bare lxml", [sys.executable, "-c", _BARE, str(file)])]
    for store in stores:
        home = folder / f"import-{store.name}"
        prepare(home, store.url())
        where: list[str | Path] = ["--config", home / "milepost.yaml", "--data", home / "data"]
        command = milepost("import", file, *where, "--json")
        found.append(measured(f"import, {store.name}", command))
    return found


def measured(what: str, command: list[str]) -> Cost:
    """Run a command to its end.

    Raises: RuntimeError, when it fails.
    """
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0.0
    # What `wait4` says of memory begins with our own: a child is a copy of us until its exec.
    while not (ended := os.wait4(child.pid, os.WNOHANG))[0]:
        peak = max(peak, _peak(child.pid))
        time.sleep(_LOOK_SECONDS)
    _, status, usage = ended
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{what}: exit status {child.returncode}")
    used = usage.ru_utime + usage.ru_stime
    return Cost(what, time.perf_counter() - began, used, peak)


async def meanwhile(file: Path, stores: Iterable[Store], folder: Path) -> list[Meanwhile]:
    """Upload the file to a running hub while webhooks go on coming."""
    found = []
    for store in stores:
        with ExitStack() as ending:
            hub = start_hub(folder / f"upload-{store.name}", store, ending)
            quiet, refused = await _poking(hub, asyncio.sleep(3), first=0)
            began = time.perf_counter()
            busy, more = await _poking(hub, _upload(hub, file), first=1_000_000)
            took = time.perf_counter() - began
            found.append(Meanwhile(store.name, took, _peak(hub.pid), quiet, busy, refused + more))
    return found


def _peak(pid: int) -> float:
    """Return the largest resident size that a process ever had; 0 where the system keeps none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


async def _poking(
    hub: Hub, until: Coroutine[Any, Any, None], *, first: int
) -> tuple[list[float], int]:
    """Send a webhook of one alert each 50 ms until something is over."""
    ending = asyncio.create_task(until)
    line, refused = Line(hub.base), 0
    took: list[float] = []
    while not ending.done():
        data = request("POST", hub.path, hub.headers, webhook([alert(first + len(took))]))
        began = time.perf_counter()
        status, _ = await line.send(data)
        took.append((time.perf_counter() - began) * 1e3)
        refused += status != 202  # noqa: PLR2004
        await asyncio.sleep(0.05)
    await ending
    line.close()
    return took, refused


async def _upload(hub: Hub, file: Path) -> None:
    size = file.stat().st_size  # noqa: ASYNC240 - nobody else waits
    reader, writer = await asyncio.open_connection("127.0.0.1", int(hub.base.rpartition(":")[2]))
    head = [
        "POST /api/v1/imports?connector=file&project=BIG&name=big.xml HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {hub.reading['Authorization']}",
        "Content-Type: application/octet-stream",
        f"Content-Length: {size}",
    ]
    writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    status = (await reader.readline()).split()[1]
    writer.close()
    if status != b"201":
        raise RuntimeError(f"the upload was refused: {status!r}")
