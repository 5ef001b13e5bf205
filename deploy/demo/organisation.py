"""The sample organisation as a folder: settings, services, the plan, a secret. Today -> files."""

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from hub.app.sample.axis import Axis
from hub.app.sample.catalogue import services
from hub.app.sample.mspdi import document
from hub.app.sample.plan import KEY, YESTERDAY
from hub.app.sample.work import tasks

ALERTS: Final = "am-main"
PLAN: Final = "plan-office"
EARLIER: Final = "plans/yesterday.xml"
SECRET: Final = f"secrets/{ALERTS}"
_HEAD: Final = "# The sample organisation of `make demo`. Nothing in it is real.\n"

_SETTINGS: Final = {
    "organisation": {
        "name": "示例集团 Example Group",
        "timezone": "Asia/Shanghai",
        "locale": "zh-CN",
    },
    "store": "sqlite",
    "bus": "memory",
    "services": "services.yaml",
    "connectors": {
        ALERTS: {"type": "prometheus", "webhook_secret": f"file:{SECRET}"},
        PLAN: {"type": "msproject", "path": "plans/office.xml", "project": KEY},
    },
}


def plan(today: date) -> Mapping[str, bytes]:
    """Return the plan file, its month 7 being now, and what it was a day ago."""
    axis = Axis(today)
    return {
        "plans/office.xml": document(tasks(), axis),
        EARLIER: document(tasks(YESTERDAY), axis),
    }


def settings() -> Mapping[str, bytes]:
    """Return the files that an administrator would write, and a fresh secret."""
    return {
        "milepost.yaml": _yaml(_SETTINGS),
        "services.yaml": _yaml({"services": services()}),
        SECRET: secrets.token_urlsafe(24).encode(),
    }


def prepare(folder: Path, today: date) -> bool:
    """Write what is missing, and the plan anew when it is not of today; tell whether it was.

    What somebody changed in the settings or the services is kept.
    """
    stamp = folder / "plans" / "made-for"
    missing = {name: text for name, text in settings().items() if not (folder / name).exists()}
    _write(folder, missing)
    if stamp.exists() and stamp.read_text() == today.isoformat():
        return False
    _write(folder, plan(today))
    stamp.write_text(today.isoformat())
    return True


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if name == SECRET:
            path.chmod(0o600)


def _yaml(value: Any) -> bytes:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)
    return (_HEAD + text).encode()
