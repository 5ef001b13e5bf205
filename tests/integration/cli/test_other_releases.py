"""A store of another release: only `serve` brings an older one up to date."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.app.hub import Hub
from hub.app.settings import load
from hub.errors import Misconfigured
from hub.store import schema
from tests.integration.cli.folder import Folder

pytestmark = pytest.mark.slow


async def opened(data: Path) -> None:
    """Open a store as every command but `serve` does."""
    hub = Hub(load(None), data)
    try:
        await hub.open()
    finally:
        await hub.close()


async def test_a_command_refuses_an_older_store_and_names_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await opened(tmp_path / "data")
    monkeypatch.setattr(schema, "head", lambda: "a later one")
    with pytest.raises(Misconfigured, match="start `milepost serve` once to migrate it"):
        await opened(tmp_path / "data")


def test_a_store_of_a_newer_release_is_left_alone(folder: Folder) -> None:
    folder.run("token", "create", "--role", "ops")
    store = folder.path / "data" / "milepost.db"
    with closing(sqlite3.connect(store)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    for words in (("token", "create", "--role", "ops"), ("serve", "--port", "0"), ("check",)):
        assert "made by a newer Milepost (schema 9999)" in folder.run(*words, status=1).err
