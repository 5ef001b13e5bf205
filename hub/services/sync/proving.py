"""What the hub relies on of every source, tried on a tool as it is; nothing is changed.

The contract suite takes these steps with every connector, `milepost connector verify` with a
user's own tool. On a tool that lives on meanwhile some cannot be told from news: `done` is None.
"""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from hub.contract import Cursor, Known, Record, Source, Step
from hub.errors import HubError

_ASKED: Final = 20
"""So many of what is open are asked about by name; arbitrary."""

_Key = tuple[str, str]


async def proven(source: Source) -> AsyncIterator[Step]:
    """Yield alive, read, resume, census, repeat, fate; end where the tool does not answer."""
    proof = _Proof(source)
    steps: tuple[tuple[str, Callable[[], Awaitable[Step]]], ...] = (
        ("alive", proof.alive),
        ("read", proof.read),
        ("resume", proof.resume),
        ("census", proof.census),
        ("repeat", proof.repeat),
        ("fate", proof.fate),
    )
    for code, step in steps:
        try:
            yield await step()
        except HubError as fault:
            yield Step(code, False, str(fault))
            return


class _Proof:
    """One source, and what it told so far."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._cursor: Cursor | None = None
        self._read: dict[tuple[str, str, str], Record] = {}
        self._open: list[Record] = []

    async def alive(self) -> Step:
        standing = await self._source.standing()
        says = standing.why or "the tool is alive"
        return Step("alive", standing.alive, says)

    async def read(self) -> Step:
        records = await self._news()
        self._read = {(one.kind, one.key, one.version): one for one in records}
        if not records and self._cursor is None:
            return Step("read", None, "it has no order to be read in; its census says it all")
        if self._cursor is None:
            return Step("read", False, "pages came without a place to read on from")
        return Step("read", True, f"{len(records)} records, and a place to read on from")

    async def resume(self) -> Step:
        if self._cursor is None:
            return Step("resume", None, "there is nothing to go on from")
        records = await self._news()
        again = [one for one in records if (one.kind, one.key, one.version) in self._read]
        if again:
            says = f"{len(again)} records were told again where reading goes on; each counts once"
            return Step("resume", None, says)
        return Step("resume", True, f"it goes on where it stopped: {len(records)} records since")

    async def census(self) -> Step:
        self._open = await self._listed()
        twice = len(self._open) - len({_name(one) for one in self._open})
        if twice:
            return Step("census", False, f"{twice} of {len(self._open)} open records came twice")
        return Step("census", True, f"{len(self._open)} open records, each named once")

    async def repeat(self) -> Step:
        """List again: what has not changed has to come in the same words."""
        before = copy.deepcopy({_name(one): dict(one.body) for one in self._open})
        first = {_name(one): one for one in self._open}
        second = {_name(one): one for one in await self._listed()}
        if any(dict(one.body) != before[_name(one)] for one in self._open):
            return Step("repeat", False, "a record that was handed over was changed afterwards")
        both = first.keys() & second.keys()
        if any(first[name].series != second[name].series for name in both):
            return Step("repeat", False, "a record changed its series")
        news = len(first.keys() ^ second.keys()) + sum(
            first[name].version != second[name].version for name in both
        )
        if news:
            return Step("repeat", None, f"{news} records changed between two looks")
        return Step("repeat", True, "two looks tell the same in the same words")

    async def fate(self) -> Step:
        """Ask about what is open: it must not be called gone."""
        asked = [Known(one.kind, one.series, one.key) for one in self._open[:_ASKED]]
        if not asked:
            return Step("fate", None, "nothing is open that could be asked about")
        gone = {(one.kind, one.key) for one in (await self._source.fate(asked)).gone}
        if not gone:
            return Step("fate", True, f"none of {len(asked)} open records is called gone")
        still = gone & {_name(one) for one in await self._listed()}
        if still:
            return Step("fate", False, f"{len(still)} open records are called gone")
        return Step("fate", None, f"{len(gone)} records ended meanwhile")

    async def _news(self) -> Sequence[Record]:
        records: list[Record] = []
        async for page in self._source.read(self._cursor):
            records += page.records
            self._cursor = page.cursor or self._cursor
        return records

    async def _listed(self) -> list[Record]:
        listed: list[Record] = []
        async for page in self._source.census():
            listed += page.records
            listed += (Record(one.kind, one.key, {}, one.version) for one in page.named)
        return listed


def _name(one: Record) -> _Key:
    return one.kind, one.key
