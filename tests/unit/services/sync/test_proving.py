"""Each promise of a source, broken by one that breaks it: the step says so."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from hub.contract import Cursor, Gone, Known, Page, Record, Standing
from hub.errors import Transient
from hub.services.sync.proving import proven

_NO_PAGES: tuple[Page, ...] = ()


def record(key: str, version: str = "1", series: str = "") -> Record:
    return Record("alert", key, {"id": key}, version, series or key)


class Good:
    """A source that keeps every promise: two alerts are open, and nothing happens."""

    def __init__(self) -> None:
        self.open = [record("a"), record("b")]

    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        if since is None:
            yield Page(tuple(self.open), Cursor("2"))

    async def census(self) -> AsyncIterator[Page]:
        for one in self.open:
            yield Page((one,))

    async def fate(self, missing: Sequence[Known]) -> Page:
        del missing
        return Page(tuple(self.open))

    async def standing(self) -> Standing:
        return Standing(True)


class Dead(Good):
    async def standing(self) -> Standing:
        return Standing(False, "no sign of life")


class Nowhere(Good):
    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        del since
        yield Page(tuple(self.open))


class Again(Good):
    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        del since
        yield Page(tuple(self.open), Cursor("2"))


class Twice(Good):
    async def census(self) -> AsyncIterator[Page]:
        yield Page((*self.open, self.open[0]))


class Fickle(Good):
    """Another series each time."""

    async def census(self) -> AsyncIterator[Page]:
        yield Page(tuple(self.open))
        self.open = [record("a", series="x"), record("b", series="y")]


class Meddling(Good):
    """Changes what it handed over."""

    async def census(self) -> AsyncIterator[Page]:
        for one in self.open:
            body: Any = one.body
            body["seen"] = body.get("seen", 0) + 1
            yield Page((one,))


class Moving(Good):
    """Something happens between two looks."""

    async def census(self) -> AsyncIterator[Page]:
        yield Page(tuple(self.open))
        self.open = [record("a", "2"), record("c")]


class Forgetful(Good):
    async def fate(self, missing: Sequence[Known]) -> Page:
        gone = (Gone(one.kind, one.series, one.key, "deleted") for one in missing)
        return Page((), gone=tuple(gone))


class Ending(Forgetful):
    """What it calls gone is gone."""

    async def fate(self, missing: Sequence[Known]) -> Page:
        self.open = []
        return await super().fate(missing)


class Empty(Good):
    def __init__(self) -> None:
        self.open = []


class Unordered(Good):
    """Has no order to be read in, as an Alertmanager."""

    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        del since
        for page in _NO_PAGES:
            yield page


STEPS = ("alive", "read", "resume", "census", "repeat", "fate")


@pytest.mark.parametrize(
    ("source", "code", "done"),
    [
        (Dead, "alive", False),
        (Nowhere, "read", False),
        (Again, "resume", None),
        (Twice, "census", False),
        (Fickle, "repeat", False),
        (Meddling, "repeat", False),
        (Moving, "repeat", None),
        (Forgetful, "fate", False),
        (Ending, "fate", None),
        (Empty, "fate", None),
        (Unordered, "read", None),
    ],
)
async def test_a_broken_promise_is_found_at_its_step(
    source: type[Good],
    code: str,
    done: bool | None,  # noqa: FBT001
) -> None:
    steps = {step.code: step async for step in proven(source())}
    assert tuple(steps) == STEPS
    assert steps[code].done is done, steps[code].says
    earlier = STEPS[: STEPS.index(code)]
    assert all(steps[one].done is not False for one in earlier)


async def test_who_keeps_every_promise_passes() -> None:
    assert [step.done async for step in proven(Good())] == [True] * 6


async def test_a_tool_that_goes_away_ends_the_steps() -> None:
    class Leaving(Good):
        async def census(self) -> AsyncIterator[Page]:
            for page in _NO_PAGES:
                yield page
            raise Transient("it is away")

    steps = [step async for step in proven(Leaving())]
    assert [step.code for step in steps] == ["alive", "read", "resume", "census"]
    assert (steps[-1].done, steps[-1].says) == (False, "it is away")
