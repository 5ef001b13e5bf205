"""A problem as the tests tell it, through the API and through the webhook."""

import json
from pathlib import Path
from typing import Any

from connectors.zabbix import parse, push
from connectors.zabbix.parse import Trigger
from hub.contract import Record
from hub.mapping import apply, load

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = Path(__file__).parent / "fixtures"
FRONTEND = "http://zabbix.example/"
TRIGGER = Trigger(
    hosts=(
        {"hostid": "10560", "host": "db-02", "name": "Database 2"},
        {"hostid": "10559", "host": "db-01", "name": "Database 1"},
    ),
    groups=("Linux", "ERP/db"),
    url="http://runbook/2",
    manual_close="1",
)
ROW: dict[str, Any] = {
    "eventid": "2",
    "objectid": "23133",
    "clock": "1795406927",
    "name": "Loss on the link",
    "severity": "3",
    "acknowledged": "0",
    "suppressed": "0",
    "r_eventid": "0",
    "opdata": "60",
    "tags": [
        {"tag": "site", "value": "a"},
        {"tag": "service", "value": "shop-db"},
        {"tag": "site", "value": "b"},
    ],
    "acknowledges": [],
    "suppression_data": [],
}
SAID: list[dict[str, str]] = [
    {
        "acknowledgeid": "2",
        "clock": "1795406933",
        "username": "Admin",
        "action": "16",
        "message": "",
    },
    {
        "acknowledgeid": "1",
        "clock": "1795406930",
        "username": "Admin",
        "action": "14",
        "message": 'line 1\nline 2 "q"',
    },
]


def pulled(ended: str | None = None, trigger: Trigger = TRIGGER, **changed: Any) -> Record:
    return parse.pulled({**ROW, **changed}, trigger, ended, FRONTEND)


def pushed(name: str, **changed: Any) -> Record:
    told = json.loads((FIXTURES / f"{name}.json").read_text())
    (record,) = push.page(json.dumps({**told, **changed}).encode(), FRONTEND).records
    return record


def row_of(record: Record) -> dict[str, object]:
    """Return what the shipped document makes of a record."""
    path = ROOT / "mappings" / "zabbix" / "problem.yaml"
    values = apply(load(path.read_text(), name=path.name), record).values
    if not values.get("suppressed"):
        values.pop("suppressed", None)  # a webhook does not tell of it; a reading says no
    return values
