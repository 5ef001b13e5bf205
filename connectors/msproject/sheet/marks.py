"""A look through the XML of a sheet for what openpyxl's read-only mode does not tell."""

import re
from typing import IO, Final

from defusedxml.ElementTree import iterparse

from connectors.msproject.sheet.grid import MAX_COLUMNS, MAX_ROWS, Area, Marks
from hub.errors import Anomalous, Misconfigured

MAX_CELLS: Final = 3_000_000
LAST_ROW: Final = 1 << 20
MAX_MARKS: Final = 10_000
"""Arbitrary: who merges more cells than that hears of the first ones."""

_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", re.ASCII)
_MANY: Final = "delete what is no plan, or save the plan as Microsoft Project XML"


def looked(part: IO[bytes]) -> tuple[Marks, int, int]:
    """Return the marks of a sheet, and the last row and column that hold anything.

    Raises: Misconfigured, when there are too many of either. ParseError, DefusedXmlException.
    """
    look = _Look()
    path: list[object] = []
    for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            path.append(element)
            if name == "row":
                look.row(element.get("r"))
            continue
        path.pop()
        if name == "c":
            look.cell(element)
        elif name == "mergeCell":
            look.merge(element.get("ref") or "")
        if name not in {"f", "v", "is", "t", "r"}:
            element.clear()
            if path:
                path[-1].remove(element)  # type: ignore[attr-defined]
    merged, uncomputed = tuple(look.merged), frozenset(look.uncomputed)
    return Marks(merged, uncomputed), look.last_row, look.last_column


class _Look:
    def __init__(self) -> None:
        self.merged: list[Area] = []
        self.uncomputed: set[tuple[int, int]] = set()
        self.last_row = self.last_column = 0
        self._row = self._column = self._cells = self._held = 0

    def row(self, said: str | None) -> None:
        self._row = int(said[:9]) if said and said.isdecimal() else self._row + 1
        if self._row > LAST_ROW:
            raise Anomalous(f"the sheet says to have a row {self._row}, Excel has {LAST_ROW}")
        self._column = 0

    def cell(self, element: object) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise Misconfigured(f"the sheet has more than {MAX_CELLS} cells; {_MANY}")
        place = _PLACE.fullmatch(element.get("r") or "")  # type: ignore[attr-defined]
        self._column = number(place[1]) if place else self._column + 1
        parts = {part.tag.rpartition("}")[2]: part for part in element}  # type: ignore[attr-defined]
        if not parts:
            return
        value = parts.get("v")
        said = value is not None and bool(value.text)
        if "f" in parts and not said and element.get("t") != "str":  # type: ignore[attr-defined]
            if len(self.uncomputed) < MAX_MARKS:
                self.uncomputed.add((self._row, self._column))
        elif not said and "is" not in parts:
            return
        if self._row > self.last_row:
            self._held += 1
            self.last_row = self._row
        self.last_column = max(self.last_column, self._column)
        if self._held > MAX_ROWS:
            raise Misconfigured(f"the sheet has more than {MAX_ROWS} rows; {_MANY}")
        if self._column > MAX_COLUMNS:
            words = f"cell {element.get('r')}: the sheet has more than {MAX_COLUMNS} columns"  # type: ignore[attr-defined]
            raise Misconfigured(f"{words}; {_MANY}")

    def merge(self, ref: str) -> None:
        ends = [_PLACE.fullmatch(end) for end in ref.split(":")]
        if len(ends) == 2 and ends[0] and ends[1] and len(self.merged) < MAX_MARKS:  # noqa: PLR2004
            one, other = ends[0], ends[1]
            self.merged.append(Area(number(one[1]), int(one[2]), number(other[1]), int(other[2])))


def number(letters: str) -> int:
    """Return the number of a column, counted from 1."""
    found = 0
    for letter in letters:
        found = 26 * found + ord(letter) - ord("A") + 1
    return found
