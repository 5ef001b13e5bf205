"""The organisation that the bench runs on: ten services that need one another and hold up a plan.

The plan is that of the demo, so linking, impact and exposure really have something to do.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.bench.traffic import SERVICES
from deploy.demo.organisation import plan
from hub.app.sample.plan import KEY, ROWS

HOOK: Final = "am-main"
SECRET: Final = "bench"  # noqa: S105 - protects nothing
_NEEDS: Final = {
    "checkout": ["payments", "catalog", "auth"],
    "search": ["catalog"],
    "billing": ["ledger", "mailer"],
    "catalog": ["gateway"],
    "gateway": ["auth"],
    "payments": ["ledger"],
    "reports": ["ledger", "search"],
}
_DELIVERS: Final = {"checkout": "M8", "search": "M7", "billing": "M11", "reports": "M9"}


def prepare(folder: Path, store: str) -> Path:
    """Write a folder to serve from; return the path of its plan.

    Shape: `store` is as in milepost.yaml.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "store": store,
        "services": "services.yaml",
        "log_format": "json",
        "connectors": {HOOK: {"type": "prometheus", "webhook_secret": SECRET}},
    }
    (folder / "milepost.yaml").write_text(yaml.safe_dump(settings))
    services = {"services": [_service(ref, place) for place, ref in enumerate(SERVICES)]}
    (folder / "services.yaml").write_text(yaml.safe_dump(services))
    (name, content), *_ = plan(_today()).items()
    path = folder / Path(name).name
    path.write_bytes(content)
    return path


def _today() -> date:
    return datetime.now(UTC).date()


def _service(ref: str, place: int) -> dict[str, Any]:
    service: dict[str, Any] = {
        "ref": ref,
        "name": ref.capitalize(),
        "tier": 1 + place % 3,
        "match": {"labels": {"service": [ref]}},
    }
    if needs := _NEEDS.get(ref):
        service["depends_on"] = [{"service": need, "hardness": "hard"} for need in needs]
    if code := _DELIVERS.get(ref):
        title = next(row.title for row in ROWS if row.code == code)
        service["delivers"] = [{"project": KEY, "milestone": title, "role": "delivers"}]
    return service
