"""Mapping documents and the service catalogue: versions, and which one is active (design 4).

Three sources feed them: shipped with the package, files beside `milepost.yaml`, the console.
A file wins over what is shipped; a file does not overwrite what the console changed since.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from hub.store.database import Database, Writing
from hub.store.tables import document


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of a document."""

    id: str
    kind: str
    name: str
    number: int
    origin: str
    active: bool
    digest: str
    text: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of a text that a source offered.

    Shape: `outcome` is same, applied, kept (the active one wins) or conflict (the console changed
           the document since; the difference is for a person to settle).
    """

    name: str
    outcome: str
    active: Stored


class Documents:
    """Document versions on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def offer(self, kind: str, name: str, origin: str, text: str) -> Offered:
        """Take a text from a source; it becomes the active version where the rules say so."""
        known = await self._database.read(lambda c: _versions(c, kind, name))
        outcome = _outcome(known, origin, digest_of(text))
        if outcome == "applied":
            stored = await self._database.write(lambda w: _add(w, kind, name, origin, text, origin))
            return Offered(name, outcome, stored)
        return Offered(name, outcome, next(v for v in known if v.active))

    async def active(self, kind: str) -> list[Stored]:
        """Return the active version of every document of a kind."""
        query = select(document).where(document.c.kind == kind, document.c.active)
        return await self._database.read(
            lambda c: [_stored(row) for row in c.execute(query.order_by(document.c.name))]
        )


def digest_of(text: str) -> str:
    """Return the digest by which a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def _outcome(known: list[Stored], origin: str, digest: str) -> str:
    active = next((v for v in known if v.active), None)
    if active is None:
        return "applied"
    if active.digest == digest:
        return "same"
    same_origin = [v for v in known if v.origin == origin]
    if same_origin and same_origin[-1].digest == digest:
        return "kept"  # it said so before, and something else was made active since
    if origin == "shipped":
        return "applied" if active.origin == "shipped" else "kept"
    return "conflict" if active.origin == "console" and origin == "file" else "applied"


def _versions(connection: Connection, kind: str, name: str) -> list[Stored]:
    query = select(document).where(document.c.kind == kind, document.c.name == name)
    return [_stored(row) for row in connection.execute(query.order_by(document.c.number))]


def _stored(row: object) -> Stored:
    get = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name
    return Stored(
        get["id"], get["kind"], get["name"], get["number"], get["origin"], get["active"],
        get["digest"], get["text"],
    )  # fmt: skip


def _add(writing: Writing, kind: str, name: str, origin: str, text: str, who: str) -> Stored:
    known = _versions(writing.connection, kind, name)
    number = known[-1].number + 1 if known else 1
    row = {
        "id": f"{kind}:{name}@{number}", "kind": kind, "name": name, "number": number,
        "origin": origin, "active": True, "digest": digest_of(text), "text": text,
    }  # fmt: skip
    writing.connection.execute(
        update(document)
        .where(document.c.kind == kind, document.c.name == name)
        .values(active=False)
    )
    writing.connection.execute(insert(document).values(**row, at=writing.at, by_whom=who))
    writing.tell("updated" if known else "created", f"hub:{kind}:{name}", kind, number, origin)
    writing.note(who, f"{kind}.activate", f"{name}@{number}")
    return Stored(**row)  # type: ignore[arg-type]
