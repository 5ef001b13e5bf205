"""A service with numbers and objectives of every kind, as the hub tells of it."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.answers import Entity, instant

POINTS = 288


def measured(service: Entity) -> Entity:
    """Return a service in full."""
    now = datetime.now(UTC)
    return {
        **service,
        "depends_on": [{"service": "storage", "hardness": "hard", "group": None, "needed": None}],
        "milestones": ["plan-office:milestone:OFFICE/4"],
        "metrics": [
            _metric("availability", "ratio", 0.99953, now),
            _metric("latency", "seconds", 0.184, now),
            _metric("traffic", "per_second", 1312.5, now),
            _metric("errors", "ratio", None, now, state="no_data"),
            _metric(
                "saturation",
                "ratio",
                None,
                now,
                state="failing",
                message="Prometheus answered 422: query processing would load too many samples",
            ),
        ],
        "objectives": [
            _objective("数据库按时应答 The database answers in time", "page", 0.31, now),
            _objective("Writes are taken", "ticket", -0.2, now),
            _objective("The nightly copy runs", "unknown", None, now),
            _objective("Sessions stay open", "calm", 0.97, now),
        ],
    }


def points(service: str, name: str, asked: str) -> Entity:
    """Return the points of a number, with a gap; traffic is known for five minutes only."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    whole = now - datetime.fromisoformat(asked) > timedelta(hours=2)
    many, step = (POINTS, timedelta(minutes=5)) if whole else (60, timedelta(minutes=1))
    start = now - many * step
    return {
        "service": service,
        "name": name,
        "unit": "ratio",
        "step_seconds": step.total_seconds(),
        "start": start.isoformat(),
        "end": now.isoformat(),
        "points": [
            {
                "at": (start + n * step).isoformat(),
                "value": 1 + math.sin(n / 20) if _known(name, n, now - start - n * step) else None,
            }
            for n in range(many)
        ],
    }


def _known(name: str, point: int, ago: timedelta) -> bool:
    if name == "traffic":
        return ago <= timedelta(minutes=5)
    return name in {"availability", "latency"} and not 100 <= point < 130


def _metric(name: str, unit: str, value: float | None, now: datetime, **more: Any) -> Entity:
    return {
        "name": name,
        "unit": unit,
        "connector": "am-main",
        "query": f"job:{name}:ratio",
        "state": "ok",
        "message": None,
        "since": instant(now, 30),
        "asked_at": instant(now, 0.5),
        "value": value,
        "last_value": 0.75 if value is None else value,
        "at": instant(now, 12),
        **more,
    }


def _objective(title: str, state: str, left: float | None, now: datetime) -> Entity:
    known = state != "unknown"
    return {
        "name": title.lower().replace(" ", "-"),
        "title": title,
        "service": "office-db",
        "connector": "am-main",
        "target": 0.999,
        "period_seconds": 30 * 86_400,
        "min_events": 1.0,
        "state": state,
        "since": instant(now, 44),
        "judged_at": instant(now, 0.5),
        "message": None,
        "budget": {
            "minutes": 43.2,
            "left": left,
            "left_minutes": None if left is None else left * 43.2,
            "whole": known,
        },
        "rules": [
            {
                "says": "page",
                "state": state,
                "factor": 14.4,
                "long_seconds": 3600,
                "short_seconds": 300,
                "long_burn": 22.13 if known else None,
                "short_burn": 31.4 if known else None,
            }
        ],
    }
