"""A made-up organisation as the API tells it: the stand-in server answers with this."""

from datetime import UTC, datetime, timedelta
from typing import Any

Entity = dict[str, Any]

PROJECT = "plan-office:project:OFFICE"


def instant(now: datetime, minutes: float) -> str:
    """Return an instant so many minutes before `now`, as RFC 3339."""
    return (now - timedelta(minutes=minutes)).isoformat()


def day(now: datetime, days: float) -> str:
    """Return a plan moment so many days after `now`."""
    at = now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return at.isoformat()


def reason(code: str, **values: object) -> Entity:
    """Return a reason as the API gives it."""
    return {"code": code, "values": values}


def _moved(now: datetime) -> Entity:
    """Return what the newest plan did to a date, and what one did before that."""
    longer = {
        **reason("task_longer", task="第二轮试迁移 Second trial migration", days=4.0),
        "task": "plan-office:task:OFFICE/51",
        "owners": ["数据库 DBA", "后端开发 Backend"],
    }
    unknown = {**reason("move_cause_unknown"), "task": None, "owners": []}
    last = {
        "at": instant(now, 20),
        "before": day(now, -1),
        "after": day(now, 3),
        "days": 4,
        "causes": [longer],
    }
    first = {
        "at": instant(now, 9 * 24 * 60),
        "before": day(now, 1),
        "after": day(now, -1),
        "days": -2,
        "causes": [unknown],
    }
    return {"moved": last, "moves": [last, first]}


def milestone(number: int, title: str, rag: str, now: datetime, **more: Any) -> Entity:
    """Return one milestone; `due` and `baseline` are days from `now`."""
    due, baseline = more.pop("due", None), more.pop("baseline", None)
    health = {"rag": rag, "reasons": more.pop("why", [])}
    return {
        "ref": f"plan-office:milestone:OFFICE/{number}",
        "title": title,
        "project": PROJECT,
        "project_title": "智慧办公平台",
        "due": None if due is None else day(now, due),
        "baseline": None if baseline is None else day(now, baseline),
        "actual": None,
        "forecast": None,
        "float_days": None,
        "float_source_days": None,
        "critical": None,
        "health": health,
        "exposure": 0,
        "incidents": [],
        "risks": [],
        "services": [],
        "gate": None,
        "moved": None,
        "moves": [],
        **more,
    }


def alert(key: str, title: str, severity: int, now: datetime, **more: Any) -> Entity:
    """Return one firing alert; `ago` is minutes."""
    ago = more.pop("ago", 30)
    return {
        "ref": f"am-main:alert:{key}",
        "title": title,
        "severity": severity,
        "severity_raw": "page" if severity == 5 else "warning",
        "status": "firing",
        "service": None,
        "incident": None,
        "starts_at": instant(now, ago),
        "ends_at": None,
        "last_seen_at": instant(now, 0.5),
        "count": 4,
        "labels": {"alertname": title, "cluster": "office-bj", "instance": "10.2.0.7:9187"},
        "source": {"connector": "am-main", "key": key, "url": "http://prometheus.example/graph"},
        "milestones": [],
        "runbook_url": None,
        **more,
    }


def in_full(one: Entity) -> Entity:
    """Return the long form of an alert."""
    fired = {"episode": 1, "event": "fired", "at": one["starts_at"], "source_key": "x"}
    return {
        **one,
        "raw": {"labels": one["labels"]},
        "provenance": {},
        "occurrences": [{**fired, "received_at": one["starts_at"]}],
        "annotations": {"summary": f"{one['title']} for more than five minutes"},
    }


def incident(number: int, title: str, severity: int, now: datetime, **more: Any) -> Entity:
    """Return one open incident; `ago` is minutes."""
    ago = more.pop("ago", 30)
    return {
        "ref": f"hub:incident:{number}",
        "title": title,
        "status": "open",
        "severity": severity,
        "priority": 3,
        "priority_base": 3,
        "reasons": [],
        "services": [],
        "alerts": [],
        "milestones": [],
        "risks": [],
        "opened_at": instant(now, ago),
        "acked_at": None,
        "resolved_at": None,
        **more,
    }


def hurt(number: int, title: str, exposure: float, **more: Any) -> Entity:
    """Return what an incident does to one milestone."""
    return {
        "ref": f"plan-office:milestone:OFFICE/{number}",
        "title": title,
        "exposure": exposure,
        "float_days": 0.0,
        "slip": None,
        "slip_at": None,
        "reasons": [],
        **more,
    }


FACTORS = {
    "L": 0.93,
    "A": 1.0,
    "S": 1.0,
    "C": 1.0,
    "P": 1.0,
    "U": 0.807,
    "B": 0.687,
    "n": 6,
    "tier": 1,
}


def organisation(now: datetime | None = None) -> dict[str, list[Entity]]:
    """Return every list of the API for the made-up organisation."""
    now = now or datetime.now(UTC)
    return {
        "milestones": _milestones(now),
        "incidents": _incidents(now),
        "alerts": _alerts(now),
        "services": _services(),
        "links": _links(now),
        "connectors": _connectors(now),
        "quarantine": _quarantine(now),
        "mappings": _mappings(now),
    }


def _route() -> list[Entity]:
    fourth = "plan-office:milestone:OFFICE/4"
    affects = reason("incident_affects", service="office-db", confidence=0.98)
    delivers = reason("milestone_delivers", service="office-db", weight=1.0)
    first = {"source": "hub:incident:19", "target": "office-db", "confidence": 0.98}
    last = {"source": "office-db", "target": fourth, "confidence": 0.95}
    return [{**first, "reason": affects}, {**last, "reason": delivers}]


def _milestones(now: datetime) -> list[Entity]:
    behind = reason("health_behind_baseline", days=7.0, baseline="2026-11-16T18:00")
    exposed = reason("health_exposed", exposure=84.2)
    return [
        milestone(
            4,
            "数据迁移完成 Data migration",
            "red",
            now,
            due=3,
            baseline=-6,
            **_moved(now),
            why=[behind, exposed, reason("health_no_float")],
            float_days=0.0,
            float_source_days=0.0,
            critical=True,
            exposure=84.2,
            incidents=["hub:incident:19"],
            services=["office-db", "storage"],
        ),
        milestone(
            6,
            "统一门户上线 Portal go-live",
            "red",
            now,
            due=21,
            baseline=14,
            why=[
                reason("health_finish_after_due", finish="2027-01-08", due="2027-01-05", days=3.0)
            ],
            float_days=0.0,
            critical=True,
            exposure=46.0,
            incidents=["hub:incident:19", "hub:incident:23"],
            services=["portal", "sso", "office-db"],
        ),
        milestone(
            7,
            "安全测评通过 Security review",
            "amber",
            now,
            due=34,
            baseline=34,
            float_days=4.5,
            exposure=22.4,
            incidents=["hub:incident:23"],
            services=["sso"],
            critical=False,
        ),
        milestone(
            9,
            "移动端发布 Mobile release",
            "unknown",
            now,
            due=48,
            exposure=6.1,
            incidents=["hub:incident:24"],
            services=["gateway"],
        ),
        milestone(2, "需求冻结", "green", now, due=-40, baseline=-40, actual=day(now, -41)),
        milestone(10, "试运行结束", "green", now, due=80, baseline=80, float_days=6.0),
        milestone(11, "终验", "green", now, due=120, baseline=120, float_days=6.0),
    ]


def _incidents(now: datetime) -> list[Entity]:
    return [
        incident(
            19,
            "office-db：复制延迟超过 15 分钟",
            5,
            now,
            ago=96,
            priority=1,
            priority_base=2,
            reasons=[
                reason("priority_matrix", impact=1, urgency=1, priority=1),
                reason("impact_tier", service="office-db", tier=1, impact=1.0),
                reason("urgency_severity", severity="critical"),
                reason("group_near", seconds=42, T=0.91),
                reason("group_same_service", service="office-db"),
            ],
            services=["office-db"],
            alerts=["am-main:alert:a1", "am-main:alert:a2", "am-main:alert:a3"],
            milestones=[
                hurt(
                    4,
                    "数据迁移完成 Data migration",
                    84.2,
                    factors=FACTORS,
                    slip_at=day(now, 1),
                    slip={"days": 1.5, "reasons": []},
                    route=_route(),
                    reasons=[
                        reason("exposure_route", chain="office-db → 数据迁移完成", link=0.93),
                        reason("float_none", milestone="数据迁移完成", float_days=0),
                        reason("milestone_due_in", milestone="数据迁移完成", days=3),
                    ],
                ),
                hurt(6, "统一门户上线 Portal go-live", 46.0, float_days=2.0, factors=FACTORS),
            ],
        ),
        incident(
            23,
            "单点登录错误率 5 % on sso",
            4,
            now,
            ago=41,
            priority=2,
            priority_base=2,
            status="acknowledged",
            acked_at=instant(now, 33),
            commander="Li Na",
            services=["sso"],
            alerts=["am-main:alert:b1", "am-main:alert:b2"],
            milestones=[
                hurt(7, "安全测评通过 Security review", 22.4, float_days=4.5),
                hurt(6, "统一门户上线 Portal go-live", 18.0, float_days=2.0),
            ],
        ),
        incident(
            24,
            "gateway: p99 latency above 2 s",
            3,
            now,
            ago=12,
            services=["gateway"],
            alerts=["am-main:alert:c1"],
            milestones=[hurt(9, "移动端发布 Mobile release", 6.1, float_days=None)],
        ),
        incident(25, "batch: nightly job is late", 2, now, ago=300, services=["batch"], priority=4),
    ]


def _alerts(now: datetime) -> list[Entity]:
    of19 = {"incident": "hub:incident:19", "service": "office-db"}
    of23 = {"incident": "hub:incident:23", "service": "sso"}
    return [
        alert("a1", "PostgresReplicationLag", 5, now, ago=96, **of19),
        alert("a2", "PostgresTooManyConnections", 4, now, ago=92, **of19),
        alert("a3", "BackupJobBlocked", 3, now, ago=60, **of19),
        alert("b1", "HighErrorRate", 4, now, ago=41, **of23),
        alert("b2", "LoginLatency", 3, now, ago=39, **of23),
        alert("c1", "HighLatencyP99", 3, now, incident="hub:incident:24", service="gateway"),
        alert("d1", "DiskWillFillIn4Hours", 3, now, service="storage", ago=18),
        alert("e1", "NodeClockSkew", 2, now, ago=200),
        alert("e2", "CertificateExpiresSoon", 2, now, ago=1500),
        alert("e3", "TargetDown", 4, now, ago=7),
        alert("e4", "UnknownSeverityFromTest", 0, now, ago=9),
    ]


def _services() -> list[Entity]:
    rows = [
        ("office-db", "办公数据库", 1, "数据库组"),
        ("sso", "统一认证", 1, "安全组"),
        ("portal", "门户", 2, "门户组"),
        ("gateway", "API gateway", 2, None),
        ("storage", "Storage", 2, "SRE"),
        ("batch", "Batch", 4, None),
    ]
    plain = {"aliases": [], "match": {"labels": {}, "hosts": [], "host_groups": []}}
    unknown = {"rag": "unknown", "reasons": []}
    return [
        {
            "ref": ref,
            "name": name,
            "tier": tier,
            "owner": owner,
            "runbook_url": f"https://wiki.example/{ref}" if tier == 1 else None,
            "system": None,
            "environment": "prod",
            "depends_on": [],
            "delivers": [],
            "health": unknown,
            **plain,
        }
        for ref, name, tier, owner in rows
    ]


def _links(now: datetime) -> list[Entity]:
    matched = {"kind": "label", "family": "label", "strength": 0.9, "rule": "labels"}
    state = {"state": "linked", "rule": "labels", "at": instant(now, 90), "by": None}
    evidence = [{**matched, "matched": {"service": "office-db"}}]
    return [
        {
            "id": "1",
            "source": "am-main:alert:a1",
            "target": "office-db",
            "type": "affects",
            "confidence": 0.95,
            "evidence": evidence,
            "reasons": [
                reason("service_by_admin_rule", service="office-db", matched="service=office-db")
            ],
            **state,
        },
        {
            "id": "2",
            "source": "office-db",
            "target": "plan-office:milestone:OFFICE/4",
            "type": "delivers",
            "confidence": 1.0,
            "evidence": [],
            **state,
        },
    ]


def connector(name: str, type_: str, title: str, now: datetime, **more: Any) -> Entity:
    """Return one connector that was looked at a moment ago and is well."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    polls = more.get("polls", True)
    return {
        "id": name,
        "type": type_,
        "title": title,
        "state": "ok",
        "message": None,
        "since": instant(now, 90),
        "polls": polls,
        "poll_seconds": 30 if polls else None,
        "last_success_at": instant(now, 0.2),
        "last_attempt_at": instant(now, 0.2) if polls else None,
        "next_poll_at": instant(now, -0.3) if polls else None,
        "lag_seconds": 12 if polls else None,
        "error_rate": 0 if polls else None,
        "open": 0,
        "backlog": 0,
        "guard": None,
        "tls": "checked" if polls else None,
        "rate_limit": None,
        "token_expires_at": None,
        "token_expiry_known": False,
        "hours": [
            {"at": instant(hour, 60 * ago), "looks": 120 if polls else 0, "failures": 0}
            for ago in range(23, -1, -1)
        ],
        "can": [],
        "may": [],
        "read_only": True,
        "stopped": False,
        "stopped_by": None,
        "stopped_at": None,
        "last_received_at": instant(now, 0.2),
        "deliveries": 12,
        "records": 40,
        "quarantined": 0,
        "receives": True,
        "pulls": polls,
        "imports": not polls,
        "sample": False,
        **more,
    }


def _connectors(now: datetime) -> list[Entity]:
    months = instant(now, 60 * 31)
    return [
        connector("am-main", "prometheus", "Prometheus / Alertmanager", now),
        connector(
            "plan-office",
            "msproject",
            "Microsoft Project",
            now,
            polls=False,
            state="failing",
            message="plans/office.xml: line 7: not XML; export it again",
            last_success_at=months,
            last_received_at=months,
        ),
    ]


def _quarantine(now: datetime) -> list[Entity]:
    """Return 25 records that may be retried, one that cannot be read, one delivery refused."""
    said = "severity: no table holds 'spicy'; add it to the table severity, or write other:"
    common = {"connector": "am-main", "kind": "prometheus.alert", "attempts": 0}
    fits_not = {"path": "labels.severity", "message": said, "state": "open", **common}
    evidence = '{"labels": {"alertname": "DiskFull", "severity": "spicy"}}'
    rows = [
        {
            "id": f"am-main:{700 + n}#0",
            "receipt": f"am-main:{700 + n}",
            "at": instant(now, 3 + n),
            "evidence": evidence,
            **fits_not,
        }
        for n in range(25)
    ]
    unread = {"path": "startsAt", "message": "startsAt: 'soon' is no instant", "evidence": None}
    refused = {"path": "$", "message": "the body is no JSON", "state": "refused", "receipt": ""}
    rows.insert(1, {**rows[0], **unread, "id": "am-main:699!0"})
    rows.insert(2, {**rows[0], **refused, "id": "am-main:ff00", "evidence": "<html>"})
    return rows


def _mappings(now: datetime) -> list[Entity]:
    named = {"document": "prometheus/alert", "id": "mapping:prometheus/alert@"}
    stored = [
        {"version": 2, "origin": "console", "active": True, "at": instant(now, 130), "by": "li.na"},
        {"version": 1, "origin": "shipped", "active": False, "at": instant(now, 9000), "by": "hub"},
    ]
    return [{**named, **one, "id": f"{named['id']}{one['version']}"} for one in stored]


def first_look(now: datetime | None = None) -> dict[str, Entity]:
    """Return what is no list: the intake at a glance, and the unmapped words."""
    now = now or datetime.now(UTC)
    words = [("spicy", 25), ("紧急", 4)]
    field = {"mapping": "prometheus/alert", "field": "severity", "path": "labels.severity"}
    return {
        "intake": {
            "waiting": {"deliveries": 3, "records": 41, "bytes": 90210, "since": instant(now, 0.1)},
            "rejected": {"count": 27, "more": False, "newest_at": instant(now, 3)},
            "unbound": {"count": 4, "more": False, "newest_at": instant(now, 7)},
            "mapping": {
                "document": "prometheus/alert",
                "version": 2,
                "at": instant(now, 125),
                "by": "li.na",
            },
            "catalogue": {
                "document": "services",
                "version": 4,
                "at": instant(now, 4000),
                "by": "file",
            },
            "bus": {
                "transport": "memory",
                "reachable": True,
                "since": instant(now, 5000),
                "detail": None,
            },
            "as_of": instant(now, 0),
        },
        "unmapped": {
            "items": [{**field, "word": word, "count": count} for word, count in words],
            "next": None,
            "total": len(words),
            "records": 2000,
            "as_of": instant(now, 1),
        },
    }
