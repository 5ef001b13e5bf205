"""What is wrong with a document, gathered so that an admin sees everything at once."""

from collections.abc import Iterable
from difflib import get_close_matches

from hub.mapping.texts import clean


class Problems:
    """The faults of one document, in the form `file:line: place: what is wrong; what to do`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, place: str, what: str, remedy: str) -> None:
        """Note one fault. The place is a key of the document, as `fields.severity`."""
        self._found.append((line, clean(f"{self.name}:{line}: {place}: {what}; {remedy}")))

    def found(self) -> bool:
        """Tell whether there is any."""
        return bool(self._found)

    def lines(self) -> tuple[str, ...]:
        """Return the faults from the top of the document to its end."""
        return tuple(text for _, text in sorted(self._found, key=lambda found: found[0]))


def guess(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, else list them all."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1)
    return f"did you mean {near[0]}?" if near else f"use one of {', '.join(words)}"
