"""A tracker of few words, its mapping documents, and its work intake on a store."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from hub.contract import Cursor, Gone, Named, Page, Record, Rejected
from hub.errors import Anomalous
from hub.services.desks import Accepted
from hub.services.refusals import Refusal
from hub.services.work.intake import WorkIntake
from hub.store import Database, Stores

DOCUMENTS = {
    "project": """
mapping: tracker.project
to: project
version: 1
fields:
  title: {path: name}
  code: {path: short}
""",
    "issue": """
mapping: tracker.issue
to: task
version: 1
fields:
  title: {path: title}
  kind: {path: type, table: kind}
  status: {path: state}
  status_raw: {path: state}
  code: {path: code, optional: true}
  project: {path: project}
  parent: {path: parent, optional: true}
  parent_code: {path: epic, optional: true}
  start: {path: start, as: day, optional: true}
  due: {path: due, as: day, optional: true}
  people: {path: people, optional: true}
  links: {path: links, optional: true}
tables:
  kind: {task: work, epic: epic, gate: milestone}
""",
    "link": """
mapping: tracker.link
to: dependency
version: 1
when: {type: [blocks]}
fields:
  predecessor: {path: first}
  successor: {path: then}
  type: {value: FS}
""",
    "person": """
mapping: tracker.person
to: resource
version: 1
fields:
  title: {path: name}
  email: {path: mail, optional: true}
""",
}


def project(key: str = "1", name: str = "ERP") -> Record:
    """Make a project's record."""
    return Record("project", key, {"name": name, "short": name})


def issue(key: str, version: str = "2026-01-01T00:00:00", **body: Any) -> Record:
    """Make an issue's record."""
    known = {"title": f"Work {key}", "type": "task", "state": "todo", "project": "1", **body}
    return Record("issue", key, known, version)


def link(key: str, first: str, then: str, type_: str = "blocks") -> Record:
    """Make a link's record."""
    return Record("link", key, {"type": type_, "first": first, "then": then}, "1")


class Told:
    """The receiver of the tracker: a list of what something became of."""

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Know the sender by a word."""
        del body
        return headers.get("x-word") == "right"

    def unpack(self, body: bytes) -> Page:
        """Read the list."""
        try:
            keys = json.loads(body)
        except ValueError as fault:
            raise Anomalous(f"not JSON: {fault}", evidence=body) from None
        return Page((), named=tuple(Named("issue", key, "") for key in keys))


@dataclass
class Tracker:
    """One store with a work intake on it."""

    database: Database
    stores: Stores
    work: WorkIntake
    rung: list[str] = field(default_factory=list)

    async def told(
        self,
        *records: Record,
        cursor: str | None = None,
        gone: Sequence[Gone] = (),
        rejected: Sequence[Rejected] = (),
    ) -> Accepted:
        """Bring in one page."""
        page = Page(
            records, None if cursor is None else Cursor(cursor), tuple(rejected), gone=tuple(gone)
        )
        return await self.work.pull("trk", "tracker", page, datetime.now(UTC))

    async def hear(self, body: bytes, word: str = "right") -> Accepted | Refusal:
        """Deliver a webhook."""
        return await self.work.receive("trk", {"x-word": word}, body)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read rows."""
        return await self.database.read(lambda c: [tuple(row) for row in c.execute(text(query))])

    async def there(self) -> set[str]:
        """Return the refs of all rows that are not gone."""
        return {ref for (ref,) in await self.rows("SELECT ref FROM item WHERE deleted_at IS NULL")}

    async def task(self, ref: str) -> dict[str, Any]:
        """Return a task in its long form."""
        found = await self.stores.board.one("tasks", ref)
        assert found is not None, ref
        made: dict[str, Any] = json.loads(found)
        return made

    async def detail(self, ref: str) -> dict[str, Any]:
        """Return everything that was mapped of a row."""
        ((detail,),) = await self.rows(
            f"SELECT detail FROM item WHERE ref = '{ref}'"  # noqa: S608 - of this test
        )
        made: dict[str, Any] = json.loads(bytes(detail))
        return made

    async def changes(self) -> int:
        """Count what readers were told."""
        ((count,),) = await self.rows("SELECT count(*) FROM change")
        return int(count)

    async def plan(self) -> dict[str, tuple[str, int, int]]:
        """Return the projects: title, version and how many tasks each says to have."""
        return {
            row.ref: (row.title, row.version, row.about["summary"]["tasks"])
            for row in await self.stores.board.plan("project")
        }


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Tracker]:
    """Begin on an empty store."""
    stores = Stores(database)
    for kind, said in DOCUMENTS.items():
        await stores.documents.offer("mapping", f"tracker/{kind}", "shipped", said)
    zones = {"trk": ZoneInfo("Asia/Shanghai")}
    work = WorkIntake(stores.work, zones, {"trk": ("tracker", Told())})
    made = Tracker(database, stores, work)
    work.bell = made.rung.append
    yield made
