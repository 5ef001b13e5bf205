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

    Shape: `kind` is the connector's word for the records that are alerts; where `work` is true they
           are no alerts at all. `budget` tells how often the tool may still be asked; `tls` is None
           where the hub asks nobody; `veil` takes the connector's secrets out of a text.
    Units: seconds. `census_seconds` is how long to wait for the next census at least.
    """

    id: str
    type: str
    kind: str
    poll_seconds: float = 30
    census_seconds: float = 0
    work: bool = False
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

    Shape: `doubted`: its end was reported, and nobody vouched for it. Of work, `ref` is its row,
           the series its key, and `kind` the connector's word for it.
    """

    ref: str
    key: str
    version: str
    heard_at: datetime
    doubted: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """A webhook's word that something has become of a thing; what, the tool is asked."""

    kind: str
    key: str
    at: datetime


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

    async def open(self, connector: str, *, work: bool = False) -> dict[str, Held]:
        """Return every open series of a connector; with `work`, all its work that is there."""

    async def hints(self, connector: str) -> list[Hint]:
        """Return what webhooks said that something has become of, oldest first."""

    async def followed(self, connector: str, hints: Sequence[Hint]) -> None:
        """Hear that hints were followed; one that came again meanwhile stays."""

    async def vitals(self) -> Mapping[str, bytes]:
        """Return what was written down of each connector's health."""

    async def keep_vitals(self, connector: str, body: bytes) -> None:
        """Write down a connector's health."""

    async def note(self, who: str, action: str, connector: str) -> None:
        """Leave an audit line, and tell readers that the connector changed."""


def known(held: Mapping[str, Held], kind: str, series: Sequence[str]) -> list[Known]:
    """Return series in the form in which a source is asked about them."""
    return [Known(held[name].kind or kind, name, held[name].key) for name in series]
