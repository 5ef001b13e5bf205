import threading
from pathlib import Path

import psutil
import pytest

from deploy.lab import cache, debian13
from deploy.lab.notes import has_ended
from deploy.lab.ports import NotReady, until


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MILEPOST_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def write(place: Path) -> None:
    (place / "file").write_text("whole")


def test_what_was_made_once_is_not_made_again() -> None:
    made = [cache.kept("one", write), cache.kept("one", lambda _: pytest.fail("made again"))]
    assert [(place / "file").read_text() for place in made] == ["whole", "whole"]


def test_an_interrupted_making_is_never_taken_for_a_whole_one(folder: Path) -> None:
    def interrupted(place: Path) -> None:
        (place / "half").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.kept("one", interrupted)
    assert not (folder / "one").exists()
    made = cache.kept("one", write)
    assert [path.name for path in made.iterdir()] == ["file"]


def test_of_two_at_once_one_makes_and_the_other_waits() -> None:
    making, done = threading.Event(), threading.Event()
    times: list[str] = []

    def slow(place: Path) -> None:
        making.set()
        assert done.wait(20)
        times.append("made")
        write(place)

    first = threading.Thread(target=cache.kept, args=("one", slow))
    other = threading.Thread(target=cache.kept, args=("one", slow))
    first.start()
    assert making.wait(20)
    other.start()
    done.set()
    first.join(20)
    other.join(20)
    assert times == ["made"]


@pytest.fixture
def failing_debootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "debootstrap"
    fake.write_text(
        "#!/bin/sh\n"
        f"sleep 600 &\necho $! >{tmp_path}/left\n"
        "echo 'E: Failed getting release file'\nexit 1\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")


@pytest.mark.usefixtures("failing_debootstrap")
def test_a_failing_mirror_is_told_with_what_debootstrap_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian13, "possible", lambda: folder)
    with pytest.raises(NotReady, match=r"mirror reachable(?s:.*)Failed getting release file"):
        debian13.folder()
    assert not [path for path in folder.iterdir() if path.name.startswith("debian13")]
    left = int((tmp_path / "left").read_text())
    until(lambda: gone(left), lambda: True, seconds=20)


def gone(pid: int) -> bool:
    try:
        return has_ended(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True


def test_an_ordinary_user_is_told_what_the_folder_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(NotReady, match="needs root and debootstrap"):
        debian13.folder()
