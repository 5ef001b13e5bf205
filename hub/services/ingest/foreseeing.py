"""Say beforehand which alerts a document would join and which it would split; nothing is stored.

What decides is the plan by which `carrying` carries alerts over, so the two cannot differ.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hub.mapping import Document
from hub.services.ingest.carrying import PIECE, Planner, Unpackers
from hub.services.ingest.context import Context
from hub.services.ingest.links import Words
from hub.services.ingest.ports import CarryStore, Placed
from hub.services.ingest.rows import AlertRow

MOST: Final = 5000
"""Alerts that go on and are looked at: arbitrary, some seconds."""
MOST_ENDED: Final = 1000
"""Alerts that ended and are looked at, newest first: often nothing fires when a rule is written."""
SHOWN: Final = 50
MEMBERS: Final = 10

Labels = Mapping[str, str]


@dataclass(slots=True)
class _Looked:
    """What became of the alerts looked at."""

    rows: dict[str, AlertRow] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    labels: dict[tuple[str, str], Labels] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    unreadable: int = 0
    more: bool = False

    def of(self, ref: str) -> list[Labels]:
        """Return the labels of each series of an alert."""
        return [labels for (owner, _), labels in self.labels.items() if owner == ref]


class Foreseer:
    """Looks at stored alerts under a document that is not active."""

    def __init__(
        self, store: CarryStore, unpackers: Unpackers, context: Callable[[], Awaitable[Context]]
    ) -> None:
        self._store = store
        self._unpackers = unpackers
        self._planner = Planner(store, unpackers)
        self._context = context

    async def joins(self, name: str, document: Document) -> dict[str, object]:
        """Return which stored alerts a document would make one of, and which several of."""
        # Memories of its own: the ingest goes on meanwhile, in a thread of its own.
        context = replace(await self._context(), refs={}, words=Words(), pinned={})
        context.documents = {**context.documents, name: document}
        type_ = name.partition("/")[0]
        mine = sorted(id_ for id_, (known, _) in self._unpackers.items() if known == type_)
        looked = await self._look(mine, context)
        return _told(name, document, looked)

    async def _look(self, connectors: list[str], context: Context) -> _Looked:
        looked, after = _Looked(), ""
        while len(looked.rows) < MOST:
            rows = await self._store.alerts(connectors, going_on=True, after=after, limit=PIECE)
            await self._plan(rows, context, looked)
            if len(rows) < PIECE:
                break
            after = rows[-1].ref
        ended = await self._store.newest_ended(connectors, MOST_ENDED)
        for at in range(0, len(ended), PIECE):
            await self._plan(ended[at : at + PIECE], context, looked)
        looked.more = await self._store.count(connectors) > len(looked.rows)
        return looked

    async def _plan(self, rows: list[AlertRow], context: Context, looked: _Looked) -> None:
        found = await self._planner.plan(rows, context)
        looked.rows |= {row.ref: row for row in rows}
        looked.placed += found.carrying.placed
        looked.unreadable += len(found.unreadable)
        for key, values in found.values.items():
            looked.labels[key] = values.get("identity") or values["labels"]
            looked.names |= looked.labels[key].keys() | values["labels"].keys()


def _told(name: str, document: Document, looked: _Looked) -> dict[str, object]:
    goals: dict[str, set[str]] = {}
    parts: dict[str, dict[str, list[str]]] = {}
    for one in looked.placed:
        goals.setdefault(one.goal, set()).add(one.ref)
        parts.setdefault(one.ref, {}).setdefault(one.goal, []).append(one.series)
    for goal, refs in goals.items():
        if goal in looked.rows and goal not in parts:
            refs.add(goal)  # it stays as it is, and others come to it
    joined = [_joined(goal, refs, looked) for goal, refs in goals.items() if len(refs) > 1]
    split = [_split(ref, into, looked) for ref, into in parts.items() if len(into) > 1]
    return {
        "document": name,
        "alerts": len(looked.rows),
        "more": looked.more,
        "unreadable": looked.unreadable,
        "renamed": sum(1 for into in parts.values() if len(into) == 1),
        "joined_total": len(joined),
        "joined": sorted(joined, key=_size)[:SHOWN],
        "split_total": len(split),
        "split": sorted(split, key=_size)[:SHOWN],
        "unknown_labels": sorted(_named(document) - looked.names) if looked.names else [],
    }


def _joined(goal: str, refs: set[str], looked: _Looked) -> dict[str, Any]:
    rows = sorted((looked.rows[ref] for ref in refs), key=lambda row: (-row.starts_at, row.ref))
    return {
        "ref": goal,
        "count": len(rows),
        "differ": _differ(labels for row in rows for labels in looked.of(row.ref)),
        "alerts": [_alert(row) for row in rows[:MEMBERS]],
    }


def _split(ref: str, into: Mapping[str, list[str]], looked: _Looked) -> dict[str, Any]:
    parts = [
        {"ref": goal, "labels": looked.labels.get((ref, series[0]), {})}
        for goal, series in sorted(into.items())
    ]
    return {
        **_alert(looked.rows[ref]),
        "count": len(parts),
        "differ": _differ(looked.of(ref)),
        "into": parts[:MEMBERS],
    }


def _alert(row: AlertRow) -> dict[str, object]:
    return {"ref": row.ref, "title": row.title, "status": row.status, "severity": row.severity}


def _differ(every: Iterable[Labels]) -> list[str]:
    """Return the labels of which these have not all the same value."""
    known = list(every)
    names = {name for labels in known for name in labels}
    return sorted(name for name in names if len({labels.get(name) for labels in known}) > 1)


def _named(document: Document) -> set[str]:
    rules = document.identity
    return {name for rule in rules for name in (*rule.without, *rule.when)}


def _size(entry: Mapping[str, Any]) -> tuple[int, str]:
    return -entry["count"], entry["ref"]
