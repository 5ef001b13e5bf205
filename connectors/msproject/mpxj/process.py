"""One run of a program that is not trusted to end: its time and its output are bounded."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TAIL_BYTES: Final = 16 * 1024
"""So much of what a program says is read; it may say more."""
_LOOK_SECONDS: Final = 0.02
_SAID_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    Shape: `status` is the exit status, negative for a signal. `over` is time, size or noise where
           the run was ended for going beyond a limit. `said` is the tail of what it printed.
    """

    status: int
    said: str
    over: str = ""


def run(command: Sequence[str], folder: Path, *, seconds: float, grown: Path, most: int) -> Ended:
    """Run a program in a folder of its own, and end it at its limits.

    Shape: `grown` is the file that it writes, `most` how many bytes that may have.
    Raises: OSError, when it cannot be started.
    """
    said = folder / "said"
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}
    with said.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - the program is the admin's, the names are ours
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True, close_fds=True,
        )  # fmt: skip
    over = ""
    try:
        over = _watch(process, seconds, ((grown, most, "size"), (said, _SAID_BYTES, "noise")))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
    with said.open("rb") as text:
        text.seek(max(0, said.stat().st_size - TAIL_BYTES))
        return Ended(status, text.read().decode("utf-8", "replace"), over)


def _watch(
    process: subprocess.Popen[bytes], seconds: float, limits: Sequence[tuple[Path, int, str]]
) -> str:
    """Wait for the end, or for the first limit that is passed."""
    until = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() >= until:
            return "time"
        for file, most, name in limits:
            if file.exists() and file.stat().st_size > most:
                return name
        try:
            process.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    return ""
