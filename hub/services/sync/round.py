"""One look at one tool: what is new, what is open, and what became of what is not.

An end without evidence (`gone`) is the riskiest thing that a look can bring, so many of them at
once are held back and shown.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from hub.contract import Gone, Known, Named, Page, Source, Standing
from hub.linking import INFERRED, SETTLED
from hub.services.sync.ports import Held, Polled, PollStore, Pulls, known

GUARDED: Final = 10
"""Fewer ends at once are no danger; arbitrary."""
SHARE: Final = 0.5
"""More of what is open than this never ends at once without an admin's word."""
TOLD_AGAIN: Final = 3600.0
ASKED: Final = 500
"""Series that a source is asked about at a time; arbitrary."""


@dataclass(slots=True)
class Looked:
    """What one look brought.

    Shape: `held_back` are ends that wait for an admin; `open` what is open; `hints` what the tool's
           answers said about themselves, without what is nought.
    """

    records: int = 0
    gone: int = 0
    missing: int = 0
    open: int = 0
    held_back: int = 0
    hints: dict[str, int] = field(default_factory=dict)
    census_seconds: float | None = None
    standing: Standing = field(default_factory=lambda: Standing(True))


@dataclass(slots=True)
class Beside:
    """What censuses named beside what the hub holds of the same series, and which was told already.

    Shape: `told` has a version by key.
    Units: `until` is seconds of the monotonic clock; then all is told anew, for a mapping that
           refused it may have been mended.
    """

    told: dict[str, str] = field(default_factory=dict)
    until: float = 0.0

    def begin(self) -> None:
        """Begin a census."""
        if time.monotonic() >= self.until:
            self.told, self.until = {}, time.monotonic() + TOLD_AGAIN


async def look(
    one: Polled,
    pulls: Pulls,
    store: PollStore,
    *,
    now: Callable[[], datetime],
    census: bool = True,
    accept_gone: bool = False,
    beside: Beside | None = None,
) -> Looked:
    """Look at a tool once.

    Shape: `beside` is handed from look to look.
    Raises: Transient, Misconfigured, Anomalous; what was brought in until then is stored.
    """
    source = one.source
    assert source is not None  # noqa: S101 - asked only where there is one
    looked = Looked(standing=await source.standing())
    if looked.standing.alive:
        pulls.believe(one.id, looked.standing.vouches_until)
    else:
        pulls.doubt(one.id, looked.standing.why)
    if one.work:
        await _follow(one, source, pulls, store, looked, now)
    asked_at = now()
    async for page in source.read(await store.cursor(one.id)):
        _hear(page, looked)
        if page.records or page.rejected or page.gone or page.cursor is not None:
            await _bring(one, pulls, page, asked_at, looked)
        asked_at = now()
    if census:
        began = time.monotonic()
        await _reconcile(
            one, source, pulls, store, looked, now=now, accept_gone=accept_gone,
            beside=beside or Beside(),
        )  # fmt: skip
        looked.census_seconds = time.monotonic() - began
    return looked


async def _follow(
    one: Polled,
    source: Source,
    pulls: Pulls,
    store: PollStore,
    looked: Looked,
    now: Callable[[], datetime],
) -> None:
    """Ask about what webhooks named: they are hints, and may come late, twice or in disorder."""
    hints = await store.hints(one.id)
    for at in range(0, len(hints), ASKED):
        piece = hints[at : at + ASKED]
        asked_at = now()
        page = await source.fate([Known(hint.kind, hint.key, hint.key) for hint in piece])
        await _bring(one, pulls, page, asked_at, looked)
        await store.followed(one.id, piece)


async def _bring(one: Polled, pulls: Pulls, page: Page, asked_at: datetime, looked: Looked) -> None:
    await pulls.pull(one.id, one.type, page, asked_at)
    looked.records += len(page.records)
    looked.gone += len(page.gone)


def _hear(page: Page, looked: Looked) -> None:
    """Take note of what an answer says about itself; of pages of one answer, the most."""
    for name, count in (page.hints or {}).items():
        if count:
            looked.hints[name] = max(count, looked.hints.get(name, 0))


async def _reconcile(
    one: Polled,
    source: Source,
    pulls: Pulls,
    store: PollStore,
    looked: Looked,
    *,
    now: Callable[[], datetime],
    accept_gone: bool,
    beside: Beside,
) -> None:
    """Bring in what is open at the tool, and find out about what the hub holds beyond it."""
    asked_at = now()
    held = await store.open(one.id, work=one.work)
    named: dict[str, object] = {}
    stale: list[Named] = []
    others: dict[str, str] = {}
    beside.begin()
    async for page in source.census():
        _hear(page, looked)
        news = []
        for name in page.named:
            named[name.key] = None
            before = held.get(name.key)
            if before is None or before.version != name.version:
                stale.append(name)
        for record in page.records:
            series = record.series or record.key
            named[series] = None
            before = held.get(series)
            if before is not None and before.key != record.key:
                # Several are open in one series, and another speaks for it: told once is enough.
                others[record.key] = record.version
                if before.doubted or beside.told.get(record.key) != record.version:
                    news.append(record)
            elif before is None or before.version != record.version:
                news.append(record)
        if news or page.rejected:
            fresh = Page(tuple(news), rejected=page.rejected, hints=page.hints)
            await _bring(one, pulls, fresh, asked_at, looked)
    beside.told = others
    looked.open = len(named)
    await _fetch(one, source, pulls, stale, now, looked)
    if looked.standing.alive is not True:
        return  # silence is no evidence of anything while the tool may be dead
    missing = [
        series
        for series, one_held in held.items()
        if series not in named and one_held.heard_at < asked_at
    ]
    looked.missing = len(missing)
    fates = [
        await source.fate(known(held, one.kind, missing[at : at + ASKED]))
        for at in range(0, len(missing), ASKED)
    ]
    await pulls.told_of(one.id, {series: held[series].ref for series in missing})
    for page in _guarded(fates, held, looked, accept_gone=accept_gone):
        if page.records or page.gone or page.rejected:
            await _bring(one, pulls, page, asked_at, looked)


async def _fetch(
    one: Polled,
    source: Source,
    pulls: Pulls,
    stale: Sequence[Named],
    now: Callable[[], datetime],
    looked: Looked,
) -> None:
    """Ask for what a census only named, and what is held otherwise or not at all."""
    for at in range(0, len(stale), ASKED):
        piece = stale[at : at + ASKED]
        asked_at = now()
        page = await source.fate([Known(name.kind, name.key, name.key) for name in piece])
        # It was there a moment ago: whether it is gone is for the next census to say.
        await _bring(one, pulls, replace(page, gone=()), asked_at, looked)


def _guarded(
    fates: Sequence[Page], held: dict[str, Held], looked: Looked, *, accept_gone: bool
) -> list[Page]:
    """Take the ends without evidence out when they are too many to be believed.

    Shape: an end that the tool itself reported, and that this look bears out, is none of them.
    """
    found = [
        replace(
            page,
            gone=tuple(_settled(one) if held[one.series].doubted else one for one in page.gone),
        )
        for page in fates
    ]
    ends = sum(one.why != SETTLED for page in found for one in page.gone)
    if accept_gone or ends < GUARDED or ends <= SHARE * len(held):
        return found
    looked.held_back = ends
    return [
        replace(page, gone=tuple(one for one in page.gone if one.why == SETTLED)) for page in found
    ]


def _settled(gone: Gone) -> Gone:
    """Say of a doubted end that it was one; what was deleted or is out of sight stays so."""
    return replace(gone, why=SETTLED) if gone.why == INFERRED else gone
