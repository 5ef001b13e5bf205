"""Rows of a plan: what a mapped record becomes in the store. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from enum import Enum, IntEnum
from typing import Final, NamedTuple

import orjson

from hub.model.refs import ref as make_ref

_WALL: Final = 19
BOARD: Final = frozenset({"task", "milestone"})
_DATES: Final = ("start", "finish", "due")
_LISTED: Final = (
    "title",
    "parent",
    "kind",
    "status",
    "status_raw",
    "start",
    "finish",
    "due",
    "percent",
)


class ItemRow(NamedTuple):
    """One element of a plan as stored.

    Shape: `kind` is task, milestone, dependency, calendar, resource or assignment. `parent` is the
           summary task of a task, the task of an assignment, the successor of a dependency.
           `body` is the board's short form, `detail` everything that was mapped.
    """

    ref: str
    project: str
    kind: str
    key: str
    guid: str | None
    parent: str | None
    ord: int
    title: str | None
    status: str | None
    start: str | None
    finish: str | None
    due: str | None
    digest: bytes
    body: bytes
    detail: bytes


class Refs:
    """Makes refs for the elements of one project, and keeps those that a person may have linked.

    Shape: `<connector>:<kind>:<project key>/<UID>`. An element whose GUID is known under another
           UID keeps its old ref: renumbering is not a new task.
    """

    def __init__(
        self,
        connector: str,
        project_key: str,
        known: Mapping[str, str],
        zone: tzinfo,
    ) -> None:
        self.zone = zone
        self.connector = connector
        self.project_key = project_key
        self._by_guid = known
        self._taken = {key: guid for guid, key in known.items()}
        self._kinds: dict[str, str] = {}
        self._moved: dict[str, str] = {}
        self._odd: set[str] = set()

    @property
    def project(self) -> str:
        """The ref of the project."""
        return make_ref(self.connector, "project", self.project_key)

    def board(self, uid: str, guid: str | None, kind: str) -> tuple[str, str]:
        """Return ref and key of a task or milestone, and remember them for what points at it."""
        usual = key = f"{self.project_key}/{uid}"
        old = self._by_guid.get(guid) if guid else None
        if old is not None:
            key = old
        elif guid and self._taken.get(key, guid) != guid:
            key = f"{key}~{guid[:8]}"  # the UID now belongs to something else than last time
        while self._is_used(key):  # a GUID that stands twice, or a UID of somebody else's past
            key = usual if old is not None else f"{key}~"
            old = None
        if key != usual:  # most are usual: the UID alone tells their key
            self._moved[uid] = key
            self._odd.add(key)
        self._kinds[uid] = kind
        return make_ref(self.connector, kind, key), key

    def _is_used(self, key: str) -> bool:
        uid = key.removeprefix(f"{self.project_key}/")
        return key in self._odd or (uid in self._kinds and uid not in self._moved)

    def pointed(self, uid: str) -> str | None:
        """Return the ref of a task named by its UID; None when this file has none of that name."""
        if uid not in self._kinds:
            return None
        key = self._moved.get(uid) or f"{self.project_key}/{uid}"
        return make_ref(self.connector, self._kinds[uid], key)

    def other(self, kind: str, uid: str) -> str:
        """Return the ref of a calendar, resource, assignment or dependency."""
        return make_ref(self.connector, kind, f"{self.project_key}/{uid}")


def board_row(
    refs: Refs, uid: str, order: int, values: Mapping[str, object], *, milestone: bool
) -> ItemRow:
    """Make the row of a task or milestone."""
    kind = "milestone" if milestone else "task"
    guid = _text(values.get("guid"))
    ref, key = refs.board(uid, guid, kind)
    parent = _text(values.get("parent"))
    plain: dict[str, object] = {name: jsonable(value) for name, value in values.items()}
    plain["parent"] = refs.pointed(parent) if parent else None
    plain.setdefault("due", None)
    if plain["due"] is None:
        plain["due"] = plain.get("deadline") or (plain.get("finish") if milestone else None)
    short: dict[str, object] = {"ref": ref, "project": refs.project}
    short.update({name: plain.get(name) for name in _LISTED})
    short.update({name: with_offset(plain.get(name), refs.zone) for name in _DATES})
    short["source"] = {"connector": refs.connector, "key": uid, "url": plain.get("url")}
    return _row(ref, refs.project, kind, key, guid, plain["parent"], order, plain, _encoded(short))


def other_row(refs: Refs, kind: str, uid: str, order: int, values: Mapping[str, object]) -> ItemRow:
    """Make the row of a calendar or resource."""
    plain = {name: jsonable(value) for name, value in values.items()}
    ref = refs.other(kind, uid)
    key, guid = f"{refs.project_key}/{uid}", _text(values.get("guid"))
    return _row(ref, refs.project, kind, key, guid, None, order, plain, b"{}")


def pointing_row(
    refs: Refs, kind: str, uid: str, order: int, values: Mapping[str, object], to: str
) -> ItemRow:
    """Make the row of an assignment or dependency; `to` is the task it belongs to."""
    plain = {name: jsonable(value) for name, value in values.items()}
    ref, key = refs.other(kind, uid), f"{refs.project_key}/{uid}"
    return _row(ref, refs.project, kind, key, None, to, order, plain, b"{}")


def _row(
    ref: str,
    project: str,
    kind: str,
    key: str,
    guid: str | None,
    parent: object,
    order: int,
    plain: Mapping[str, object],
    body: bytes,
) -> ItemRow:
    detail = _encoded(plain)
    digest = hashlib.blake2b(detail + body, digest_size=16).digest()
    return ItemRow(
        ref, project, kind, key, guid, _text(parent), order, _text(plain.get("title")),
        _text(plain.get("status")), _text(plain.get("start")), _text(plain.get("finish")),
        _text(plain.get("due")), digest, body, detail,
    )  # fmt: skip


def _encoded(value: object) -> bytes:
    # orjson 3.13 leaves a result of 2 KB in the 16 KB that it was written in; a copy is exact.
    return bytes(memoryview(orjson.dumps(value)))


def with_offset(value: object, zone: tzinfo) -> object:
    """Give a plan's wall-clock time the offset of its zone; anything else stays as it is."""
    if isinstance(value, str) and len(value) >= _WALL and value[10:11] == "T":
        try:
            at = datetime.fromisoformat(value)
            return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).isoformat()
        except ValueError:
            return value
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def jsonable(value: object) -> object:
    """Make JSON of a mapped value; a plan date stays wall-clock time without an offset."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, IntEnum):
        return int(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): jsonable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(inner) for inner in value]
    return value
