"""Where the bus remembers how far it has told: one number in one file."""

import os
from pathlib import Path

from hub.errors import Misconfigured


class FilePosition:
    """A file that is replaced whole, so that it is never half written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> int | None:
        """Read the number; None when there is no file.

        Raises: Misconfigured, when the file holds something else.
        """
        try:
            return int(self._path.read_text())
        except FileNotFoundError:
            return None
        except ValueError:
            raise Misconfigured(
                f"{self._path} holds no sequence number; "
                "remove it and the bus begins with the newest change"
            ) from None

    def save(self, seq: int) -> None:
        """Write the number durably."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w") as file:
            file.write(str(seq))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
