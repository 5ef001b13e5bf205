"""The I/O: a plan file that somebody saves again and again, perhaps while we look."""

import io
import os
from pathlib import Path
from typing import BinaryIO

from connectors.msproject.settings import Settings
from hub.contract import Cursor
from hub.errors import Misconfigured, Transient


class WatchedFile:
    """The file at `path`: opened when it is another one than the cursor saw."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def poll(self, since: Cursor | None) -> tuple[BinaryIO, Cursor] | None:
        """Open the file when it differs from what `since` saw; the caller closes it.

        Shape: the cursor is time of change, size and file number: a plan saved under the same name
               is seen although nothing was read.
        Raises: Misconfigured, when there is no such file; Transient, when it went away.
        """
        try:
            file = self._path.open("rb", buffering=0)
        except OSError as error:
            raise self._named(error, since) from error
        seen = _seen(file)
        if seen == since:
            file.close()
            return None
        return io.BufferedReader(_Steady(file, self._path.name, seen)), seen

    def _named(self, error: OSError, since: Cursor | None) -> Transient | Misconfigured:
        words = f"path: {self._path} cannot be opened: {error.strerror}"
        # A plan that was there before is being replaced, or its share is away for a while.
        if since is not None and isinstance(error, FileNotFoundError):
            return Transient(words)
        return Misconfigured(f"{words}; name a plan file that the hub may read")


class _Steady(io.RawIOBase):
    """A file that must be at its end what it was at its beginning."""

    def __init__(self, file: io.FileIO, name: str, seen: Cursor) -> None:
        self._file = file
        self._name = name
        self._at_first = seen

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        count: int = self._file.readinto(buffer)  # type: ignore[arg-type]  # typeshed's Buffer is private
        if count == 0 and _seen(self._file) != self._at_first:
            raise Transient(f"{self._name} changed while it was read; it is read again later")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _seen(file: io.FileIO) -> Cursor:
    status = os.fstat(file.fileno())
    return Cursor(f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}")


def watch(settings: Settings) -> WatchedFile | None:
    """Return the watch of a connector, or None when it has no path."""
    return WatchedFile(settings.path) if settings.path is not None else None
