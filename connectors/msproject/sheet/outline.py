"""Which row is below which: by the outline level, else by the dots of the WBS, else by indents."""

from collections.abc import Mapping, Sequence
from typing import Final

from connectors.msproject.sheet.faults import Faults, Unreadable, quoted
from connectors.msproject.sheet.grid import at
from connectors.msproject.sheet.line import Line
from connectors.msproject.sheet.values import whole

MOST_LEVELS: Final = 100
"""Arbitrary; Microsoft Project itself counts to 65535."""


class Outlines:
    """Gives each row its depth, from 1, without gaps."""

    def __init__(self, columns: Mapping[str, int], faults: Faults) -> None:
        self._columns = columns
        self._faults = faults

    def place(self, lines: Sequence[Line]) -> None:
        """Set `depth` and OutlineLevel of all rows, in their order."""
        codes = [str(line.body.get("WBS", "")) for line in lines]
        if "outline_level" in self._columns:
            self._by_width(lines, [self._level(line) for line in lines])
        elif any("." in code for code in codes):
            self._by_code(lines, codes)
        else:
            self._by_width(lines, [line.indent for line in lines])
        for line in lines:
            line.body["OutlineLevel"] = str(line.depth)

    def _level(self, line: Line) -> int:
        place = at(self._columns["outline_level"], line.number)
        cell = line.read.get("outline_level")
        if cell is None:
            self._faults.add(place, "the row has no outline level; write 1 for the outermost")
            return 1
        try:
            found = whole(cell.value, "outline level")
        except Unreadable as error:
            self._faults.add(place, str(error))
            return 1
        if found > MOST_LEVELS:
            words = f"{quoted(cell.value)} is more than {MOST_LEVELS} levels; mend it"
            self._faults.add(place, words)
        return found

    @staticmethod
    def _by_width(lines: Sequence[Line], widths: Sequence[int]) -> None:
        open_: list[int] = []
        for line, width in zip(lines, widths, strict=True):
            while open_ and open_[-1] >= width:
                open_.pop()
            open_.append(width)
            line.depth = len(open_)

    def _by_code(self, lines: Sequence[Line], codes: Sequence[str]) -> None:
        """Place rows by their WBS; the row of 1.2 must stand above those of 1.2.3."""
        open_: list[str] = []
        held = set(codes)
        for line, code in zip(lines, codes, strict=True):
            place = at(self._columns["wbs"], line.number)
            if not code:
                words = "the row has no WBS, so nobody can tell what it belongs to"
                self._faults.add(place, f"{words}; number it, or add a column Outline Level")
            while open_ and not code.startswith(f"{open_[-1]}."):
                open_.pop()
            above = code.rpartition(".")[0]
            if above in held and above and (not open_ or open_[-1] != above):
                words = f"{quoted(code)} does not stand below {quoted(above)}"
                self._faults.add(place, f"{words}; sort the rows by their WBS")
            open_.append(code)
            line.depth = len(open_)
