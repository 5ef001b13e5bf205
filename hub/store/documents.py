"""Mapping documents and the service catalogue: versions, and which one is active (design 4).

Three sources feed them: shipped with the package, files beside `milepost.yaml`, the console.
A file wins over what is shipped, and over the sample's; it does not overwrite what the console
changed since.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, Select, insert, select, update

from hub.services.mapping_desk import DocumentVersion
from hub.services.sample import ORIGIN as SAMPLE
from hub.store.database import Database, Writing
from hub.store.tables import document


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of a text that a source offered.

    Shape: `outcome` is same, applied, kept (shipped; the admin has an own one) or conflict (a file;
           the console changed the document since, and the difference is for a person to settle).
    """

    name: str
    outcome: str
    active: DocumentVersion


class Documents:
    """Document versions on a database; also `hub.services.mapping_desk.DocumentVersions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def offer(self, kind: str, name: str, origin: str, text: str) -> Offered:
        """Take a text from a source; it becomes the active version where the rules say so.

        Where they do not, it is kept as a version that a person may make active.
        """
        known = await self.versions(kind, name)
        outcome = _outcome(known, origin, digest_of(text))
        active = next((v for v in known if v.active), None)
        known_already = outcome == "same" or _newest_of(known, origin) == digest_of(text)
        if active is not None and known_already:
            # What nearly every start finds, so it does not write.
            return Offered(name, outcome, active)
        return await self._database.write(lambda w: _offer(w, kind, name, origin, text))

    async def retire(self, kind: str, keep: Sequence[str]) -> list[str]:
        """Make every active document of a kind inactive but those; return their names."""
        gone = [one.name for one in await self.active(kind) if one.name not in keep]
        if gone:
            await self._database.write(lambda w: _gone(w, kind, gone))
        return gone

    async def active(self, kind: str) -> list[DocumentVersion]:
        """Return the active version of every document of a kind."""
        query = select(document).where(document.c.kind == kind, document.c.active)
        return await self._several(query.order_by(document.c.name))

    async def active_one(self, kind: str, name: str) -> DocumentVersion | None:
        """Return the active version of a document."""
        return next((v for v in await self.versions(kind, name) if v.active), None)

    async def versions(self, kind: str, name: str) -> list[DocumentVersion]:
        """Return all versions of a document, oldest first."""
        return await self._database.read(lambda c: _versions(c, kind, name))

    async def version(self, id_: str) -> DocumentVersion | None:
        """Return one version."""
        found = await self._several(select(document).where(document.c.id == id_))
        return found[0] if found else None

    async def add_draft(self, kind: str, name: str, text: str, who: str) -> DocumentVersion:
        """Store a version that is not active; the same draft again is the one that is there."""
        return await self._database.write(lambda w: _draft(w, kind, name, text, who))

    async def activate(self, id_: str, who: str) -> DocumentVersion | None:
        """Make a version the active one, and tell it; None when there is none of that id."""
        return await self._database.write(lambda w: _activate(w, id_, who))

    async def publish(
        self, kind: str, name: str, text: str, who: str, expects: int | None
    ) -> DocumentVersion | None:
        """Store a text and make it the active version at once, in one write.

        Shape: None, and nothing is stored, when another version than `expects` is active.
        """
        return await self._database.write(lambda w: _publish(w, kind, name, text, who, expects))

    async def _several(self, query: Select[tuple[object, ...]]) -> list[DocumentVersion]:
        return await self._database.read(lambda c: [_stored(row) for row in c.execute(query)])


def digest_of(text: str) -> str:
    """Return the digest by which a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def _outcome(known: list[DocumentVersion], origin: str, digest: str) -> str:
    active = next((v for v in known if v.active), None)
    if active is None or (active.origin == SAMPLE and origin != SAMPLE):
        return "applied"
    if active.digest == digest:
        return "same"
    own = [v for v in known if v.origin == origin]
    # What this source said last is not active: a person chose another version since.
    chosen = active.origin == "console" or bool(own and not own[-1].active)
    if origin == "shipped":
        return "applied" if active.origin == "shipped" and not chosen else "kept"
    return "conflict" if chosen else "applied"


def _newest_of(known: list[DocumentVersion], origin: str) -> str | None:
    """Return the digest of what a source said last."""
    return next((v.digest for v in reversed(known) if v.origin == origin), None)


def _versions(connection: Connection, kind: str, name: str) -> list[DocumentVersion]:
    query = select(document).where(document.c.kind == kind, document.c.name == name)
    return [_stored(row) for row in connection.execute(query.order_by(document.c.number))]


def _stored(row: object) -> DocumentVersion:
    get = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name
    return DocumentVersion(
        get["id"], get["kind"], get["name"], get["number"], get["origin"], get["active"],
        get["digest"], get["text"],
    )  # fmt: skip


def _offer(writing: Writing, kind: str, name: str, origin: str, text: str) -> Offered:
    known = _versions(writing.connection, kind, name)
    outcome = _outcome(known, origin, digest_of(text))
    active = next((v for v in known if v.active), None)
    if active is not None and (outcome == "same" or _newest_of(known, origin) == digest_of(text)):
        return Offered(name, outcome, active)  # another process was faster
    applied = active is None or outcome == "applied"
    if applied:
        _retire(writing, kind, name)
    new = DocumentVersion("", kind, name, 0, origin, applied, "", text)
    added = _add(writing, known, new, origin)
    if applied:
        writing.tell("updated" if known else "created", _ref(added), kind, added.number, origin)
    action = "activate" if applied else "offer"
    writing.note(origin, f"{kind}.{action}", f"{name}@{added.number}", before=_version_of(active))
    return Offered(name, outcome, added if active is None or applied else active)


def _draft(writing: Writing, kind: str, name: str, text: str, who: str) -> DocumentVersion:
    known = _versions(writing.connection, kind, name)
    digest = digest_of(text)
    for version in known:
        if version.origin == "console" and version.digest == digest:
            return version
    draft = DocumentVersion("", kind, name, 0, "console", False, "", text)
    added = _add(writing, known, draft, who)
    writing.note(who, f"{kind}.draft", f"{name}@{added.number}")
    return added


def _publish(
    writing: Writing, kind: str, name: str, text: str, who: str, expects: int | None
) -> DocumentVersion | None:
    active = next((v for v in _versions(writing.connection, kind, name) if v.active), None)
    if expects is not None and (active is None or active.number != expects):
        return None
    return _activate(writing, _draft(writing, kind, name, text, who).id, who)


def _activate(writing: Writing, id_: str, who: str) -> DocumentVersion | None:
    row = writing.connection.execute(select(document).where(document.c.id == id_)).first()
    if row is None or row.active:
        return None if row is None else _stored(row)
    chosen = replace(_stored(row), active=True)
    known = _versions(writing.connection, chosen.kind, chosen.name)
    before = _version_of(next((v for v in known if v.active), None))
    _retire(writing, chosen.kind, chosen.name)
    writing.connection.execute(update(document).where(document.c.id == id_).values(active=True))
    writing.tell("updated", _ref(chosen), chosen.kind, chosen.number, who)
    writing.note(who, f"{chosen.kind}.activate", f"{chosen.name}@{chosen.number}", before=before)
    return chosen


def _version_of(active: DocumentVersion | None) -> dict[str, object] | None:
    """Say for the audit which version was the active one."""
    return None if active is None else {"active": f"{active.name}@{active.number}"}


def _gone(writing: Writing, kind: str, names: Sequence[str]) -> None:
    for name in names:
        known = _versions(writing.connection, kind, name)
        _retire(writing, kind, name)
        writing.tell("deleted", _ref(known[-1]), kind, known[-1].number, "file")
        writing.note("file", f"{kind}.retire", name, before=_version_of(known[-1]))


def _ref(version: DocumentVersion) -> str:
    return f"hub:{version.kind}:{version.name}"


def _retire(writing: Writing, kind: str, name: str) -> None:
    writing.connection.execute(
        update(document)
        .where(document.c.kind == kind, document.c.name == name)
        .values(active=False)
    )


def _add(
    writing: Writing, known: list[DocumentVersion], new: DocumentVersion, who: str
) -> DocumentVersion:
    """Store the next version; its number, id and digest are given here."""
    number = known[-1].number + 1 if known else 1
    id_ = f"{new.kind}:{new.name}@{number}"
    added = replace(new, id=id_, number=number, digest=digest_of(new.text))
    writing.connection.execute(insert(document).values(**asdict(added), at=writing.at, by_whom=who))
    return added
