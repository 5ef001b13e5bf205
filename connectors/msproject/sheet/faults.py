"""Everything that is wrong with a table, by cell, all at once: nothing is taken from it then."""

from typing import Final

from hub.errors import Misconfigured

MOST: Final = 100
"""Arbitrary: who mends a hundred cells imports again anyway."""


class Unreadable(ValueError):
    """A cell that does not say what its column is for."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")


class Faults:
    """The faults of one sheet. Shape: `sheet` is empty for CSV, which has only one."""

    def __init__(self, sheet: str = "") -> None:
        self._room = f'sheet "{sheet}", ' if sheet else ""
        self._lines: list[str] = []
        self._more = 0

    def add(self, place: str, words: str) -> None:
        """Note one; `place` is a cell as A1, or cells as A1:B2."""
        if len(self._lines) >= MOST:
            self._more += 1
            return
        noun = "cells" if ":" in place else "cell"
        self._lines.append(f"{self._room}{noun} {place}: {words}")

    def raised(self) -> None:
        """Raise: Misconfigured, when there are any; its sentence is the first of them."""
        if not self._lines:
            return
        total = len(self._lines) + self._more
        rest = f" (and {total - 1} more)" if total > 1 else ""
        listed = (*self._lines, f"and {self._more} more cells") if self._more else self._lines
        raise Misconfigured(f"{self._lines[0]}{rest}", problems=tuple(listed))


def quoted(value: object) -> str:
    """Show what stands in a cell, cut to what fits a line."""
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'  # noqa: PLR2004 - arbitrary
