"""Taking what is one's own out of an answer, so that it may be shown and still means the same.

A string is taken apart into words. A word stays when the connector itself spells it; every other
one becomes another of the same shape, the same word always the same one. So a name in a label is
still the name in an address, an answer still fits the question that was made of another answer,
and nobody reads which hosts, people or faults it was about. Numbers and instants stay.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from ipaddress import IPv6Address, ip_address
from itertools import count
from typing import Any, Final

TAKEN: Final = "taken-out"
"""What stands for a secret."""
_SECRET: Final = re.compile(
    r"auth|token|passw|secret|credential|session|cookie|api_?key", re.IGNORECASE
)
_PART: Final = re.compile(
    r"(?P<instant>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)"
    r"|(?P<address>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
    r"|(?<![\w:])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{3,39}(?![\w:]))"
    r"|(?P<number>(?<!\w)v?\d+(?:\.\d+)*(?:[eE][+-]?\d+)?(?:(?:rc|alpha|beta)\d*)?(?!\w))"
    r"|(?P<span>(?<!\w)(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+(?!\w))"
    r"|(?P<word>\w+)"
)
_SMALL: Final = "abcdefghijklmnopqrstuvwxyz"
_GREEK: Final = "αβγδεζηθικλμνξοπρστυφχψω"
_HAN: Final = "天地人山水火木金土日月星云雨风雷春夏秋冬东西南北上中下左右前后"
_TRIES: Final = 40
"""So often the same shape is tried before a word gets longer; arbitrary."""


class Redactor:
    """Replaces words, one recording long: nobody can undo it, not even who knows the words.

    Shape: `keep` are the words that stay. The key is drawn anew and never written down.
    """

    def __init__(self, keep: Collection[str], key: bytes | None = None) -> None:
        self._keep = frozenset(keep)
        self._key = key or secrets.token_bytes(32)
        self._known: dict[str, str] = {}
        self._given: set[str] = set()

    def text(self, text: str) -> str:
        """Return a text with other words in the same places."""
        return _PART.sub(self._part, text)

    def value(self, value: Any) -> Any:
        """Return a JSON value with other words in it; what is called a secret goes whole."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {self.text(name): self._member(name, one) for name, one in value.items()}
            case list():
                return [self.value(one) for one in value]
            case _:
                return value

    def _member(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and value and _SECRET.search(name) and not value.isdigit():
            return TAKEN
        return self.value(value)

    def _part(self, found: re.Match[str]) -> str:
        word = found.group()
        if found.lastgroup == "address":
            return self._address(word)
        if found.lastgroup != "word" or word in self._keep:
            return word
        return "_".join(map(self._piece, word.split("_")))

    def _piece(self, word: str) -> str:
        """Replace what stands between two underscores; a number there stays."""
        if not word or word in self._keep or word.isdigit():
            return word
        return self._once(word, lambda drawn: "".join(map(_like, _longer(word, drawn), drawn)))

    def _address(self, text: str) -> str:
        """Replace an address by one that nobody has. Source: RFC 2544, RFC 3849."""
        try:
            address = ip_address(text)
        except ValueError:
            return ":".join(map(self._piece, text.split(":")))  # a clock, or a network card
        if address.is_loopback or address.is_unspecified:
            return text
        if isinstance(address, IPv6Address):
            return self._once(text, lambda d: f"2001:db8::{d[0]:x}{d[1]:02x}:{d[2] + 1:x}")
        return self._once(text, lambda d: f"198.{18 + d[0] % 2}.{d[1]}.{d[2]}")

    def _once(self, word: str, made: Callable[[bytes], str]) -> str:
        """Make another word of it; two different ones never become the same."""
        if word not in self._known:
            tries = (made(self._drawn(word, number)) for number in count())
            new = next(one for one in tries if one not in self._given and one not in self._keep)
            self._given.add(new)
            self._known[word] = new
        return self._known[word]

    def _drawn(self, word: str, number: int) -> bytes:
        seed = self._key + number.to_bytes(4) + word.encode("utf-8", "surrogatepass")
        return hashlib.shake_256(seed).digest(max(len(word), 3) + number // _TRIES)


def _longer(word: str, drawn: bytes) -> str:
    """Give a word more letters where those of its own length are all taken."""
    return word + word[-1] * (len(drawn) - max(len(word), 3))


def _like(one: str, number: int) -> str:
    """Return a character of the same kind."""
    kinds: tuple[tuple[Callable[[str], bool], str], ...] = (
        (lambda c: c.isascii() and c.isdigit(), "0123456789"),
        (lambda c: c.isascii() and c.islower(), _SMALL),
        (lambda c: c.isascii() and c.isupper(), _SMALL.upper()),
        (str.isupper, _GREEK.upper()),
        (str.islower, _GREEK),
    )
    letters = next((letters for fits, letters in kinds if fits(one)), _HAN)
    return letters[number % len(letters)]
