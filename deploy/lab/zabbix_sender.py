"""Values for trapper items, given by Zabbix's own `zabbix_sender`."""

import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deploy.lab.programs import find

_PATIENCE_SECONDS: Final = 10.0
_COUNTS: Final = re.compile(r"processed: (\d+); failed: (\d+)")


@dataclass(frozen=True)
class Value:
    """One value; without `clock` it is of now.

    Units: `clock` is epoch seconds.
    """

    host: str
    key: str
    value: object
    clock: int | None = None


def push(trapper: tuple[str, int], values: Sequence[Value]) -> None:
    """Send values in one run.

    A server that takes none may not know the items yet, so they are sent again; one that takes
    some of them has them, and sending again would make every event twice.

    Raises: ValueError, when not all were taken.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        processed, said = _run(trapper, values)
        if processed == len(values):
            return
        if processed or time.monotonic() > end:
            raise ValueError(f"the server took {processed} of {len(values)} values: {said}")
        time.sleep(0.1)


def _run(trapper: tuple[str, int], values: Sequence[Value]) -> tuple[int, str]:
    host, port = trapper
    timed = any(value.clock is not None for value in values)
    argv = [str(find("zabbix_sender")), "-z", host, "-p", str(port), "-i", "-"]
    lines = "".join(_line(value, timed=timed) for value in values)
    done = subprocess.run(
        [*argv, *(["-T"] if timed else [])],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    return sum(int(found[1]) for found in _COUNTS.finditer(said)), said[-2000:]


def _line(value: Value, *, timed: bool) -> str:
    clock = [str(value.clock or int(time.time()))] if timed else []
    return " ".join([_quoted(value.host), _quoted(value.key), *clock, _quoted(value.value)]) + "\n"


def _quoted(text: object) -> str:
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
