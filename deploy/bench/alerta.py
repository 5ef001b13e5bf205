"""A peer: Alerta, an open alert console, with gunicorn on a database of its own on the same server.

Source: its manual, "Deployment" and "Webhooks"; two workers with four threads each keep connections
open and are its better set-up here.
"""

import os
import shutil
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, Final

from deploy.bench.client import get
from deploy.bench.targets import Store, Target
from deploy.bench.traffic import Key
from deploy.children import start
from deploy.lab.ports import LOOPBACK, free_ports, responds, until

NAME: Final = "alerta"
"""Its end state is its own affair: it is shown, and fails nothing of ours."""
_WORKERS: Final = (
    "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "60",
    "--preload",  # else both workers make the tables, and one of them fails on it
    "--no-control-socket",
)  # fmt: skip
_PAGE: Final = 1000


class Alerta(Target):
    """A running Alerta."""

    async def firing(self) -> set[Key]:
        """Read which alerts are open, page by page."""
        found: set[Key] = set()
        for number in count(1):
            path = f"/alerts?status=open&page={number}&page-size={_PAGE}"
            answer = await get(self.base, path, {})
            found |= {_key(one) for one in answer["alerts"]}
            if not answer["more"]:
                break
        return found


def _key(one: Any) -> Key:
    return one["event"], one["resource"]


def program() -> Path | None:
    """Find the gunicorn that stands beside `alertad`; None where Alerta is not installed.

    Shape: `MILEPOST_ALERTA` may name the folder of both, as Alerta wants an environment of its own.
    """
    place = os.environ.get("MILEPOST_ALERTA")
    found = shutil.which("alertad", path=place)
    beside = Path(found).parent / "gunicorn" if found else None
    return beside if beside is not None and beside.exists() else None


def start_alerta(folder: Path, store: Store, ending: ExitStack) -> Alerta | None:
    """Start Alerta on an empty database; None where it is not installed or has no such store."""
    gunicorn = program()
    if gunicorn is None or store.server is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    (port,) = free_ports(1)
    log = ending.enter_context((folder / "alerta.log").open("w"))
    given = {
        "DATABASE_URL": store.url().replace("postgresql:", "postgres:", 1),
        "AUTH_REQUIRED": "False",
        "ALERTA_SVR_CONF_FILE": str(folder / "none.conf"),
    }
    settings = [word for name, value in given.items() for word in ("--env", f"{name}={value}")]
    command = [str(gunicorn), *_WORKERS, "--bind", f"{LOOPBACK}:{port}", *settings]
    process = start([*command, "alerta.app:create_app()"], ending, stdout=log, stderr=log)
    until(lambda: responds(port, "/alerts"), lambda: process.poll() is None, seconds=60)
    base = f"http://{LOOPBACK}:{port}"
    return Alerta(NAME, store, base, "/webhooks/prometheus", process.pid)
