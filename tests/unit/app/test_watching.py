"""A watched plan file: dealt with once, whatever came of it, until it changes."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hub.app.hub import Hub
from hub.app.settings import Configured, load
from tests.connectors.msproject import plans

GOOD = (plans.FIXTURES / "people.xml").read_bytes()
BAD = (plans.FIXTURES / "truncated.xml").read_bytes()


class Counting:
    """The watch of a connector, and how often it opened the file."""

    def __init__(self, watch: Any) -> None:
        self._watch = watch
        self.opened = 0

    def poll(self, since: Any) -> Any:
        found = self._watch.poll(since)
        self.opened += found is not None
        return found


class Watcher:
    """A hub that watches `plan.xml`, looked at by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened = 0
        (folder / "milepost.yaml").write_text(
            f"connectors: {{plans: {{type: msproject, path: {folder / 'plan.xml'}}}}}\n"
        )
        self.hub = self._new()

    def _new(self) -> Hub:
        return Hub(load(self.folder / "milepost.yaml"), self.folder / "data")

    def save(self, data: bytes) -> None:
        path = self.folder / "plan.xml"
        later = path.stat().st_mtime_ns + 10**9 if path.exists() else 10**18
        path.write_bytes(data)
        os.utime(path, ns=(later, later))

    @property
    def one(self) -> Configured:
        return self.hub.configuration.connectors["plans"]

    async def look(self) -> tuple[bool, str | None]:
        """Look once; tell whether the file was read, and what is wrong now."""
        ((one, watch),) = self.hub.watch.watched
        counting = Counting(watch)
        await self.hub.watch.look(one, counting)
        return counting.opened == 1, self.hub.vitals.problem_of("plans")[0]

    async def restart(self) -> None:
        await self.hub.close()
        self.hub = self._new()
        await self.hub.open()

    async def count(self, table: str) -> int:
        query = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own name
        return await self.hub.database.read(lambda c: int(c.execute(query).scalar_one()))


@pytest.fixture
async def watcher(tmp_path: Path) -> AsyncIterator[Watcher]:
    made = Watcher(tmp_path)
    await made.hub.open()
    yield made
    await made.hub.close()


async def test_a_plan_is_read_once_and_again_when_it_changed(watcher: Watcher) -> None:
    watcher.save(GOOD)
    assert await watcher.look() == (True, None)
    assert await watcher.look() == (False, None)
    watcher.save(GOOD.replace(b"<Title>People<", b"<Title>Persons<"))
    assert await watcher.look() == (True, None)
    assert await watcher.count("project") == 2


async def test_a_plan_is_not_read_again_by_a_hub_that_was_restarted(watcher: Watcher) -> None:
    watcher.save(GOOD)
    await watcher.look()
    await watcher.restart()
    assert await watcher.look() == (False, None)
    assert await watcher.count("journal") == 1


async def test_a_file_that_was_refused_is_not_read_again_but_still_told(watcher: Watcher) -> None:
    watcher.save(BAD)
    read, why = await watcher.look()
    assert read
    assert "cut off" in str(why)
    assert await watcher.look() == (False, why)
    await watcher.restart()
    assert await watcher.look() == (False, why)
    watcher.save(GOOD)
    assert await watcher.look() == (True, None)


async def test_a_file_that_was_refused_is_read_again_with_another_mapping(
    watcher: Watcher,
) -> None:
    watcher.save(BAD)
    await watcher.look()
    document = next(
        one
        for one in await watcher.hub.stores.documents.active("mapping")
        if one.name == "msproject/task"
    )
    changed = document.text.replace("\n", "\n# changed\n", 1)
    await watcher.hub.stores.documents.offer("mapping", "msproject/task", "file", changed)
    read, why = await watcher.look()
    assert read
    assert "cut off" in str(why)
    assert (await watcher.look())[0] is False


async def test_a_file_is_read_again_with_other_settings(watcher: Watcher) -> None:
    watcher.save(GOOD)
    await watcher.look()
    settings = watcher.folder / "milepost.yaml"
    settings.write_text(settings.read_text().replace("}}", ", project: ERP}}"))
    await watcher.restart()
    assert await watcher.look() == (True, None)
    assert await watcher.count("project") == 2


async def test_a_file_that_is_not_there_is_looked_for_again(watcher: Watcher) -> None:
    read, why = await watcher.look()
    assert not read
    assert "cannot be opened" in str(why)
    watcher.save(GOOD)
    assert await watcher.look() == (True, None)
