"""Tables and closed vocabularies: from a tool's word to a value of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from hub.mapping.converters import CONVERTERS, Convert
from hub.mapping.refused import Refused
from hub.model.targets import Field


def vocabulary(words: type[Enum]) -> dict[str, object]:
    """List the words of an enum as documents write them: `critical`, `in_progress`, `FS`."""
    return {getattr(member, "word", None) or str(member.value): member for member in words}


def written(source: object) -> str | None:
    """Write a scalar as a document would: 3 is `3`, true is `true`; None for all else."""
    if isinstance(source, str):
        return source
    if isinstance(source, bool):
        return "true" if source else "false"
    return str(source) if isinstance(source, (int, float)) else None


def typed(field: Field, constant: object) -> object:
    """Make a value of a field out of what a document writes as its constant.

    Raises: Refused, when it is no such value.
    """
    if field.words is None:
        return CONVERTERS[field.holds].convert(constant)
    known = vocabulary(field.words)
    if isinstance(constant, str) and constant in known:
        return known[constant]
    raise Refused("is no word of this field", f"use one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table as one rule uses it.

    Shape: keys of `entries` are case-folded when `fold` is set. `other` stands for words that the
           table does not hold; None refuses them.
    """

    name: str
    entries: Mapping[str, object]
    fold: bool = False
    other: object = None

    def word(self, source: object) -> str | None:
        """Return the word as it is looked up; None when the value is no word at all."""
        text = written(source)
        return text.casefold() if text is not None and self.fold else text

    def convert(self) -> Convert:
        """Build the function that looks a value up."""
        find, other, refused = self.entries.get, self.other, self._refused
        word = str.casefold if self.fold else str

        def turn(source: object) -> object:
            text = word(source) if type(source) is str else self.word(source)
            if text is None:
                raise refused()
            found = find(text, other)
            if found is None:
                raise refused()
            return found

        return turn

    def _refused(self) -> Refused:
        if self.name:
            return Refused(
                f"is not in the table {self.name}",
                "add it there, or say with other what all unknown words become",
            )
        return Refused(
            "is no word of this field", f"use a table, or send one of {', '.join(self.entries)}"
        )
