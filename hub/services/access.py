"""Who may do what: roles, principals, tokens, sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person or a script may do; checked by the API, never by the page alone."""

    VIEWER = "viewer"
    OPS = "ops"
    PM = "pm"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `via` is token or session."""

    name: str
    role: Role
    via: str
    id: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `token` is shown once and stored as a hash only."""

    token: str
    id: str
    role: Role
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token as its admin sees it. `used_at` is right to the hour."""

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class Access(Protocol):
    """Tokens and sessions."""

    async def by_token(self, token: str) -> Principal | None:
        """Return whose token it is; None when unknown, expired or revoked."""

    async def by_session(self, session: str) -> Principal | None:
        """Return whose session it is; None when unknown or expired."""

    async def open_session(self, principal: Principal) -> str | None:
        """Open a session and return its secret id for the cookie; it outlives no token.

        Shape: None when the token that it is opened with was revoked or expired meanwhile.
        """

    async def close_session(self, session: str) -> None:
        """End a session; an unknown one is no fault."""

    async def redeem(self, admin_link: str) -> Principal | None:
        """Use up a one-time admin link."""

    async def create_token(self, role: Role, name: str, expires: timedelta | None) -> NewToken:
        """Make a token."""
