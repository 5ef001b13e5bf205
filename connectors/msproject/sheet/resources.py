"""Who does the work of a row: `Zhang San`, `张三;李四[50%]`, `Cement[3 t]`. Pure.

Source: Microsoft Project, "Resource Names (task field)": units other than 100% stand in brackets.
"""

import re
from dataclasses import dataclass
from typing import Final

from connectors.msproject.sheet.faults import Unreadable, quoted
from connectors.msproject.sheet.values import plain

_MOST_NAME: Final = 200
_PART: Final = re.compile(r"([^\[\]]+?)\s*(?:\[\s*(\d{1,7}(?:[.,]\d{1,4})?)\s*([^\[\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Share:
    """One resource of one row. Shape: `units` 1 is one full-time person; `of` names a material."""

    name: str
    units: float = 1
    of: str = ""


def shares(said: str) -> list[Share]:
    """Read a cell; a name that stands twice counts once. Raises: Unreadable."""
    text = plain(said)
    # A comma within brackets is a decimal point, as in [3,5 t].
    between = r"[;\n]" if re.search(r"[;\n]", text) else r"[,、]"
    found: dict[str, Share] = {}
    for part in re.split(rf"{between}(?![^\[]*\])", text):
        if part.strip():
            one = _share(part.strip(), said)
            found.setdefault(one.name, one)
    return list(found.values())


def _share(part: str, said: str) -> Share:
    match = _PART.fullmatch(part)
    name = " ".join(match[1].split()) if match else ""
    if match is None or not 0 < len(name) <= _MOST_NAME:
        words = f"{quoted(said)} is no list of names"
        raise Unreadable(words, "write them as Zhang San;Li Si[50%]")
    if match[2] is None:
        return Share(name)
    units, of = float(match[2].replace(",", ".")), match[3].strip()
    if of == "%":
        return Share(name, units / 100)
    return Share(name, units, of)
