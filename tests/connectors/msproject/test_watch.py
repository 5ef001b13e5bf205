"""The watched path: seen when it changed, never half read."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.msproject import CONNECTOR
from connectors.msproject.settings import Settings
from connectors.msproject.source import WatchedFile, watch
from hub.errors import Misconfigured, Transient
from tests.connectors.msproject import plans

ROWS = plans.FIXTURES / "rows.xml"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.xml"
    path.write_bytes(ROWS.read_bytes())
    return path


def test_a_file_is_opened_once_and_again_when_it_changed(plan: Path) -> None:
    watched = WatchedFile(plan)
    first = watched.poll(None)
    assert first is not None
    file, cursor = first
    with file:
        assert plans.read(file).summary["title"] == "Rows"
    assert watched.poll(cursor) is None
    plan.write_bytes(ROWS.read_bytes().replace(b"Rows", b"Lines"))
    os.utime(plan, ns=(1, 1))
    second = watched.poll(cursor)
    assert second is not None
    with second[0] as file:
        assert plans.read(file).summary["title"] == "Lines"
    assert second[1] != cursor


def test_a_file_saved_by_renaming_is_seen(plan: Path) -> None:
    watched = WatchedFile(plan)
    first = watched.poll(None)
    assert first is not None
    first[0].close()
    status = plan.stat()
    other = plan.with_name("new.xml")
    other.write_bytes(ROWS.read_bytes())
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(plan)
    second = watched.poll(first[1])
    assert second is not None
    second[0].close()


def test_a_file_that_grows_while_it_is_read_is_read_again_later(plan: Path) -> None:
    opened = WatchedFile(plan).poll(None)
    assert opened is not None
    with opened[0] as file, plan.open("ab") as writer:
        writer.write(b"<!-- still saving -->")
        writer.flush()
        with pytest.raises(Transient, match=r"plan\.xml changed while it was read"):
            plans.read(file)


def test_a_path_that_never_was_is_the_administrators_business(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"nowhere\.xml cannot be opened"):
        WatchedFile(tmp_path / "nowhere.xml").poll(None)


def test_a_path_that_went_away_may_come_back(plan: Path) -> None:
    opened = WatchedFile(plan).poll(None)
    assert opened is not None
    opened[0].close()
    plan.unlink()
    with pytest.raises(Transient):
        WatchedFile(plan).poll(opened[1])


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        WatchedFile(tmp_path).poll(None)


def test_without_a_path_there_is_nothing_to_watch() -> None:
    assert watch(Settings()) is None
    assert isinstance(watch(Settings(path=Path("plan.xml"))), WatchedFile)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        CONNECTOR.settings.model_validate({"paht": "plan.xml"})


def test_a_new_connector_only_reads() -> None:
    assert Settings().read_only
    assert Settings().poll_seconds == 30


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "/etc/localtime"])
def test_an_unknown_time_zone_is_refused_with_an_example(zone: str) -> None:
    with pytest.raises(ValidationError, match=r"no time zone; write one as Asia/Shanghai"):
        Settings(timezone=zone)


def test_a_known_time_zone_is_taken() -> None:
    assert Settings(timezone="Asia/Shanghai").timezone == "Asia/Shanghai"
