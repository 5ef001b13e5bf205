"""Tokens, sessions and one-time links: hashes only, the secret itself is never stored."""

import contextlib
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, insert, or_, select, update

from hub.errors import Transient
from hub.services.access import KnownToken, NewToken, Principal, Role
from hub.services.instants import instant, micros
from hub.store.database import Database, Writing
from hub.store.tables import token

SESSION: Final = timedelta(hours=12)
LINK: Final = timedelta(hours=24)
USED_EACH: Final = timedelta(hours=1)
"""A token's use is written down so often at most: a request shall not cost a write."""


class Tokens:
    """The port `hub.services.access.Access` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_token(self, value: str) -> Principal | None:
        """Return whose token it is."""
        return await self._find("token", value)

    async def tokens(self) -> list[KnownToken]:
        """Return all tokens, newest first; not the sessions and links."""
        query = select(token).where(token.c.kind == "token").order_by(token.c.created_at.desc())
        return await self._database.read(lambda c: [_known(row) for row in c.execute(query)])

    async def by_session(self, value: str) -> Principal | None:
        """Return whose session it is."""
        return await self._find("session", value)

    async def open_session(self, principal: Principal) -> str | None:
        """Open a session and return its secret id; None when its token has ended meanwhile."""
        value = f"mp_{secrets.token_urlsafe(32)}"
        # Its id begins with the token's, so that it ends with the token it was opened with.
        id_ = f"{principal.id}-{secrets.token_hex(6)}"

        def work(writing: Writing) -> bool:
            until = _session_end(writing, principal.id)
            if until is not None:
                _insert(writing, id_, "session", value, principal.name, principal.role, until)
            return until is not None

        return value if await self._database.write(work) else None

    async def close_session(self, value: str) -> None:
        """End a session."""
        await self._database.write(lambda w: _revoke(w, "session", value))

    async def redeem(self, value: str) -> Principal | None:
        """Use up a one-time admin link."""
        if await self._find("link", value) is None:
            return None  # whoever guesses does not get to write
        return await self._database.write(lambda w: _redeem(w, value))

    async def create_token(self, role: Role, name: str, expires: timedelta | None) -> NewToken:
        """Make a token."""
        return await self._make("token", name, role, expires)

    async def create_link(self) -> str:
        """Make a one-time link for the very first admin."""
        return (await self._make("link", "admin", Role.ADMIN, LINK)).token

    async def empty(self) -> bool:
        """Tell whether nobody could ever log in yet."""
        query = select(token.c.id).limit(1)
        return await self._database.read(lambda c: c.execute(query).first() is None)

    async def _find(self, kind: str, value: str) -> Principal | None:
        now = datetime.now(UTC)
        found = await self._database.read(lambda c: _principal(c, kind, value, now))
        if found is None:
            return None
        principal, used_at = found
        if kind == "token" and (used_at is None or now - used_at >= USED_EACH):
            # Whoever may come in comes in, also where the store takes nothing now.
            with contextlib.suppress(Transient):
                await self._database.write(lambda w: _used(w, principal.id))
        return principal

    async def revoke_token(self, id_: str, who: str) -> KnownToken | None:
        """End a token and the sessions that were opened with it."""
        return await self._database.write(lambda w: _end(w, id_, who))

    async def _make(self, kind: str, name: str, role: Role, life: timedelta | None) -> NewToken:
        value, id_ = f"mp_{secrets.token_urlsafe(32)}", secrets.token_hex(6)
        expires = None if life is None else datetime.now(UTC) + life
        until = None if expires is None else micros(expires)
        await self._database.write(lambda w: _insert(w, id_, kind, value, name, role, until))
        return NewToken(value, id_, role, expires)


def _insert(
    writing: Writing, id_: str, kind: str, value: str, name: str, role: Role, until: int | None
) -> None:
    row = {
        "id": id_, "kind": kind, "hash": _hash(value), "name": name, "role": role.value,
        "created_at": writing.at, "expires_at": until,
    }  # fmt: skip
    writing.connection.execute(insert(token).values(row))
    writing.note(name, f"{kind}.create", id_)


def _session_end(writing: Writing, opener: str) -> int | None:
    """Return when a session has to end that is opened now; None when it may not be opened."""
    end = micros(writing.now + SESSION)
    mine = select(token.c.kind, token.c.revoked_at, token.c.expires_at).where(token.c.id == opener)
    row = writing.connection.execute(mine).first()
    if row is None or row.kind != "token":
        return end  # a one-time link is used up by the time that its session is opened
    if row.revoked_at is not None or (row.expires_at or end) <= writing.at:
        return None
    return end if row.expires_at is None else min(end, row.expires_at)


def _hash(value: str) -> bytes:
    # The secret has 256 random bits: a plain hash cannot be guessed, a slow one would only cost.
    # What comes out of a header may hold bytes that are no text: such a secret is nobody's.
    return hashlib.sha256(value.encode(errors="surrogatepass")).digest()


def _principal(
    connection: Connection, kind: str, value: str, now: datetime
) -> tuple[Principal, datetime | None] | None:
    """Return whose it is, and when it was last used."""
    query = select(token.c.name, token.c.role, token.c.id, token.c.used_at).where(
        token.c.hash == _hash(value),
        token.c.kind == kind,
        token.c.revoked_at.is_(None),
        or_(token.c.expires_at.is_(None), token.c.expires_at > micros(now)),
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    via = "session" if kind != "token" else kind
    return Principal(row.name, Role(row.role), via, row.id), _at(row.used_at)


def _known(row: Any) -> KnownToken:
    return KnownToken(
        row.id, row.name, Role(row.role), instant(row.created_at),
        _at(row.expires_at), _at(row.used_at), _at(row.revoked_at),
    )  # fmt: skip


def _at(at: int | None) -> datetime | None:
    return None if at is None else instant(at)


def _used(writing: Writing, id_: str) -> None:
    writing.connection.execute(update(token).where(token.c.id == id_).values(used_at=writing.at))


def _redeem(writing: Writing, value: str) -> Principal | None:
    """Find and use up in one: of two who come at once, one is late."""
    found = _principal(writing.connection, "link", value, writing.now)
    if found is None:
        return None
    _revoke(writing, "link", value)
    return found[0]


def _end(writing: Writing, id_: str, who: str) -> KnownToken | None:
    query = select(token).where(token.c.id == id_, token.c.kind == "token")
    row = writing.connection.execute(query).first()
    if row is None:
        return None
    if row.revoked_at is None:
        sessions = and_(token.c.kind == "session", token.c.id.like(f"{row.id}-%"))
        writing.connection.execute(
            update(token)
            .where(or_(token.c.id == row.id, sessions), token.c.revoked_at.is_(None))
            .values(revoked_at=writing.at)
        )
        writing.note(who, "token.revoke", row.id)
        row = writing.connection.execute(query).one()
    return _known(row)


def _revoke(writing: Writing, kind: str, value: str) -> None:
    writing.connection.execute(
        update(token)
        .where(token.c.hash == _hash(value), token.c.kind == kind)
        .values(revoked_at=writing.at)
    )
