"""Documents and records for the tests of the mapping."""

from pathlib import Path

from hub.contract import Record
from hub.mapping import Document, load

ALERT_YAML = Path(__file__).resolve().parents[3] / "mappings" / "prometheus" / "alert.yaml"

ZABBIX = """\
mapping: zabbix.problem
to: alert
version: 1
fields:
  title:     {path: name}
  status:    {value: firing}
  severity:  {path: severity, table: severity}
  starts_at: {path: clock, as: epoch_seconds}
  ends_at:   {path: r_clock, as: epoch_seconds, absent_if: "0"}
  labels:    {value: {}}
  service:   {path: "tags[?tag=='service'].value | [0]", optional: true}
tables:
  severity: {"0": unknown, "1": info, "2": warning, "3": average, "4": high, "5": critical}
"""


def zabbix() -> Document:
    return load(ZABBIX, name="problem.yaml")


def prometheus() -> Document:
    return load(ALERT_YAML.read_text(encoding="utf-8"), name="alert.yaml")


def one_field(rule: str, *, field: str = "notes", tables: str = "{}") -> Document:
    """Make a document for tasks whose one field of interest is `field`."""
    lines = [
        "mapping: tool.task",
        "to: task",
        "version: 1",
        "fields:",
        "  title: {value: t}",
        "  kind: {value: work}",
        "  status: {value: todo}",
        f"  {field}: {rule}",
        f"tables: {tables}",
    ]
    return load("\n".join(lines), name="task.yaml")


def record(**body: object) -> Record:
    return Record(kind="problem", key="1", body=body)


def problem(**changes: object) -> Record:
    body: dict[str, object] = {
        "name": "Disk full",
        "severity": "4",
        "clock": "1700000000",
        "r_clock": "0",
        "tags": [{"tag": "service", "value": "shop-db"}],
    }
    return record(**{name: value for name, value in (body | changes).items() if value is not None})


def alert(**changes: object) -> Record:
    """Make an element of an Alertmanager webhook; None leaves a key out."""
    body: dict[str, object] = {
        "status": "firing",
        "labels": {
            "alertname": "DiskFull",
            "severity": "critical",
            "instance": "db-01:9100",
            "service": "shop-db",
            "env": "prod",
        },
        "annotations": {
            "summary": "Disk full on db-01",
            "runbook_url": "https://runbooks.example.net/disk",
        },
        "startsAt": "2026-01-05T10:00:00.123456789+08:00",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.net/graph?g0.expr=up",
        "fingerprint": "9f3c0a1b2c3d4e5f",
    }
    kept = {name: value for name, value in (body | changes).items() if value is not None}
    return Record(kind="alert", key="9f3c", body=kept)
