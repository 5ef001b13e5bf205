"""What `make demo` runs: prepare a folder, start the hub on it and the sender beside, say where.

Everything is in one folder, `.demo/`: remove it and the demo is gone. Both children are ended by
their own process ids.
"""

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from deploy.demo.organisation import ALERTS, SECRET, prepare

_FIRST_PORT: Final = 8080
_PORTS: Final = 50


def main() -> int:
    """Run the demo until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".demo"))
    parser.add_argument("--reset", action="store_true", help="throw the old demo away first")
    parser.add_argument("--speed", type=float, default=1.0, help="2: the story runs twice as fast")
    options = parser.parse_args()
    if options.reset:
        _remove(options.folder)
    prepare(options.folder, date.today())  # noqa: DTZ011 - the day where the demo is shown
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as ending, suppress(KeyboardInterrupt):
        return _run(options.folder.resolve(), options.speed, ending)
    print("\nThe demo has ended. It is kept in .demo/; RESET=1 starts anew.")
    return 0


def _run(folder: Path, speed: float, ending: ExitStack) -> int:
    hub = _start(_serve(folder, _free_port()), ending, stdout=subprocess.PIPE)
    ready = _first_line(hub)
    if ready is None:
        print("The hub did not start; what it said stands above.", file=sys.stderr)
        return 1
    _welcome(ready, folder)
    hook = f"{ready['listening']}/hooks/{ALERTS}"
    sender = [sys.executable, "-m", "deploy.demo.sender", hook, str(folder / SECRET)]
    with (folder / "sender.log").open("w") as log:
        _start([*sender, "--speed", str(speed)], ending, stdout=log)
        return hub.wait()


def _serve(folder: Path, port: int) -> list[str]:
    """Write the command; `milepost` stands beside the interpreter that runs this."""
    milepost = Path(sys.executable).parent / "milepost"
    files = ["--config", str(folder / "milepost.yaml"), "--data", str(folder / "data")]
    return [str(milepost), "serve", "--json", *files, "--port", str(port)]


def _start(command: list[str], ending: ExitStack, stdout: Any) -> "subprocess.Popen[str]":
    """Start a child in a session of its own, so that Ctrl-C reaches us and not it."""
    child = subprocess.Popen(command, stdout=stdout, text=True, start_new_session=True)
    ending.callback(_stop, child)
    return child


def _stop(child: "subprocess.Popen[str]") -> None:
    child.terminate()
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout:
        child.stdout.close()


def _first_line(hub: "subprocess.Popen[str]") -> dict[str, str] | None:
    line = hub.stdout.readline() if hub.stdout else ""
    return json.loads(line) if line else None


def _welcome(ready: dict[str, str], folder: Path) -> None:
    print(f"\nMilepost is open on a sample organisation: {ready['listening']}")
    if "admin_link" in ready:
        print(f"Come in as administrator, once, by:       {ready['admin_link']}")
    else:
        print("A token to come in: milepost token create --role admin", end=" ")
        print(f"--config {folder / 'milepost.yaml'} --data {folder / 'data'}")
    print("The first alerts arrive within seconds. Ctrl-C ends the demo.\n", flush=True)


def _free_port() -> int:
    """Take 8080 or the next free one."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise SystemExit(f"no port from {_FIRST_PORT} to {_FIRST_PORT + _PORTS - 1} is free")


def _remove(folder: Path) -> None:
    """Remove an old demo; refuse a folder that is none."""
    if not folder.exists():
        return
    if not (folder / "plans" / "made-for").exists():
        raise SystemExit(f"{folder} holds no demo, so it is not removed")
    shutil.rmtree(folder)
