"""What polling asks of the ingest and of a store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from hub.contract import Budget, Checker, Cursor, Known, Onboarding, Page, Source
from hub.services.desks import Accepted

Tls = Literal["checked", "unchecked", "none", "local"]
"""How the way to a tool is kept: `none` is plain http, `local` plain http within this machine."""


@dataclass(frozen=True, slots=True)
class Polled:
    """A connector as polling sees it.

    Shape: `kind` is the connector's word for the records that are alerts; `budget` tells how often
           the tool may still be asked; `tls` is None where the hub asks nobody; `veil` takes the
           connector's secrets out of a text.
    Units: seconds.
    """

    id: str
    type: str
    kind: str
    poll_seconds: float = 30
    source: Source | None = None
    checker: Checker | None = None
    onboarding: Onboarding | None = None
    surveys: bool = False
    tls: Tls | None = None
    budget: Callable[[], Budget | None] = lambda: None
    veil: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Held:
    """What the hub holds of one open series: the alert, its newest key and version, when heard.

    Shape: `doubted`: its end was reported, and nobody vouched for it.
    """

    ref: str
    key: str
    version: str
    heard_at: datetime
    doubted: bool = False


class Pulls(Protocol):
    """The ingest, as polling sees it."""

    async def pull(self, connector: str, type_: str, page: Page, asked_at: datetime) -> Accepted:
        """Store a page and its cursor in one transaction. Raises: Transient."""

    async def told_of(self, connector: str, refs: Mapping[str, str]) -> None:
        """Hear which alert each series is, so that a page may speak of a series alone."""

    def doubt(self, connector: str, why: str) -> None:
        """Hear that ends which this connector reports may be its own silence."""

    def believe(self, connector: str, until: datetime | None = None) -> None:
        """Hear that its ends may be believed; with `until`, only those of up to then."""

    def doubted(self, connector: str) -> str | None:
        """Say why its ends are not believed; None: they are."""


class PollStore(Protocol):
    """The store, as polling sees it."""

    async def cursor(self, connector: str) -> Cursor | None:
        """Return up to where a source was read."""

    async def open(self, connector: str) -> dict[str, Held]:
        """Return every open series of a connector."""

    async def vitals(self) -> Mapping[str, bytes]:
        """Return what was written down of each connector's health."""

    async def keep_vitals(self, connector: str, body: bytes) -> None:
        """Write down a connector's health."""

    async def note(self, who: str, action: str, connector: str) -> None:
        """Leave an audit line, and tell readers that the connector changed."""


def known(held: Mapping[str, Held], kind: str, series: Sequence[str]) -> list[Known]:
    """Return series in the form in which a source is asked about them."""
    return [Known(kind, name, held[name].key) for name in series]
