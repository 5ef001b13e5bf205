"""What is slow to make and never changes, kept between sessions: made once, under a lock, whole.

The folder is `MILEPOST_LAB_CACHE`, else one in the user's own cache.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def folder() -> Path:
    """Return the cache folder."""
    if given := os.environ.get("MILEPOST_LAB_CACHE"):
        return Path(given).resolve()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home).resolve() / "milepost-lab"


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder `name` of the cache; when it is absent, have it made.

    `make` fills a folder beside it that is renamed at the end, so that one whose making was
    interrupted is never taken for a whole one.
    """
    whole, beside = folder() / name, folder() / f".{name}.new"
    if whole.is_dir():
        return whole
    with _locked(name):
        if not whole.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir()
            make(beside)
            beside.rename(whole)
    return whole


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """Hold the lock of one name: of two sessions one makes it and the other waits."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
