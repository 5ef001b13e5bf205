"""A made-up plan as the API tells it, for the Plan page."""

from datetime import datetime
from typing import Any

from tests.e2e.answers import PROJECT, Entity, day

BOARD = "jira-main:project:10000"


def projects() -> list[Entity]:
    """Return two plans of two tools."""
    return [
        _project(PROJECT, "OFFICE", "智慧办公平台", "plan-office"),
        _project(BOARD, "ERP", "ERP renewal", "jira-main"),
    ]


def _project(ref: str, key: str, title: str, connector: str) -> Entity:
    source = {"connector": connector, "key": key, "url": None}
    nothing = dict.fromkeys(("start", "finish", "status_date", "currency"))
    return {"ref": ref, "key": key, "title": title, "source": source, **nothing}


def tasks(now: datetime) -> list[Entity]:
    """Return cards of every column, one of them late."""
    late = card(1, "合同与采购 Contracts", "todo", now, due=-3, assignees=["Ada", "李雷", "韩梅梅"])
    story = {"type_raw": "Story", "status_raw": "待办", "code": "ERP-12"}
    odd = card(5, "迁移 " + "VeryLongWordWithoutAnyBreak" * 4, "in_progress", now, percent=40.0)
    return [
        late,
        card(2, "Load test", "todo", now, due=9, **story),
        odd,
        card(6, "Portal", "done", now, percent=100.0),
        card(7, "Given up", "cancelled", now),
    ]


def card(number: int, title: str, status: str, now: datetime, **more: Any) -> Entity:
    """Return one card; `due` is days from now."""
    due = more.pop("due", None)
    url = f"https://jira.example.com/browse/ERP-{number}"
    return {
        "ref": f"jira-main:task:{number}", "title": title, "project": BOARD, "parent": None,
        "kind": "work", "status": status, "status_raw": "", "assignees": [], "start": None,
        "finish": None, "due": None if due is None else day(now, due)[:10], "percent": None,
        "source": {"connector": "jira-main", "key": str(number), "url": url}, **more,
    }  # fmt: skip


def schedule(now: datetime, rows: int = 60) -> Entity:
    """Return a plan of many rows: a phase, work in it, and a milestone every tenth row."""
    made = [_row(now, n, rows) for n in range(rows)]
    links = [
        {"predecessor": made[n]["ref"], "successor": made[n + 1]["ref"], "type": "FS", "lag": 0.0,
         "lag_kind": "working"}
        for n in range(1, rows - 1)
    ]  # fmt: skip
    return {
        "ref": f"{PROJECT}/schedule", "project": PROJECT, "as_of": now.isoformat(), "start": None,
        "finish": None, "tasks": made, "dependencies": links, "reasons": [],
    }  # fmt: skip


def _row(now: datetime, n: int, rows: int) -> Entity:
    is_gate = n % 10 == 9
    kind = "summary" if n == 0 else "milestone" if is_gate else "work"
    begin = n - rows / 3
    nothing = dict.fromkeys(
        ("early_start", "early_finish", "late_start", "late_finish", "free_float_days",
         "float_source_days", "free_float_source_days", "critical")
    )  # fmt: skip
    return {
        "ref": f"plan-office:{'milestone' if is_gate else 'task'}:OFFICE/{n}",
        "title": f"阶段 {n}" if is_gate else f"Work package {n}",
        "kind": kind, "status": "done" if begin < -5 else "in_progress" if begin < 0 else "todo",
        "parent": None if n == 0 else "plan-office:task:OFFICE/0", "percent": 40.0 if n else None,
        "start": day(now, -rows / 3 if n == 0 else begin), "due": None,
        "finish": day(now, rows if n == 0 else begin + (0 if is_gate else 4)),
        "baseline_start": day(now, begin - 2), "baseline_finish": day(now, begin + 2),
        "float_days": 0.0 if n % 2 else 3.0, "critical_source": bool(n % 2), "reasons": [],
        **nothing,
    }  # fmt: skip
