"""A sheet as rows of cells, whatever file it stands in; read no further than it is needed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_ROWS: Final = 50_000
"""Tasks of one table, ten times the largest that people keep in Excel; beyond it there is XML."""
MAX_COLUMNS: Final = 512
MAX_CHARACTERS: Final = 32_767
"""What Excel puts into one cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty. Shape: `form` is its number format, `indent` what Excel shows."""

    value: object
    form: str = ""
    indent: int = 0
    error: bool = False


Row = dict[int, Cell]
"""The cells of a row by their column, counted from 1."""


@dataclass(frozen=True, slots=True)
class Area:
    """Cells that are merged into one."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def place(self) -> str:
        """Return it as A1:B2."""
        return f"{at(self.left, self.top)}:{at(self.right, self.bottom)}"


@dataclass(frozen=True, slots=True)
class Marks:
    """What rows alone do not tell: merged cells, and formulas that nobody computed yet."""

    merged: tuple[Area, ...] = ()
    uncomputed: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Shape: `rows` gives (number, row) for the first so many rows, or all (0)."""

    name: str
    rows: Callable[[int], Iterator[tuple[int, Row]]]
    marks: Callable[[], Marks] = Marks


@dataclass(frozen=True, slots=True)
class Book:
    """One file. Shape: `kind` is XLSX or CSV; `losses` are codes of the tally, and examples."""

    kind: str
    sheets: tuple[Sheet, ...]
    losses: dict[str, str] = field(default_factory=dict)
    close: Callable[[], None] = lambda: None


def letters(column: int) -> str:
    """Write a column, counted from 1, as Excel does."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def at(column: int, row: int) -> str:
    """Write a cell's place as A1."""
    return f"{letters(column)}{row}"
