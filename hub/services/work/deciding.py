"""What a page of a tracker changes: pure, between the read and the write of one transaction.

An older record never overwrites a newer one, the same record twice changes nothing, and what went
away is buried with its reason and comes back when it is told of again.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import chain
from typing import Any, Final

import orjson

from hub.contract import Record
from hub.model.refs import ref as make_ref
from hub.services.plans.rows import jsonable
from hub.services.work.ports import Account
from hub.services.work.rows import (
    Asked,
    Before,
    FormerCode,
    KnownProject,
    KnownRow,
    ProjectRow,
    Tomb,
    WorkRow,
    WorkWrites,
)
from hub.services.work.taking import BOARD, Mapped, Taken

TOLD: Final = 500
"""Beyond so many changed tasks of one page only milestones and projects are told: readers read
anew."""
NOT_TAKEN: Final = "not_taken"
"""Why a row is gone whose record the mapping document does not take any more."""
BECAME: Final = "became"
"""Why a task is gone that is a milestone now, or the other way round."""
_MORE: Final = ("type_raw", "sprint", "labels", "milestones", "priority", "resolution")
_HUGE: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a page comes from.

    Shape: `journal` is the number of its delivery, None: a new one. `ends`: with it a pass is
           whole.
    """

    connector: str
    type: str
    zone: tzinfo
    journal: int | None = None
    again: bool = False
    ends: bool = True


def asked(whence: Whence, taken: Taken, gone: Mapping[str, str], *, waits: bool) -> Asked:
    """Say what has to be read first. Shape: `gone` are keys with why they are gone."""
    connector = whence.connector
    milestones = taken.milestone_keys()
    rows = [make_ref(connector, "task", one.record.key) for one in taken.tasks]
    rows += (make_ref(connector, "milestone", key) for key in milestones)
    rows += (make_ref(connector, "dependency", one.record.key) for one in taken.dependencies)
    rows += (make_ref(connector, "resource", one.record.key) for one in taken.resources)
    left = (key for record, _ in taken.left for key in (record.key,))
    rows += (
        make_ref(connector, kind, key)
        for key in chain(gone, left)
        for kind in (*BOARD, "dependency", "resource")
    )
    projects = {str(one.values["project"]) for one in taken.tasks if one.values.get("project")}
    projects |= {one.record.key for one in taken.projects} | set(gone)
    codes = [str(c) for one in taken.tasks if (c := one.values.get("parent_code")) is not None]
    if waits:
        codes += [str(c) for one in taken.tasks if (c := one.values.get("code")) is not None]
    return Asked(
        connector,
        rows,
        [one.record.key for one in taken.tasks],
        [make_ref(connector, "project", key) for key in projects],
        codes,
    )


class Deciding:
    """One decision."""

    def __init__(
        self, whence: Whence, taken: Taken, before: Before, account: Account, journal: int
    ) -> None:
        self.out = WorkWrites()
        self._whence = whence
        self._taken = taken
        self._before = before
        self._account = account
        self._ends = whence.ends
        self._journal = journal
        self._at = account.at
        self._prefix = f"{whence.connector}:"
        self._cause = f"{whence.connector}:{journal}"
        self._were = before.milestones
        told = {one.record.key for one in taken.tasks}
        self._milestones = before.milestones - told | taken.milestone_keys()
        self._projects: dict[str, tuple[KnownProject | None, dict[str, Any]]] = {}
        self._counts: dict[str, int] = {}
        self._stirred: set[str] = set()
        self._of: dict[str, str] = {}
        self._codes = dict(before.codes)
        self._told: list[tuple[str, str, str, int]] = []

    def run(self, gone: Mapping[str, str]) -> WorkWrites:
        """Decide. Shape: `gone` are keys with why they are gone."""
        for one in self._taken.projects:
            self._project(one)
        for one in self._taken.tasks:
            if (code := one.values.get("code")) is not None:
                self._codes[str(code)] = self._board_ref(one.record.key)
        for one in self._taken.tasks:
            self._task(one)
        for one in self._taken.dependencies:
            self._dependency(one)
        for one in self._taken.resources:
            self._resource(one)
        for record, _ in self._taken.left:
            self._bury_key(record.key, NOT_TAKEN)
        for key, why in gone.items():
            self._bury_key(key, why)
        self._write_projects()
        self._tell()
        return self.out

    def _board_ref(self, key: str) -> str:
        return f"{self._prefix}{'milestone' if key in self._milestones else 'task'}:{key}"

    def _task(self, one: Mapped) -> None:
        record, values = one.record, one.values
        key = record.key
        kind = "milestone" if key in self._milestones else "task"
        ref = f"{self._prefix}{kind}:{key}"
        old = self._before.rows.get(ref)
        project = self._project_of(values.get("project"))
        self._of[key] = project
        if self._is_repeat(old, record):
            return
        parent, awaits = self._parent(values)
        due = values.get("due") or values.get("deadline")
        if due is None and kind == "milestone":
            due = values.get("finish")
        detail = {**values, "parent": parent, "project": project, "due": due}
        if isinstance(marks := detail.get("milestones"), list):
            detail["milestones"] = [self._board_ref(str(mark)) for mark in marks]
        owns = values.get("links") or None
        row = self._row(
            ref, project, kind, record, detail, self._short(ref, record, detail), parent=parent,
            awaits=awaits, owns=owns, old=old,
        )  # fmt: skip
        if row is None:
            return
        self._note(row, old)
        if old is not None:
            self._lose_links(old, owns)
            if old.code is not None and old.code != row.code:
                self.out.former.append(FormerCode(self._whence.connector, old.code, ref))
        elif row.code in self._before.awaited:
            self.out.adopted += [(child, ref) for child in self._before.awaited[row.code]]
        self._kinds_changed(ref, kind, key, old)

    def _short(self, ref: str, record: Record, detail: Mapping[str, Any]) -> dict[str, object]:
        """Make what lists show: every field that they have, and some more where they are known."""
        get = detail.get
        start, finish, due = get("start"), get("finish"), get("due")
        zone = self._whence.zone
        short: dict[str, object] = {
            "ref": ref,
            "project": detail["project"],
            "title": get("title"),
            "parent": detail["parent"],
            "kind": get("kind"),
            "status": get("status"),
            "status_raw": get("status_raw"),
            "percent": get("percent"),
            "code": get("code"),
            "points": get("points"),
            "start": _shown(start, zone),
            "finish": _shown(finish, zone),
            "due": _shown(due, zone),
            "source": {
                "connector": self._whence.connector,
                "key": get("code") or record.key,
                "url": get("url"),
            },
        }
        for name in _MORE:
            if name in detail:
                short[name] = detail[name]
        return short

    def _parent(self, values: Mapping[str, object]) -> tuple[str | None, str | None]:
        """Return the parent's ref, or the code of one that nobody told of yet."""
        key, code = values.get("parent"), values.get("parent_code")
        if key is not None:
            return self._board_ref(str(key)), None
        if code is None:
            return None, None
        found = self._codes.get(str(code))
        return (found, None) if found is not None else (None, str(code))

    def _dependency(self, one: Mapped) -> None:
        record, values = one.record, one.values
        ends = str(values["predecessor"]), str(values["successor"])
        predecessor, successor = map(self._board_ref, ends)
        ref = make_ref(self._whence.connector, "dependency", record.key)
        old = self._before.rows.get(ref)
        # The plan it belongs to is the successor's; of one that is not on this page the row knows.
        known = None if old is None or old.deleted_at is not None else old.project
        project = self._of.get(ends[1]) or known or self._of.get(ends[0]) or ""
        detail = {**values, "predecessor": predecessor, "successor": successor}
        row = self._row(
            ref, project, "dependency", record, detail, {}, parent=successor, old=old
        )  # fmt: skip
        if row is not None:
            self._stirred.add(project)

    def _resource(self, one: Mapped) -> None:
        ref = make_ref(self._whence.connector, "resource", one.record.key)
        self._row(
            ref, "", "resource", one.record, one.values, {}, parent=None,
            old=self._before.rows.get(ref),
        )  # fmt: skip

    def _is_repeat(self, old: KnownRow | None, record: Record) -> bool:
        """Tell whether a record says nothing new, or is older than what is known.

        Shape: what is mapped again is news as it stands; what the tool took away stays away.
        """
        if old is None:
            return False
        again = self._whence.again
        if old.deleted_at is not None:
            repeat = again and old.gone not in {NOT_TAKEN, BECAME}
        else:
            version = record.version
            older = version[4:5] == "-" and version < old.stamp
            repeat = older or (bool(version) and version == old.stamp and not again)
        self.out.repeats += repeat
        return repeat

    def _row(
        self,
        ref: str,
        project: str,
        kind: str,
        record: Record,
        detail: Mapping[str, Any],
        short: Mapping[str, object],
        *,
        parent: str | None,
        old: KnownRow | None,
        awaits: str | None = None,
        owns: object = None,
    ) -> WorkRow | None:
        """Make a row; None when it is there already, but for its stamp."""
        encoded, body = orjson.dumps(detail), orjson.dumps(short)
        digest = hashlib.blake2b(encoded + body, digest_size=16).digest()
        same = (
            old is not None
            and old.deleted_at is None
            and old.digest == digest
            and old.project == project
        )
        if same and old is not None and old.stamp == record.version:
            self.out.repeats += 1
            return None
        get = detail.get
        version = 1 if old is None else old.version + (not same)
        people, order = get("people"), get("order")
        row = WorkRow(
            ref, project, kind, record.key, get("guid"), parent,
            _order(record.key) if order is None else order, get("title"), get("status"),
            _day(get("start")), _day(get("finish")), _day(get("due")), digest, body, encoded, 0,
            None, version, None, record.kind, record.version, self._at, self._journal, get("code"),
            _json(people) if people else None, _json(owns) if owns else None, awaits, None,
        )  # fmt: skip
        self.out.rows.append(row)
        return None if same else row

    def _note(self, row: WorkRow, old: KnownRow | None) -> None:
        """Tell of a row of the board, count it for its plan, and say whether its dates stir."""
        is_new = old is None or old.deleted_at is not None
        self.out.created += is_new
        self.out.updated += not is_new
        self._told.append(("created" if old is None else "updated", row.ref, row.kind, row.version))
        if is_new:
            self._count(row.project, 1)
        elif old is not None and old.project != row.project:
            self._count(old.project, -1)
            self._count(row.project, 1)
        now = row.parent, row.status, row.start, row.finish, row.due
        if is_new or old is None or now != (
            old.parent, old.status, old.start, old.finish, old.due
        ):  # fmt: skip
            self._stirred.add(row.project)

    def _count(self, project: str, by: int) -> None:
        self._counts[project] = self._counts.get(project, 0) + by
        self._stirred.add(project)

    def _lose_links(self, old: KnownRow, owns: object) -> None:
        """Bury the dependencies that an issue does not tell of any more."""
        if old.owns is None:
            return
        now = set(owns) if isinstance(owns, list | tuple) else set()
        for key in orjson.loads(old.owns):
            if key not in now:
                self._bury(make_ref(self._whence.connector, "dependency", key), "deleted", old=None)

    def _kinds_changed(self, ref: str, kind: str, key: str, old: KnownRow | None) -> None:
        """Let what named a task name the milestone that it is now, and the other way round."""
        if (old is not None and old.deleted_at is None) or (
            kind == "task" and key not in self._were
        ):
            return
        twin = make_ref(self._whence.connector, "task" if kind == "milestone" else "milestone", key)
        self.out.renamed.append((twin, ref))
        before = self._before.rows.get(twin)
        if before is not None and before.deleted_at is None:
            self._bury(twin, BECAME, before)

    def _bury_key(self, key: str, why: str) -> None:
        connector = self._whence.connector
        for kind in (*BOARD, "dependency", "resource"):
            ref = make_ref(connector, kind, key)
            old = self._before.rows.get(ref)
            if old is not None and old.deleted_at is None:
                self._bury(ref, why, old)
                self._lose_links(old, None)
        ref = make_ref(connector, "project", key)
        known = self._before.projects.get(ref)
        if known is not None and known.deleted_at is None and why != NOT_TAKEN:
            row = self._project_row(known, orjson.loads(known.body))
            self.out.projects.append(row._replace(deleted_at=self._at))
            self._account.tell("deleted", ref, "project", row.version, self._cause)

    def _bury(self, ref: str, why: str, old: KnownRow | None) -> None:
        at = self._at
        version = 1 if old is None else old.version + 1
        self.out.tombs.append(Tomb(why, at, at, version, ref))
        if old is None:
            return
        self.out.removed += 1
        kind = ref.split(":", 2)[1]
        self._told.append(("deleted", ref, kind, version))
        self._count(old.project, -1 if kind in BOARD else 0)

    def _project_of(self, key: object) -> str:
        """Return the ref of a record's project; one that nobody told of yet is made."""
        title = str(key or "-")
        ref = f"{self._prefix}project:{title}"
        if ref not in self._projects:
            known = self._before.projects.get(ref)
            fresh: dict[str, Any] = {"ref": ref, "key": title, "title": title}
            self._projects[ref] = known, fresh if known is None else orjson.loads(known.body)
            if known is None:
                self._stirred.add(ref)
        return ref

    def _project(self, one: Mapped) -> None:
        key = one.record.key
        ref = self._project_of(key)
        known, body = self._projects[ref]
        told = {name: jsonable(value) for name, value in one.values.items()}
        fresh = {
            **told,
            "ref": ref,
            "key": told.get("code") or key,
            "title": told.get("title") or told.get("code") or key,
            "timezone": str(self._whence.zone),
            "summary": body.get("summary") or {"tasks": 0},
            "stirred": body.get("stirred") is True,
        }
        self._projects[ref] = known, fresh
        if known is None or known.deleted_at is not None or fresh != {"stirred": False, **body}:
            self._stirred.add(ref)

    def _write_projects(self) -> None:
        """Count what came and went; let the plans be new once a pass is whole, not with each page.

        A new version of a plan lets its network be computed anew, which takes seconds.
        """
        for ref in sorted(self._stirred):
            if ref in self._before.projects and ref not in self._projects:
                there = self._before.projects[ref]
                self._projects[ref] = there, orjson.loads(there.body)
        for ref, there in self._before.projects.items() if self._ends else ():
            if ref not in self._projects and b'"stirred":true' in there.body:
                self._projects[ref] = there, orjson.loads(there.body)
        for ref, (known, body) in sorted(self._projects.items()):
            stirred = ref in self._stirred or body.get("stirred") is True
            if not stirred:
                continue
            summary = dict(body.get("summary") or {})
            summary["tasks"] = max(0, int(summary.get("tasks") or 0) + self._counts.get(ref, 0))
            body = {**body, "summary": summary, "stirred": not self._ends}  # noqa: PLW2901
            row = self._project_row(known, body, anew=self._ends or known is None)
            self.out.projects.append(row)
            if self._ends or known is None:
                what = "created" if known is None else "updated"
                self._account.tell(what, ref, "project", row.version, self._cause)

    def _project_row(
        self, known: KnownProject | None, body: Mapping[str, Any], *, anew: bool = True
    ) -> ProjectRow:
        version = 1 if known is None else known.version + anew
        return ProjectRow(
            str(body["ref"]), str(body["key"]), self._whence.connector, str(body["title"]), version,
            self._at, self._journal, None, orjson.dumps(body),
        )  # fmt: skip

    def _tell(self) -> None:
        told: Iterator[tuple[str, str, str, int]] = iter(self._told)
        if len(self._told) > TOLD:
            told = (one for one in self._told if one[2] == "milestone")
        for what, ref, kind, version in told:
            self._account.tell(what, ref, kind, version, self._cause)


def _day(at: date | None) -> str | None:
    return None if at is None else at.isoformat()


def _shown(at: date | None, zone: tzinfo) -> str | None:
    """Write a plan date with the offset of its zone; a bare day stays one."""
    if at is None:
        return None
    if isinstance(at, datetime):
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).isoformat()
    return at.isoformat()


def _json(texts: object) -> str:
    return orjson.dumps(texts).decode()


def _order(key: str) -> int:
    """Order by the tool's own number, which rises with age."""
    digits = key.lstrip("abcdefghijklmnopqrstuvwxyz-")
    return int(digits) % _HUGE if digits.isascii() and digits.isdigit() else 0
