"""One answer of each kind, in the shape that the API document promises."""

from typing import Any

AT = "2026-03-02T09:30:00+00:00"

REASON: dict[str, Any] = {"code": "float_low", "values": {"days": 0.5}}
ORIGIN: dict[str, Any] = {"connector": "plan-erp", "key": "12", "url": None}
CONDITION: dict[str, Any] = {"rag": "red", "reasons": [REASON]}

PROJECT: dict[str, Any] = {
    "ref": "plan-erp:project:ERP",
    "key": "ERP",
    "title": "ERP 上线",
    "start": "2026-01-05T08:00:00+08:00",
    "finish": "2026-06-30",
    "status_date": None,
    "currency": "CNY",
    "source": ORIGIN,
    "version": 1,
}
MOVE: dict[str, Any] = {
    "at": "2026-02-20T08:00:00+00:00",
    "before": "2026-03-01",
    "after": "2026-03-05",
    "days": 4,
    "causes": [
        {
            "code": "task_longer",
            "values": {"task": "Load test", "days": 3.0},
            "task": "file:task:ERP/12",
            "owners": ["李雷"],
        }
    ],
}
MILESTONE: dict[str, Any] = {
    "ref": "plan-erp:milestone:ERP/12",
    "title": "ERP go-live",
    "project": PROJECT["ref"],
    "due": "2026-03-05",
    "baseline": "2026-03-01T17:00:00+08:00",
    "actual": None,
    "forecast": {"p50": "2026-03-06", "p80": None},
    "float_days": 0.0,
    "float_source_days": None,
    "critical": True,
    "health": CONDITION,
    "exposure": 87.0,
    "incidents": ["hub:incident:12"],
    "risks": [],
    "services": ["shop-db"],
    "gate": None,
    "moved": MOVE,
    "moves": [MOVE],
    "version": 4,
}
TASK: dict[str, Any] = {
    "ref": "file:task:ERP/12",
    "title": "Load test",
    "project": PROJECT["ref"],
    "parent": None,
    "kind": "work",
    "status": "in_progress",
    "status_raw": "50%",
    "assignees": ["李雷"],
    "start": "2026-02-01T08:00:00+08:00",
    "finish": None,
    "due": None,
    "percent": 50.0,
    "source": ORIGIN,
}
ALERT: dict[str, Any] = {
    "ref": "am-main:alert:9f3c",
    "title": "DiskFull",
    "severity": 5,
    "severity_raw": "critical",
    "status": "firing",
    "service": "shop-db",
    "incident": "hub:incident:12",
    "starts_at": AT,
    "ends_at": None,
    "last_seen_at": AT,
    "count": 3,
    "labels": {"alertname": "DiskFull"},
    "source": ORIGIN | {"connector": "am-main"},
    "milestones": [{"ref": MILESTONE["ref"], "exposure": 87.0}],
    "raw": {"status": "firing"},
    "provenance": {"title": {"mapping": "prometheus.alert", "version": 1, "path": "labels"}},
    "occurrences": [
        {"episode": 1, "event": "fired", "at": AT, "received_at": AT, "source_key": "9f3c"}
    ],
    "version": 2,
}
INCIDENT: dict[str, Any] = {
    "ref": "hub:incident:12",
    "title": "DiskFull on shop-db",
    "status": "open",
    "severity": 5,
    "priority": 1,
    "priority_base": 2,
    "reasons": [REASON],
    "services": ["shop-db"],
    "alerts": [ALERT["ref"]],
    "milestones": [
        {
            "ref": MILESTONE["ref"],
            "title": "ERP go-live",
            "exposure": 87.0,
            "float_days": 0.0,
            "slip": {"days": 1.5},
            "slip_at": AT,
            "reasons": [REASON],
        }
    ],
    "risks": [],
    "opened_at": AT,
    "acked_at": None,
    "resolved_at": None,
    "version": 7,
}
SERVICE: dict[str, Any] = {
    "ref": "component:default/shop-db",
    "name": "Shop database",
    "tier": 1,
    "aliases": ["shop-db"],
    "match": {"labels": {"service": ["shop-db"]}, "hosts": ["db-0*"], "host_groups": []},
    "depends_on": [{"service": "storage", "hardness": "hard"}],
    "delivers": [{"project": "ERP", "milestone": "ERP go-live", "role": "delivers"}],
    "system": None,
    "owner": None,
    "runbook_url": None,
    "environment": None,
    "health": CONDITION,
}
OBJECTIVE: dict[str, Any] = {
    "name": "shop-answers",
    "title": "The shop answers",
    "service": "component:default/shop-db",
    "connector": "am-main",
    "target": 0.999,
    "period_seconds": 2592000,
    "min_events": 1.0,
    "state": "page",
    "since": AT,
    "judged_at": AT,
    "message": None,
    "budget": {"minutes": 43.2, "left": 0.5, "left_minutes": 21.6, "whole": True},
    "rules": [
        {
            "says": "page",
            "state": "page",
            "factor": 14.4,
            "long_seconds": 3600,
            "short_seconds": 300,
            "long_burn": 20.0,
            "short_burn": None,
        }
    ],
}
MEASURED: dict[str, Any] = {
    **SERVICE,
    "metrics": [
        {
            "name": "latency",
            "unit": "seconds",
            "connector": "am-main",
            "query": "lag",
            "state": "ok",
            "message": None,
            "since": AT,
            "asked_at": AT,
            "value": 0.2,
            "last_value": 0.2,
            "at": AT,
        }
    ],
    "objectives": [OBJECTIVE],
}
SERIES: dict[str, Any] = {
    "service": SERVICE["ref"],
    "name": "latency",
    "unit": "seconds",
    "step_seconds": 60,
    "start": AT,
    "end": AT,
    "points": [{"at": AT, "value": None}, {"at": AT, "value": 0.2}],
}
LINK: dict[str, Any] = {
    "id": "l-1/2",
    "source": "hub:incident:12",
    "target": "shop-db",
    "type": "affects",
    "state": "linked",
    "confidence": 0.9,
    "rule": "label",
    "evidence": [
        {
            "kind": "label",
            "family": "label",
            "strength": 0.9,
            "rule": "label",
            "matched": {"a": "b"},
        }
    ],
    "at": AT,
    "by": None,
    "title": "affects",
}
CONNECTED: dict[str, Any] = {
    "state": "failing",
    "message": "http://am:9093 answered 503; it is asked again",
    "since": AT,
    "polls": True,
    "poll_seconds": 30.0,
    "last_success_at": AT,
    "last_attempt_at": AT,
    "next_poll_at": AT,
    "lag_seconds": 12.5,
    "error_rate": 0.25,
    "open": 50,
    "backlog": 3,
    "guard": {"would_end": 40, "of": 50},
    "tls": "checked",
    "rate_limit": {"limit": 100, "remaining": 40, "resets_at": AT, "held_until": None},
    "token_expires_at": AT,
    "token_expiry_known": True,
    "hours": [{"at": AT, "looks": 120, "failures": 30}],
    "can": ["suppress", "unsuppress"],
    "may": ["suppress"],
    "read_only": False,
    "stopped": False,
    "stopped_by": None,
    "stopped_at": None,
}
CONNECTOR: dict[str, Any] = {
    **CONNECTED,
    "id": "am-main",
    "type": "prometheus",
    "title": "Prometheus",
    "last_received_at": AT,
    "deliveries": 3,
    "records": 40,
    "quarantined": 1,
    "receives": True,
    "pulls": True,
    "imports": False,
    "sample": False,
}
CATALOGUE: dict[str, Any] = {
    "id": "services:services@3",
    "version": 3,
    "services": 2,
    "unbound": [
        {
            "loc": "services.yaml:9",
            "type": "unbound",
            "msg": "services.shop.delivers: milestone 'Go' of project 'UP' does not exist; …",
        }
    ],
}
MAPPING: dict[str, Any] = {
    "id": "prometheus/alert@1",
    "document": "prometheus.alert",
    "version": 1,
    "origin": "shipped",
    "active": True,
    "at": AT,
    "by": "milepost",
    "text": "mapping: prometheus.alert\n",
}
QUARANTINED: dict[str, Any] = {
    "id": "q-1",
    "receipt": "r-1#2",
    "connector": "am-main",
    "kind": "alert",
    "path": "labels.severity",
    "message": "unknown word",
    "state": "open",
    "at": AT,
    "attempts": 1,
}
AUDITED: dict[str, Any] = {
    "id": 1,
    "at": AT,
    "who": "admin-person",
    "action": "mapping.activate",
    "ref": "prometheus.alert",
}
SCHEDULE: dict[str, Any] = {
    "project": PROJECT["ref"],
    "as_of": AT,
    "start": "2026-01-05T08:00:00+08:00",
    "finish": None,
    "tasks": [
        {
            "ref": TASK["ref"],
            "early_start": AT,
            "early_finish": AT,
            "late_start": AT,
            "late_finish": AT,
            "float_days": 0.0,
            "free_float_days": 0.0,
            "float_source_days": None,
            "free_float_source_days": None,
            "critical": True,
            "critical_source": None,
        }
    ],
    "dependencies": [
        {"predecessor": "a", "successor": "b", "type": "FS", "lag": 0, "lag_kind": "working"}
    ],
    "reasons": [],
}
EARNED_VALUE: dict[str, Any] = {
    "project": PROJECT["ref"],
    "status_date": None,
    "currency": "CNY",
    **dict.fromkeys(("bac", "pv", "ev", "ac", "cv", "sv", "cpi", "spi", "eac", "etc", "vac")),
    **dict.fromkeys(("eac_atypical", "eac_both", "tcpi_bac", "tcpi_eac"), 1.5),
    "reasons": [REASON],
}
FORECAST: dict[str, Any] = {
    "project": PROJECT["ref"],
    "as_of": AT,
    "method": None,
    "p50": None,
    "p80": None,
    "milestones": [{"ref": MILESTONE["ref"], "p50": "2026-03-06", "p80": None, "reasons": []}],
    "reasons": [REASON],
}
TOPOLOGY: dict[str, Any] = {
    "nodes": [{"ref": "shop-db", "name": "Shop database", "tier": 1, "health": CONDITION}],
    "edges": [{"source": "shop-db", "target": "storage", "hardness": "hard"}],
    "as_of": AT,
}
IMPORTED: dict[str, Any] = {
    "project": PROJECT["ref"],
    "title": "ERP",
    "file_type": "MSPDI",
    **dict.fromkeys(("tasks", "null_tasks", "milestones", "summaries", "critical_tasks"), 5),
    **dict.fromkeys(("resources", "assignments", "dependencies", "deps_with_lag", "calendars"), 2),
    **dict.fromkeys(("dep_FS", "dep_FF", "dep_SF", "dep_SS"), 1),
    "project_start": "2026-01-05T08:00",
    "project_finish": None,
    "status_date": None,
    "currency": "CNY",
    "minutes_per_day": 480,
    "sum_cost_leaf_tasks": 0.0,
    "root_task_cost": None,
    "warnings": [],
    "losses": [],
}
PREVIEWED: dict[str, Any] = {
    "to": "alert",
    "taken": True,
    "steps": [{"field": "title", "path": "labels.alertname", "value": "x", "converter": None}],
    "entity": {"title": "x"},
    "errors": [],
}
JOINS: dict[str, Any] = {
    "document": "prometheus/alert",
    "alerts": 12,
    "more": False,
    "unreadable": 0,
    "renamed": 9,
    "joined_total": 1,
    "joined": [
        {
            "ref": "am-main:alert:1",
            "count": 2,
            "differ": ["pod"],
            "alerts": [
                {"ref": "am-main:alert:2", "title": "x", "status": "firing", "severity": 5},
                {"ref": "am-main:alert:3", "title": "x", "status": "resolved", "severity": 2},
            ],
        }
    ],
    "split_total": 0,
    "split": [],
    "unknown_labels": ["pood"],
}
COVERAGE: dict[str, Any] = {
    "document": "prometheus.alert",
    "records": 10,
    "unmapped": [{"field": "severity", "path": "labels.severity", "word": "odd", "count": 2}],
    "unused": [{"path": "labels.team", "count": 10}],
}
INTAKE: dict[str, Any] = {
    "waiting": {"deliveries": 2, "records": 40, "bytes": 9000, "since": AT},
    "rejected": {"count": 3, "more": False, "newest_at": AT},
    "unbound": {"count": 0, "more": False, "newest_at": None},
    "mapping": {"document": "prometheus/alert", "version": 3, "at": AT, "by": "li.na"},
    "catalogue": None,
    "bus": {"transport": "memory", "reachable": True, "since": AT, "detail": None},
    "as_of": AT,
}
UNMAPPED: dict[str, Any] = {
    "items": [{**COVERAGE["unmapped"][0], "mapping": "prometheus/alert"}],
    "next": None,
    "total": 1,
    "records": 10,
    "as_of": AT,
}
REPLAYED: dict[str, Any] = {
    "diff": False,
    "records": 10,
    "created": 0,
    "changed": 1,
    "unchanged": 9,
    "quarantined": 0,
}


OPERATION: dict[str, Any] = {
    "ref": "hub:operation:7",
    "key": "9f3c6f0d2a11b7e4-7",
    "connector": "zbx-main",
    "write": "acknowledge",
    "field": "acknowledgement",
    "alert": "zbx-main:alert:1",
    "state": "confirmed",
    "says": "done",
    "wanted": {"message": "磁盘已在扩容", "by": "ada"},
    "answer": {"eventids": ["27"]},
    "attempts": 1,
    "by": "ada",
    "created_at": AT,
    "next_at": None,
    "settled_at": AT,
    "version": 3,
}
HEALTH: dict[str, Any] = {
    **CONNECTED,
    "connector": "am-main",
    "seconds": 0.2,
    "standing": {"alive": True, "why": "", "seen_at": AT},
    "hints": {},
    "checks": True,
    "onboards": True,
    "surveys": True,
    "errors": [{"at": AT, "message": "answered 503", "times": 4, "raw": None}],
}
CHECKED: dict[str, Any] = {
    "connector": "am-main",
    "steps": [{"code": "reach", "done": True, "says": "Alertmanager 0.25 answers"}],
}
WRITES: dict[str, Any] = {
    "connector": "zbx-main",
    "can": ["acknowledge", "close"],
    "may": ["acknowledge"],
    "read_only": False,
    "stopped": True,
    "stopped_by": "ada",
    "stopped_at": AT,
}


def entities() -> dict[tuple[str, str], dict[str, Any]]:
    """Return a board with one entity of each kind."""
    by_ref = {
        "projects": PROJECT,
        "milestones": MILESTONE,
        "tasks": TASK,
        "alerts": ALERT,
        "incidents": INCIDENT,
        "services": SERVICE,
        "operations": OPERATION,
    }
    by_id = {
        "links": LINK,
        "connectors": CONNECTOR,
        "mappings": MAPPING,
        "quarantine": QUARANTINED,
        "audit": AUDITED,
    }
    found = {(kind, str(entity["ref"])): entity for kind, entity in by_ref.items()}
    return found | {(kind, str(entity["id"])): entity for kind, entity in by_id.items()}


SURVEY: dict[str, Any] = {
    "connector": "am-main",
    "as_of": AT,
    "hosts": {
        "total": 3,
        "bound": 2,
        "unbound": [{"name": "old-01", "title": "Old one", "groups": ["attic"], "watched": False}],
        "groups": [{"name": "attic", "hosts": 1}],
    },
    "dependencies": [
        {
            "service": "shop",
            "needs": "shop-db",
            "standing": "new",
            "why": ["Shop", "Databases", "Shop database"],
            "any_of": None,
        }
    ],
    "unknown_services": ["Databases"],
    "agreements": [{"service": "shop", "name": "Gold", "target": 0.999, "reached": None}],
    "maintenance": [
        {
            "name": "Patch day",
            "since": AT,
            "until": AT,
            "in_force": True,
            "recurs": False,
            "services": ["shop-db"],
            "hosts": ["erp-db-01"],
        }
    ],
    "hidden": [],
    "snippet": "services: []\n",
}
