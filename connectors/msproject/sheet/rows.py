"""From the rows of a sheet to the words that MSPDI has for the same, and every fault by its cell.

Keys, the best first, one kind for the whole sheet: Unique ID, GUID, WBS, else the names from the
outermost summary down to the row. Only the last changes when a row is renamed.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import time
from typing import Final

from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.words import Words
from connectors.msproject.sheet import predecessors, resources, values
from connectors.msproject.sheet.columns import Columns
from connectors.msproject.sheet.faults import Faults, Unreadable, quoted
from connectors.msproject.sheet.grid import MAX_CHARACTERS, Cell, Marks, Row, Sheet, at
from connectors.msproject.sheet.line import Line
from connectors.msproject.sheet.outline import Outlines
from hub.contract import Headings

DAY_START: Final = time(8)
DAY_FINISH: Final = time(17)
"""The hours of Microsoft Project's standard calendar, for a day without an hour."""

_STARTS: Final = {"start": "Start", "actual_start": "ActualStart", "baseline_start": "Start"}
_FINISHES: Final = {
    "finish": "Finish",
    "actual_finish": "ActualFinish",
    "deadline": "Deadline",
    "baseline_finish": "Finish",
}
_ELAPSED_DAYS: Final = "8"
_MOST_KEY: Final = 200


class Lines:
    """The rows of one sheet, read. Faults are collected; `faults.raised()` says them all."""

    def __init__(
        self,
        columns: Columns,
        headings: Headings,
        faults: Faults,
        tally: Tally,
        order: values.DateOrder | None,
    ) -> None:
        self._columns = columns
        self._absent = {
            name: {word.casefold() for word in heading.absent} for name, heading in headings.items()
        }
        self._faults = faults
        self._tally = tally
        self._order = order
        self._bare_ones: list[tuple[str, object]] = []
        self._percents = 0.0

    def of(self, sheet: Sheet) -> list[Line]:
        """Read all rows below the header."""
        marks = sheet.marks()
        self._merged(marks)
        found = [
            line
            for number, row in sheet.rows(0)
            if number > self._columns.last_row and (line := self._line(number, row, marks))
        ]
        for place, value in self._bare_ones if self._percents <= 1 else ():
            words = f"{quoted(value)} may be 1% or 100%"
            self._faults.add(place, f"{words}; format the column as a percentage, or write 100%")
        outlines = Outlines(self._columns.fields, self._faults)
        outlines.place(found)
        self._name(found)
        self._link(found)
        return found

    def _merged(self, marks: Marks) -> None:
        for area in marks.merged:
            held = any(area.left <= n <= area.right for n in self._columns.all)
            if held and area.bottom > self._columns.last_row and area.bottom > area.top:
                words = "are merged over several rows, so only the first of them would have a value"
                self._faults.add(area.place, f"{words}; unmerge them and fill each row")
        for number, column in sorted(marks.uncomputed):
            if column in self._columns.all and number > self._columns.last_row:
                words = "holds a formula that was never computed; open the file in Excel and save"
                self._faults.add(at(column, number), f"{words} it")

    def _line(self, number: int, row: Row, marks: Marks) -> Line | None:
        cells = {n: row[n] for n in row.keys() & self._columns.all}
        if not cells:
            return None
        bad = self._unsound(number, cells)
        named = self._columns.fields["title"]
        told = named in bad or (number, named) in marks.uncomputed
        cells = {n: cell for n, cell in cells.items() if n not in bad}
        fields = {
            name: cells[column]
            for name, column in self._columns.fields.items()
            if column in cells and not self._is_absent(name, cells[column])
        }
        line = Line(number, {})
        self._title(line, fields, told=told)
        for name, cell in fields.items():
            read = getattr(self, f"_read_{name}", None)
            if read is None:
                line.read[name] = cell
                continue
            try:
                read(line, name, cell)
            except Unreadable as error:
                self._faults.add(self._place(line, name), str(error))
        self._dates(line)
        line.body["columns"] = {
            heading: values.text(cells[n].value, cells[n].form)
            for n, heading in self._columns.own.items()
            if n in cells
        }
        return line

    def _unsound(self, number: int, cells: Row) -> set[int]:
        bad: set[int] = set()
        for column, cell in sorted(cells.items()):
            words = ""
            if cell.error:
                words = f"holds the error {cell.value}; mend the formula"
            elif isinstance(cell.value, str) and len(cell.value) > MAX_CHARACTERS:
                words = f"holds {len(cell.value)} characters, {MAX_CHARACTERS} at most; shorten it"
            if words:
                bad.add(column)
                self._faults.add(at(column, number), words)
        return bad

    def _is_absent(self, name: str, cell: Cell) -> bool:
        text = isinstance(cell.value, str)
        return text and values.plain(cell.value).casefold() in {"", *self._absent.get(name, ())}

    def _place(self, line: Line, name: str) -> str:
        return at(self._columns.fields[name], line.number)

    def _title(self, line: Line, fields: dict[str, Cell], *, told: bool) -> None:
        cell = fields.pop("title", None)
        if cell is None:
            if told:
                return
            words = "the row has no task name; write one, or clear the whole row"
            self._faults.add(self._place(line, "title"), words)
            return
        said = values.text(cell.value, cell.form)
        line.body["Name"] = " ".join(said.split())
        raw = cell.value if isinstance(cell.value, str) else ""
        line.indent = cell.indent + len(raw) - len(raw.lstrip(" \u3000\u00a0"))

    # One reader for each field; what has none waits until all rows are known.

    def _read_start(self, line: Line, name: str, cell: Cell) -> None:
        line.at[name] = values.when(cell.value, self._order)

    _read_finish = _read_deadline = _read_actual_start = _read_actual_finish = _read_start
    _read_baseline_start = _read_baseline_finish = _read_start

    def _read_duration(self, line: Line, _: str, cell: Cell) -> None:
        found = values.span(cell.value)
        line.body["Duration"] = iso(found.minutes)
        if found.elapsed:
            line.body["DurationFormat"] = _ELAPSED_DAYS

    def _read_work(self, line: Line, _: str, cell: Cell) -> None:
        line.body["Work"] = iso(values.span(cell.value, bare="h", what="work").minutes)

    def _read_baseline_work(self, line: Line, _: str, cell: Cell) -> None:
        found = values.span(cell.value, bare="h", what="work")
        _baseline(line)["Work"] = iso(found.minutes)

    def _read_cost(self, line: Line, _: str, cell: Cell) -> None:
        line.body["Cost"] = _hundredths(cell)

    def _read_baseline_cost(self, line: Line, _: str, cell: Cell) -> None:
        _baseline(line)["Cost"] = _hundredths(cell)

    def _read_percent(self, line: Line, name: str, cell: Cell) -> None:
        found = values.percent(cell.value, cell.form)
        line.body["PercentComplete"] = f"{found:g}"
        if "%" in cell.form or (isinstance(cell.value, str) and "%" in values.plain(cell.value)):
            return
        self._percents = max(self._percents, found)
        if found == 1:
            self._bare_ones.append((self._place(line, name), cell.value))

    def _read_milestone(self, line: Line, _: str, cell: Cell) -> None:
        line.body["Milestone"] = "1" if values.flag(cell.value) else "0"

    def _read_critical(self, line: Line, _: str, cell: Cell) -> None:
        line.body["Critical"] = "1" if values.flag(cell.value) else "0"

    def _read_active(self, line: Line, _: str, cell: Cell) -> None:
        line.body["Active"] = "1" if values.flag(cell.value) else "0"

    def _read_float(self, line: Line, _: str, cell: Cell) -> None:
        said, sign = cell.value, 1
        if isinstance(said, str) and values.plain(said).startswith("-"):
            said, sign = values.plain(said)[1:].strip(), -1
        elif isinstance(said, int | float) and said < 0:
            said, sign = -said, -1
        line.body["TotalSlack"] = str(round(sign * values.span(said, what="slack").minutes * 10))

    def _read_mode(self, line: Line, _: str, cell: Cell) -> None:
        word = values.plain(cell.value).casefold()
        manual = word.startswith(("manual", "手动"))
        if not manual and not word.startswith(("auto", "自动")):
            words = f"{quoted(cell.value)} is no task mode"
            raise Unreadable(
                words, "write Auto Scheduled or Manually Scheduled (自动计划, 手动计划)"
            )
        line.body["Manual"] = "1" if manual else "0"

    def _read_notes(self, line: Line, _: str, cell: Cell) -> None:
        line.body["Notes"] = values.text(cell.value, cell.form)

    def _read_wbs(self, line: Line, _: str, cell: Cell) -> None:
        line.body["WBS"] = values.code(cell.value, cell.form)

    def _read_guid(self, line: Line, _: str, cell: Cell) -> None:
        line.body["GUID"] = values.code(cell.value).strip("{}").upper()

    def _read_unique_id(self, line: Line, _: str, cell: Cell) -> None:
        line.uid = values.code(cell.value)

    def _read_id(self, line: Line, _: str, cell: Cell) -> None:
        line.body["ID"] = values.code(cell.value)

    def _read_resources(self, line: Line, _: str, cell: Cell) -> None:
        line.who = resources.shares(values.text(cell.value, cell.form))

    def _dates(self, line: Line) -> None:
        """Give days their hours; a milestone stands at the end of its day, by both dates."""
        body, said = line.body, line.at
        if "Milestone" not in body and body.get("Duration") == _NOTHING:
            body["Milestone"] = "1"
        moment = body.get("Milestone") == "1" and body.get("Duration", _NOTHING) == _NOTHING
        if moment and ("start" in said) != ("finish" in said):
            said["start"] = said["finish"] = said.get("start") or said["finish"]
        begins = DAY_FINISH if moment else DAY_START
        found = {
            name: one.at(begins if name in _STARTS else DAY_FINISH) for name, one in said.items()
        }
        for early, late in (("start", "finish"), ("baseline_start", "baseline_finish")):
            if early in found and late in found and found[late] < found[early]:
                words = f"the finish {found[late]:%Y-%m-%d %H:%M} lies before the start"
                words = f"{words} {found[early]:%Y-%m-%d %H:%M}; mend one of the two"
                self._faults.add(self._place(line, late), words)
        for name, value in found.items():
            room = _baseline(line) if name.startswith("baseline") else body
            room[(_STARTS | _FINISHES)[name]] = value.isoformat()
        if ("start" in found) != ("finish" in found):
            self._tally.note("date_missing", f"row {line.number} {body.get('Name', '')}".strip())

    # What only the whole sheet tells.

    def _name(self, lines: Sequence[Line]) -> None:
        held = self._columns.fields
        if "unique_id" in held:
            self._unique(lines, "unique_id", lambda line: line.uid)
        elif "guid" in held:
            self._unique(lines, "guid", lambda line: str(line.body.get("GUID", "")))
        else:
            self._by_wbs_or_name(lines)

    def _unique(self, lines: Sequence[Line], name: str, key: Callable[[Line], str]) -> None:
        seen: dict[str, int] = {}
        for line in lines:
            place, said = self._place(line, name), key(line)
            if not said or len(said) > _MOST_KEY:
                words = "the identifier is too long" if said else "the row has no identifier here"
                self._faults.add(place, f"{words}; give it one that no other row has or ever had")
            elif said in seen:
                other = at(self._columns.fields[name], seen[said])
                words = f"{quoted(said)} stands in {other} already; give each row its own"
                self._faults.add(place, words)
            seen.setdefault(said, line.number)
            line.uid = said

    def _by_wbs_or_name(self, lines: Sequence[Line]) -> None:
        codes = [str(line.body.get("WBS", "")) for line in lines]
        if any(codes) and all(codes) and len(set(codes)) == len(codes):
            for line, code in zip(lines, codes, strict=True):
                line.uid = code
            return
        if any(codes):
            seen: set[str] = set()
            for line, code in zip(lines, codes, strict=True):
                if not code or code in seen:
                    self._tally.note("wbs_repeated", f"row {line.number}: {code or 'none'}")
                seen.add(code)
        path: list[tuple[int, str]] = []
        used: dict[str, int] = {}
        for line in lines:
            while path and path[-1][0] >= line.depth:
                path.pop()
            path.append((line.depth, str(line.body.get("Name", ""))))
            name = "/".join(part for _, part in path)
            name = name if len(name) <= _MOST_KEY else f"{name[:160]}~{_short(name)}"
            used[name] = used.get(name, 0) + 1
            line.uid = name if used[name] == 1 else f"{name}#{used[name]}"
        if lines:
            self._tally.note("key_by_name", f"{lines[0].uid}", len(lines))

    def _link(self, lines: Sequence[Line]) -> None:
        if "predecessors" not in self._columns.fields:
            return
        label = next((word for name, word in _NAMED.items() if name in self._columns.fields), "")
        known = self._known(lines, label)
        for line in lines:
            cell = line.read.get("predecessors")
            if cell is None:
                continue
            place = self._place(line, "predecessors")
            if not label:
                words = "nothing says which row a predecessor is; add a column ID or WBS"
                self._faults.add(place, words)
                continue
            try:
                found = predecessors.links(cell.value, lambda ref: known.get(ref.casefold()), label)
            except Unreadable as error:
                self._faults.add(place, str(error))
                continue
            if any(one.uid == line.uid for one in found if not one.external):
                words = f"{quoted(cell.value)} names the row itself; name the tasks before it"
                self._faults.add(place, words)
            line.links = [one.words() for one in found]

    def _known(self, lines: Sequence[Line], label: str) -> dict[str, str]:
        """Map what rows are called to their UIDs; a name that two rows have names nobody."""
        found: dict[str, str] = {}
        twice: set[str] = set()
        for line in lines:
            word = _called(line, label)
            for form in {word, word.lstrip("0")} - {""}:
                if found.setdefault(form, line.uid) != line.uid:
                    twice.add(form)
        for line in lines if label == "ID" else ():
            if _called(line, label) in twice:
                words = f"the ID {quoted(line.body['ID'])} stands in several rows"
                self._faults.add(self._place(line, "id"), f"{words}; give each row its own")
        return {word: uid for word, uid in found.items() if word not in twice}


_NAMED: Final = {"id": "ID", "wbs": "WBS", "unique_id": "Unique ID"}
"""What a predecessor names: the first of these columns that is there."""
_NOTHING: Final = "PT0H0M0S"


def iso(minutes: float) -> str:
    """Write minutes as MSPDI does."""
    hours, seconds = divmod(round(minutes * 60), 3600)
    return f"PT{hours}H{seconds // 60}M{seconds % 60}S"


def _called(line: Line, label: str) -> str:
    return (line.uid if label == "Unique ID" else str(line.body.get(label, ""))).casefold()


def _baseline(line: Line) -> Words:
    rooms = line.body.setdefault("Baseline", [{"Number": "0"}])
    assert isinstance(rooms, list)  # noqa: S101 - made one line above
    room: Words = rooms[0]
    return room


def _hundredths(cell: Cell) -> str:
    return str(round(values.amount(cell.value) * 100))


def _short(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
