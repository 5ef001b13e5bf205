"""Tokens, sessions and one-time links: hashes only, the secret itself is never stored."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, or_, select, update

from hub.services.access import NewToken, Principal, Role
from hub.services.instants import micros
from hub.store.database import Database, Writing
from hub.store.tables import token

SESSION: Final = timedelta(hours=12)
LINK: Final = timedelta(hours=24)


class Tokens:
    """The port `hub.services.access.Access` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_token(self, value: str) -> Principal | None:
        """Return whose token it is."""
        return await self._find("token", value)

    async def by_session(self, value: str) -> Principal | None:
        """Return whose session it is."""
        return await self._find("session", value)

    async def open_session(self, principal: Principal) -> str:
        """Open a session and return its secret id."""
        made = await self._make("session", principal.name, principal.role, SESSION)
        return made.token

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
        return await self._database.read(lambda c: _principal(c, kind, value, now))

    async def _make(self, kind: str, name: str, role: Role, life: timedelta | None) -> NewToken:
        value = f"mp_{secrets.token_urlsafe(32)}"
        made_id = secrets.token_hex(6)
        expires = None if life is None else datetime.now(UTC) + life

        def work(writing: Writing) -> None:
            writing.connection.execute(
                insert(token).values(
                    id=made_id, kind=kind, hash=_hash(value), name=name, role=role.value,
                    created_at=writing.at, expires_at=None if expires is None else micros(expires),
                )
            )  # fmt: skip
            writing.note(name, f"{kind}.create", made_id)

        await self._database.write(work)
        return NewToken(value, made_id, role, expires)


def _hash(value: str) -> bytes:
    # The secret has 256 random bits: a plain hash cannot be guessed, a slow one would only cost.
    return hashlib.sha256(value.encode()).digest()


def _principal(connection: Connection, kind: str, value: str, now: datetime) -> Principal | None:
    query = select(token.c.name, token.c.role, token.c.id).where(
        token.c.hash == _hash(value),
        token.c.kind == kind,
        token.c.revoked_at.is_(None),
        or_(token.c.expires_at.is_(None), token.c.expires_at > micros(now)),
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Principal(row.name, Role(row.role), "session" if kind != "token" else kind, row.id)


def _redeem(writing: Writing, value: str) -> Principal | None:
    """Find and use up in one: of two who come at once, one is late."""
    found = _principal(writing.connection, "link", value, writing.now)
    if found is not None:
        _revoke(writing, "link", value)
    return found


def _revoke(writing: Writing, kind: str, value: str) -> None:
    writing.connection.execute(
        update(token)
        .where(token.c.hash == _hash(value), token.c.kind == kind)
        .values(revoked_at=writing.at)
    )
