"""What the demo's alerts tell, again and again: the database strains, others follow, it ends.

Pure: a list of moments, and the webhook bodies that an Alertmanager would post for them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_NEVER: Final = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of the story; `service` "" is one that belongs to nobody known."""

    name: str
    service: str
    severity: str
    host: str
    summary: str

    @property
    def labels(self) -> dict[str, str]:
        """The label set that identifies it."""
        labels = {"alertname": self.name, "severity": self.severity, "instance": self.host}
        return {**labels, "environment": "production"} | (
            {"service": self.service} if self.service else {}
        )

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits, the same for the same labels."""
        text = "\n".join(f"{name}={value}" for name, value in sorted(self.labels.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens when. Units: `at` is seconds since the story began."""

    at: float
    status: str
    alerts: tuple[Alert, ...]


def _alerts(text: str) -> dict[str, Alert]:
    cells = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return {row[0]: Alert(*row) for row in cells}


ALERTS: Final = _alerts("""
CertificateExpiresSoon | | warning | kiosk-12:9115 | 自助终端证书 20 天后到期 Kiosk certificate expires in 20 days
PrinterTonerLow | | info | print-3f:9116 | 三楼打印机缺墨 Toner is low on the third floor
DatabaseConnectionsHigh | oa-db | warning | oa-db-01:9187 | 连接数超过上限的 80% Connections above 80 % of the maximum
DatabaseConnectionsExhausted | oa-db | critical | oa-db-01:9187 | 连接数耗尽 Connections are exhausted
DatabaseSlowQueries | oa-db | high | oa-db-01:9187 | 慢查询每分钟 140 条 140 slow queries a minute
WorkflowLatencyHigh | workflow | critical | workflow-01:8080 | 流程引擎 95 分位 8.2 秒 Workflow p95 at 8.2 s
DocumentFlowErrors | doc-flow | high | doc-flow-02:8080 | 公文提交失败 12% 12 % of submissions fail
SignOnLatencyHigh | sso | high | sso-01:8443 | 登录超过 5 秒 Sign-on takes more than 5 s
ExpenseTimeouts | expense | average | expense-01:8080 | 报销接口超时 Expense calls time out
GatewayErrors | api-gateway | high | api-gateway-01:8443 | 网关 5xx 占 7% 7 % of answers are 5xx
PortalSlow | portal | average | portal-03:443 | 门户首屏 6 秒 First screen of the portal takes 6 s
MobileErrors | mobile | warning | mobile-01:8443 | 移动端请求失败 Mobile requests fail
StaffBatchLate | staff | warning | staff-01:8080 | 考勤批处理延迟 Attendance batch is late
BranchPacketLoss | branch-network | high | branch-network-07:9116 | 分支链路丢包 18% 18 % packet loss on a branch link
""")  # noqa: E501 - a table

_STORM: Final = (
    (65, "WorkflowLatencyHigh SignOnLatencyHigh"),
    (75, "DocumentFlowErrors ExpenseTimeouts"),
    (88, "GatewayErrors StaffBatchLate"),
    (100, "PortalSlow MobileErrors"),
)
_SCRIPT: Final = (
    (3, "firing", "CertificateExpiresSoon"),
    (12, "firing", "DatabaseConnectionsHigh"),
    (40, "firing", "DatabaseSlowQueries"),
    (52, "firing", "DatabaseConnectionsExhausted"),
    *((at, "firing", names) for at, names in _STORM),
    (140, "firing", "BranchPacketLoss"),
    (170, "firing", "PrinterTonerLow"),
    (240, "resolved", "DatabaseConnectionsExhausted DatabaseSlowQueries"),
    *((at + 190, "resolved", names) for at, names in _STORM),
    (310, "resolved", "BranchPacketLoss DatabaseConnectionsHigh"),
    (320, "resolved", "CertificateExpiresSoon PrinterTonerLow"),
)
LENGTH: Final = 420.0
"""How long the story takes before it begins anew. Units: seconds."""


def moments() -> list[Moment]:
    """Return the story in the order of time."""
    return [
        Moment(at, status, tuple(ALERTS[name] for name in names.split()))
        for at, status, names in _SCRIPT
    ]


def burst(now: datetime) -> dict[str, Any]:
    """Write one webhook in which all of the story has begun, in its order, up to now."""
    begun = [moment for moment in moments() if moment.status == "firing"]
    last = begun[-1].at
    since = {
        alert.name: now - timedelta(seconds=last - moment.at)
        for moment in begun
        for alert in moment.alerts
    }
    alerts = [alert for moment in begun for alert in moment.alerts]
    return body("firing", alerts, since, now)


def body(
    status: str, alerts: Iterable[Alert], since: Mapping[str, datetime], now: datetime
) -> dict[str, Any]:
    """Write the webhook that an Alertmanager sends (version 4).

    Shape: `since` tells by alert name when it began to fire.
    """
    entries = [_entry(alert, status, since[alert.name], now) for alert in alerts]
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "milepost",
        "groupLabels": {},
        "commonLabels": _common([entry["labels"] for entry in entries]),
        "commonAnnotations": {},
        "externalURL": "",
        "alerts": entries,
    }


def _entry(alert: Alert, status: str, since: datetime, now: datetime) -> dict[str, Any]:
    return {
        "status": status,
        "labels": alert.labels,
        "annotations": {"summary": alert.summary},
        "startsAt": _stamp(since),
        "endsAt": _stamp(now) if status == "resolved" else _NEVER,
        "generatorURL": "",
        "fingerprint": alert.fingerprint,
    }


def _common(label_sets: list[dict[str, str]]) -> dict[str, str]:
    common = set(label_sets[0].items()).intersection(*(labels.items() for labels in label_sets))
    return dict(sorted(common))


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
