"""A tool, an ingest and a store in memory, for the loop that asks, brings and writes down."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub.contract import Cursor, Gone, Known, Page, Record, Standing
from hub.errors import HubError
from hub.services.desks import Accepted
from hub.services.sync.ports import Held, Hint, Polled

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(series: str, version: str = "1", key: str = "") -> Record:
    return Record("alert", key or f"{series}/a", {"series": series}, version, series)


@dataclass
class Tool:
    """What a tool says. `fault` is raised by whatever is named in `breaks`."""

    news: list[Page] = field(default_factory=list)
    listed: list[Record] = field(default_factory=list)
    became: dict[str, Record | Gone] = field(default_factory=dict)
    alive: bool | None = True
    vouches_until: datetime | None = None
    breaks: dict[str, HubError | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    page_size: int = 2
    hints: dict[str, int] = field(default_factory=dict)

    def _asked(self, what: str) -> None:
        self.asked.append(what)
        if what in self.breaks:
            raise self.breaks[what]

    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        self._asked("read")
        for page in self.news:
            if since is None or page.cursor is None or page.cursor > since:
                yield page

    async def census(self) -> AsyncIterator[Page]:
        for at in range(0, len(self.listed), self.page_size):
            yield Page(tuple(self.listed[at : at + self.page_size]), hints=self.hints)
        self._asked("census")

    async def fate(self, missing: Sequence[Known]) -> Page:
        self._asked("fate")
        found = [self.became[one.series] for one in missing if one.series in self.became]
        return Page(
            tuple(one for one in found if isinstance(one, Record)),
            gone=tuple(one for one in found if isinstance(one, Gone)),
        )

    async def standing(self) -> Standing:
        self._asked("standing")
        why = "" if self.alive else "no heartbeat"
        return Standing(self.alive, why, vouches_until=self.vouches_until)


@dataclass
class Ingest:
    """Takes pages; what is open of them is what the store tells of."""

    held: dict[str, Held] = field(default_factory=dict)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)
    vouched: datetime | None = None
    kept: dict[str, bytes] = field(default_factory=dict)
    fault: HubError | None = None
    named: list[Hint] = field(default_factory=list)

    async def pull(self, connector: str, type_: str, page: Page, asked_at: datetime) -> Accepted:
        del type_
        if self.fault is not None:
            raise self.fault
        self.pages.append(page)
        if page.cursor is not None:
            self.cursors[connector] = page.cursor
        for one in page.records:
            self.held[one.series] = Held(
                f"{connector}:{one.series}", one.key, one.version, asked_at
            )
        for gone in page.gone:
            self.held.pop(gone.series, None)
        return Accepted(len(page.records), "r")

    async def told_of(self, connector: str, refs: Mapping[str, str]) -> None:
        del connector
        assert all(refs.values())

    def doubt(self, connector: str, why: str) -> None:
        assert why
        self.doubts[connector] = why

    def believe(self, connector: str, until: datetime | None = None) -> None:
        self.doubts.pop(connector, None)
        self.vouched = until

    def doubted(self, connector: str) -> str | None:
        return self.doubts.get(connector)

    async def cursor(self, connector: str) -> Cursor | None:
        return self.cursors.get(connector)

    async def open(self, connector: str, *, work: bool = False) -> dict[str, Held]:  # noqa: ARG002
        del connector
        return dict(self.held)

    async def hints(self, connector: str) -> list[Hint]:
        del connector
        return list(self.named)

    async def followed(self, connector: str, hints: Sequence[Hint]) -> None:
        del connector
        self.named = [hint for hint in self.named if hint not in hints]

    async def vitals(self) -> Mapping[str, bytes]:
        return self.kept

    async def keep_vitals(self, connector: str, body: bytes) -> None:
        self.kept[connector] = body

    async def note(self, who: str, action: str, connector: str) -> None:
        raise NotImplementedError

    def holds(
        self, *series: str, version: str = "1", ago: float = 60, doubted: bool = False
    ) -> None:
        heard = NOW - timedelta(seconds=ago)
        for one in series:
            self.held[one] = Held(f"am:{one}", f"{one}/a", version, heard, doubted)

    @property
    def brought(self) -> list[str]:
        """The series of every record that was brought in."""
        return [one.series for page in self.pages for one in page.records]


def polled(tool: Tool, name: str = "am", poll_seconds: float = 30) -> Polled:
    return Polled(name, "prometheus", "alert", poll_seconds, source=tool)
