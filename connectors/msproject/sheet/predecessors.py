"""What stands in a cell of predecessors: `3`, `3FS+2d`, `2;7SS-1w`, `5FF+50%`, `3FS+2 个工作日`.

Source: Microsoft Project, "Predecessors (task field)": the task's ID, the type of the link (FS when
there is none), and lead or lag as a duration, an elapsed duration or a percentage.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from connectors.msproject.parse.link import MOST_PERCENT
from connectors.msproject.parse.words import Words
from connectors.msproject.sheet.faults import Unreadable, quoted
from connectors.msproject.sheet.values import code, plain, span

TYPES: Final = {"FF": "0", "FS": "1", "SF": "2", "SS": "3"}
_NAMED: Final = {"完成-开始": "FS", "开始-开始": "SS", "完成-完成": "FF", "开始-完成": "SF"}
_TYPE: Final = rf"\(?({'|'.join((*TYPES, *_NAMED))})\)?"
_TYPED: Final = re.compile(rf"(.+?)\s*{_TYPE}\s*(?:([+-])\s*(.+))?", re.IGNORECASE)
_LATER: Final = re.compile(r"(.+?)\s*([+-])\s*(\d.*)")
_PERCENT: Final = re.compile(r"(\d{1,9}(?:[.,]\d{1,6})?)\s*(e)?\s*%", re.ASCII)
_REMEDY: Final = "write them as 3, 3FS+2d or 2;7SS-50%"

Known = Callable[[str], str | None]
"""Gives the UID of the task that a reference names, or None."""


@dataclass(frozen=True, slots=True)
class Link:
    """One predecessor.

    Shape: `kind` is working or elapsed (`lag` in minutes), percent or elapsed_percent.
    """

    uid: str
    type: str = "FS"
    lag: float = 0
    kind: str = "working"
    external: str = ""

    def words(self) -> Words:
        """Return what MSPDI says of such a link. Source: PredecessorLink, LinkLag, LagFormat."""
        forms = {"working": "7", "elapsed": "8", "percent": "19", "elapsed_percent": "20"}
        lag = self.lag if "percent" in self.kind else round(self.lag * 10)
        found: Words = {"PredecessorUID": self.uid, "Type": TYPES[self.type]}
        if lag:
            found |= {"LinkLag": f"{lag:g}" if lag % 1 else str(int(lag))}
            found["LagFormat"] = forms[self.kind]
        if self.external:
            found |= {"CrossProject": "1", "CrossProjectName": self.external}
        return found


def links(value: object, known: Known, named: str) -> list[Link]:
    """Read a cell; `named` says what a reference is (ID, WBS), for the message.

    Raises: Unreadable, naming the part that is wrong.
    """
    if isinstance(value, date | time | timedelta):
        words = f"Excel made a date of this: {quoted(value)}"
        raise Unreadable(words, "format the column as text and write it again")
    if isinstance(value, float) and not value.is_integer() and known(code(value)) is None:
        words = f"Excel made the number {value:g} of this"
        raise Unreadable(words, "format the column as text and write 3;5 again")
    said = plain(code(value) if isinstance(value, int | float) else value)
    # Where the comma is the decimal point, the semicolon stands between the parts.
    strong = re.search(r"[;\n]", said) is not None
    parts = re.split(r"[;\n]" if strong else r"[,、]", said)
    return [link for part in parts if part.strip() for link in _links(part.strip(), known, named)]


def _links(part: str, known: Known, named: str) -> list[Link]:
    try:
        return [_link(part, known, named)]
    except Unreadable:
        pieces = [piece.strip() for piece in re.split(r"[,、]", part)]
        if len(pieces) == 1:
            raise
        return [_link(piece, known, named) for piece in pieces if piece]


def _link(part: str, known: Known, named: str) -> Link:
    external = "\\" in part
    uid = "" if external else known(part)
    typed = _TYPED.fullmatch(part)
    later = _LATER.fullmatch(part)
    if uid:
        return Link(uid)
    if typed is None and (external or later is None):
        return Link("", external=part) if external else Link(_target(part, part, known, named))
    ref, type_, sign, said = typed.groups() if typed else _untyped(later)
    uid = "" if external else _target(ref, part, known, named)
    lag, kind = _lag(sign, said)
    return Link(uid, _type(type_), lag, kind, external=ref if external else "")


def _target(ref: str, part: str, known: Known, named: str) -> str:
    uid = known(ref.strip())
    if uid is None:
        what = f"{quoted(part)} names no task" if ref == part else f"there is no task {quoted(ref)}"
        raise Unreadable(f"{what} of this sheet by its {named}", _REMEDY)
    return uid


def _untyped(later: re.Match[str] | None) -> tuple[str, str, str, str]:
    assert later is not None  # noqa: S101 - the caller looked
    return later[1], "FS", later[2], later[3]


def _type(word: str) -> str:
    return _NAMED.get(word, word.upper())


def _lag(sign: str | None, said: str | None) -> tuple[float, str]:
    if sign is None or said is None:
        return 0, "working"
    factor = -1 if sign == "-" else 1
    share = _PERCENT.fullmatch(said.strip().lower())
    if share:
        value = float(share[1].replace(",", "."))
        if value > MOST_PERCENT:
            raise Unreadable(f"a lag of {value:g}% is more than a plan can last", _REMEDY)
        return factor * value, "elapsed_percent" if share[2] else "percent"
    found = span(said, what="lag")
    return factor * found.minutes, "elapsed" if found.elapsed else "working"
