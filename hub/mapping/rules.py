"""A rule of a document, compiled: how one field is filled from a record.

`fill` is all that ingest runs. `origin` tells where the value came from, by the same reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.mapping.converters import Convert
from hub.mapping.paths import Path
from hub.mapping.refused import Refused
from hub.mapping.words import Lookup, written

Body = Mapping[str, object]
Fill = Callable[[Body], object]

CONSTANT: Final = "(constant)"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field is filled.

    Shape: `paths` are tried in their order; `constant`, if not None, stands last. `how` names the
           converter or table. `spec` is the rule as written, for people and for comparing.
           `fill` gives the typed value, or None for an absent field.
    """

    field: str
    line: int
    paths: tuple[Path, ...]
    turn: Convert
    how: str
    fill: Fill
    spec: Mapping[str, object]
    constant: object = None
    absent_if: frozenset[str] = frozenset()
    lookup: Lookup | None = None

    def origin(self, body: Body) -> tuple[str, object]:
        """Tell which path the value comes from, and the source value (None: from no path)."""
        for path in self.paths:
            try:
                source = path.read(body)
            except Refused:
                return path.text, None
            if source is not None and written(source) not in self.absent_if:
                return path.text, source
        if self.constant is not None:
            return CONSTANT, None
        return " | ".join(path.text for path in self.paths), None

    def unknown_word(self, body: Body) -> str | None:
        """Return the source's word when a table was asked and does not hold it."""
        if self.lookup is None:
            return None
        _, source = self.origin(body)
        word = self.lookup.word(source)
        return word if word is not None and word not in self.lookup.entries else None


def filling(
    paths: tuple[Path, ...],
    turn: Convert,
    *,
    constant: object,
    absent_if: frozenset[str],
    missing_ok: bool,
    absent_ok: bool,
) -> Fill:
    """Chain reading, absence and conversion into one closure."""
    last = _last(constant, missing_ok=missing_ok)
    if not paths:
        return last
    if len(paths) == 1 and not absent_if:
        return _single(paths[0], turn, last)
    return _several(paths, turn, last, absent_if, absent_ok=absent_ok)


def _single(path: Path, turn: Convert, last: Fill) -> Fill:
    read = path.read

    def fill(body: Body) -> object:
        source = read(body)
        return last(body) if source is None else turn(source)

    return fill


def _several(
    paths: tuple[Path, ...],
    turn: Convert,
    last: Fill,
    absent_if: frozenset[str],
    *,
    absent_ok: bool,
) -> Fill:
    reads = tuple(path.read for path in paths)

    def fill(body: Body) -> object:
        absent = False
        for read in reads:
            source = read(body)
            if source is None:
                continue
            if (source if type(source) is str else written(source)) not in absent_if:
                return turn(source)
            absent = absent_ok
        return None if absent else last(body)

    return fill


def _last(constant: object, *, missing_ok: bool) -> Fill:
    """Choose what stands when no path led anywhere: a constant, nothing, or a refusal."""
    if isinstance(constant, dict | list):
        # Each record gets its own copy, so that nobody can change the document.
        return lambda _: constant.copy()
    if constant is not None or missing_ok:
        return lambda _: constant
    return _missing


def _missing(_: Body) -> object:
    raise Refused(
        "is missing or null", "send it, mend the path, or say optional: true if it may be missing"
    )
