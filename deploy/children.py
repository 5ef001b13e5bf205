"""Children of a command: started in sessions of their own, and ended by their own process ids."""

import json
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

_FIRST_PORT: Final = 8080
_PORTS: Final = 50
_PATIENCE: Final = 20


def start(
    command: list[str], ending: ExitStack, stdout: Any, stderr: Any = None
) -> "subprocess.Popen[str]":
    """Start a child; Ctrl-C reaches us and not it, and `ending` ends it."""
    child = subprocess.Popen(
        command, stdout=stdout, stderr=stderr, text=True, start_new_session=True
    )
    ending.callback(_stop, child)
    return child


def _stop(child: "subprocess.Popen[str]") -> None:
    child.terminate()
    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout:
        child.stdout.close()


def serve(
    folder: Path, port: int, ending: ExitStack, stderr: Any = None
) -> "tuple[subprocess.Popen[str], Any]":
    """Start a hub on a folder and wait until it is ready; return it and what it said, or None."""
    # `milepost` stands beside the interpreter that runs this.
    milepost = Path(sys.executable).parent / "milepost"
    files = ["--config", str(folder / "milepost.yaml"), "--data", str(folder / "data")]
    command = [str(milepost), "serve", "--json", *files, "--port", str(port)]
    hub = start(command, ending, stdout=subprocess.PIPE, stderr=stderr)
    line = hub.stdout.readline() if hub.stdout else ""
    return hub, json.loads(line) if line else None


def free_port() -> int:
    """Take 8080 or the next free one."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise SystemExit(f"no port from {_FIRST_PORT} to {_FIRST_PORT + _PORTS - 1} is free")
