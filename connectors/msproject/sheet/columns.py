"""Which sheet is the plan, where its header stands, and which column holds what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from connectors.msproject.sheet.faults import Faults, quoted
from connectors.msproject.sheet.grid import Area, Book, Row, Sheet, at, letters
from connectors.msproject.sheet.values import plain
from hub.contract import Headings
from hub.errors import Misconfigured

HEADER_ROWS: Final = 20
"""Above the header there may be titles, logos and legends."""
_FEWEST: Final = 2
"""One known word alone may stand anywhere."""


@dataclass(frozen=True)
class Columns:
    """The columns of one sheet. Shape: `own` are those that no field is made of, by heading."""

    fields: Mapping[str, int]
    own: Mapping[int, str]
    last_row: int

    @cached_property
    def all(self) -> frozenset[int]:
        """Return every column with a heading."""
        return frozenset(self.fields.values()) | frozenset(self.own)


def found(book: Book, headings: Headings, wanted: str | None) -> tuple[Sheet, Columns, Faults]:
    """Return the sheet that holds the plan.

    Raises: Misconfigured, when there is none, or none of the wanted name.
    """
    if wanted is not None and book.kind != "CSV":
        book_sheets: Sequence[Sheet] = [one for one in book.sheets if one.name == wanted]
        if not book_sheets:
            names = ", ".join(quoted(one.name) for one in book.sheets)
            raise Misconfigured(f"there is no sheet {quoted(wanted)}; this workbook has {names}")
    else:
        book_sheets = book.sheets
    best: tuple[int, Sheet, int, Row] | None = None
    for sheet in book_sheets:
        for number, row in sheet.rows(HEADER_ROWS):
            score = _score(row, headings)
            if score > (best[0] if best else 0):
                best = score, sheet, number, row
        # Of several sheets the first counts; of several separators that with the most columns.
        if best is not None and book.kind != "CSV":
            break
    if best is None:
        raise Misconfigured(_nowhere(book_sheets, headings, csv=book.kind == "CSV"))
    _, sheet, number, row = best
    return _read(sheet, number, row, headings)


def folded(heading: object) -> str:
    """Return a heading as it is compared: case, width and blanks make no difference."""
    return "".join(plain(heading).casefold().split())


def _score(row: Row, headings: Headings) -> int:
    said = {folded(cell.value) for cell in row.values() if isinstance(cell.value, str)}
    held = {
        field
        for field, heading in headings.items()
        if any(folded(name) in said for name in heading.names)
    }
    needed = all(field in held for field, heading in headings.items() if heading.needed)
    return len(held) if needed and len(held) >= _FEWEST else 0


def _nowhere(sheets: Sequence[Sheet], headings: Headings, *, csv: bool) -> str:
    needed = [
        " or ".join(quoted(name) for name in heading.names[:4])
        for heading in headings.values()
        if heading.needed
    ]
    where = "the table" if csv else f"any sheet ({', '.join(quoted(one.name) for one in sheets)})"
    return (
        f"no row of the first {HEADER_ROWS} of {where} is the header of a plan; write"
        f" {' and '.join(needed)} and one more known heading (Start, Finish, 工期 …) into one row,"
        " or name your own in the mapping document msproject/sheet-row"
    )


def _read(sheet: Sheet, number: int, row: Row, headings: Headings) -> tuple[Sheet, Columns, Faults]:
    faults = Faults(sheet.name)
    areas = [area for area in sheet.marks().merged if area.top <= number <= area.bottom]
    last = max([number, *(area.bottom for area in areas if area.top == number)])
    said = {column: _written(cell.value) for column, cell in row.items()}
    if last > number:
        below = dict(sheet.rows(last))
        for at_row in range(number + 1, last + 1):
            said = _joined(said, below.get(at_row, {}), areas)
    fields = _fields(said, headings, number, faults)
    own: dict[int, str] = {}
    for column, heading in said.items():
        if column in fields.values() or not heading:
            continue
        own[column] = f"{heading} ({letters(column)})" if heading in own.values() else heading
    return sheet, Columns(fields, own, last), faults


def _joined(upper: Mapping[int, str], lower: Row, areas: Sequence[Area]) -> dict[int, str]:
    """Put the words of a header of two rows together: `Baseline` above `Start`."""
    found = dict(upper)
    for column, cell in lower.items():
        over = next((area.left for area in areas if area.left <= column <= area.right), column)
        words = (upper.get(over, ""), _written(cell.value))
        found[column] = " ".join(word for word in words if word)
    # A band that names only what stands below it is no column.
    for area in areas:
        if area.right > area.left and area.left in found and area.left not in lower:
            del found[area.left]
    return found


def _fields(
    said: Mapping[int, str], headings: Headings, number: int, faults: Faults
) -> dict[str, int]:
    by_word: dict[str, list[int]] = {}
    for column, heading in said.items():
        by_word.setdefault(folded(heading), []).append(column)
    found: dict[str, int] = {}
    for field, known in headings.items():
        for name in known.names:
            columns = by_word.get(folded(name), [])
            if not columns:
                continue
            for one, other in pairwise(columns):
                words = f"the heading {quoted(said[other])} stands in {at(one, number)} already"
                faults.add(at(other, number), f"{words}; rename one of the two columns")
            found.setdefault(field, columns[0])
            break
    return found


def _written(heading: object) -> str:
    return re.sub(r"\s+", " ", plain(heading))
