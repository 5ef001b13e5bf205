r"""Text as the hub keeps it: everything that a person, a terminal and a database can hold.

A control character is shown, not dropped: NUL becomes ␀, escape ␛, delete ␡ (Unicode block
"Control Pictures"); C1 controls and lone surrogates become `\x9b` and `\ud83d`. Tab, line feed
and carriage return stay. Nothing is lost by it: the bytes as received are in the journal.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from hub.mapping.refused import Refused

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ASCII_UNFIT: Final = bytes([*range(9), 11, 12, *range(14, 32), 127])
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PICTURES: Final = 0x2400
_DELETE: Final = 0x7F
_SHOWN: Final = 200
_MAX_DEPTH: Final = 64
"""Arbitrary; far above what any tool nests, far below what the interpreter can follow."""


def clean(text: str) -> str:
    """Return `text` with control characters made visible; most text comes back as it is."""
    return text if text.isprintable() else _UNFIT.sub(_visible, text)


def step(name: str) -> str:
    """Write a name as a step of a path, in quotes where it needs them."""
    return name if _PLAIN.fullmatch(name) else f'"{clean(name)[:_SHOWN]}"'


def shown(value: object) -> str:
    """Write a value for a message: quoted, on one line, at most 200 characters."""
    text = repr(clean(value)) if isinstance(value, str) else repr(value)
    text = clean(text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def text(source: object) -> str:
    """Take text as it is."""
    if isinstance(source, str):
        return source if source.isprintable() else clean(source)
    raise Refused(f"is {_kind(source)}, not text", "use text_or_number, or mend the path")


def text_or_number(source: object) -> str:
    """Take text as it is and write a number in decimal digits: 12 gives `12`."""
    if isinstance(source, (int, float)) and not isinstance(source, bool):
        return str(source)
    return text(source)


def text_map(source: object) -> dict[str, str]:
    """Take an object whose values are all text."""
    # Asking for the type first is ten times as fast as the check for a Mapping.
    if type(source) is not dict and not isinstance(source, Mapping):
        raise Refused(f"is {_kind(source)}, not names with text", "mend the path, or use raw")
    try:
        # Joining checks the type of each part in C, and one look at the result is enough.
        if _fit("".join([*source, *source.values()])):
            return dict(source)
    except TypeError:
        pass
    return {clean(key): _part(value, f".{step(key)}") for key, value in _named(source)}


def text_list(source: object) -> list[str]:
    """Take a list of texts."""
    if not isinstance(source, (list, tuple)):
        raise Refused(
            f"is {_kind(source)}, not a list", "use split_commas for one text with commas"
        )
    return [_part(value, f"[{place}]") for place, value in enumerate(source)]


def split_commas(source: object) -> list[str]:
    """Cut a text at its commas; blanks around the parts and empty parts are dropped."""
    return [part.strip() for part in text(source).split(",") if part.strip()]


def text_lists(source: object) -> dict[str, list[str]]:
    """Take an object whose values are all lists of texts."""
    if not isinstance(source, Mapping):
        raise Refused(f"is {_kind(source)}, not names with lists of texts", "mend the path")
    made = dict[str, list[str]]()
    for name, values in _named(source):
        where = f".{step(name)}"
        if not isinstance(values, (list, tuple)):
            what = f"is {_kind(values)}, not a list"
            raise Refused(what, "send a list of texts", where=where, part=values)
        made[clean(name)] = [_part(v, f"{where}[{n}]") for n, v in enumerate(values)]
    return made


def tag_value_list(source: object) -> dict[str, list[str]]:
    """Take a list of {tag, value}; the values of one tag are gathered, each once."""
    if not isinstance(source, (list, tuple)):
        raise Refused(f"is {_kind(source)}, not a list of tags", "mend the path")
    made = dict[str, list[str]]()
    for place, one in enumerate(source):
        where = f"[{place}]"
        if not isinstance(one, Mapping):
            what = f"is {_kind(one)}, not an object"
            raise Refused(what, "send {tag, value}", where=where, part=one)
        values = made.setdefault(_part(one.get("tag"), f"{where}.tag"), [])
        value = _part(one.get("value"), f"{where}.value")
        if value not in values:
            values.append(value)
    return made


def raw(source: object, depth: int = 0) -> object:
    """Take any JSON value as it is; only texts inside it are cleaned."""
    if isinstance(source, str):
        return clean(source)
    if depth > _MAX_DEPTH:
        raise Refused(f"is nested deeper than {_MAX_DEPTH}", "mend the path")
    if isinstance(source, Mapping):
        return {clean(key): raw(value, depth + 1) for key, value in _named(source)}
    if isinstance(source, (list, tuple)):
        return [raw(value, depth + 1) for value in source]
    return source


def _fit(joined: str) -> bool:
    """Tell quickly that there is nothing to clean; a false no costs time only."""
    if joined.isascii():
        # Three times as fast as isprintable(), which looks each character up.
        return len(joined.encode().translate(None, _ASCII_UNFIT)) == len(joined)
    return joined.isprintable()


def _part(value: object, where: str) -> str:
    if isinstance(value, str):
        return clean(value)
    what = f"is {_kind(value)}, not text"
    raise Refused(what, "send text, or use raw", where=where, part=value)


def _named(source: Mapping[object, object]) -> Iterator[tuple[str, object]]:
    for key, value in source.items():
        if not isinstance(key, str):
            raise Refused(f"has a name that is {_kind(key)}", "names must be text")
        yield key, value


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < ord(" "):
        return chr(_PICTURES + code)
    if code == _DELETE:
        return "␡"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "an object"
        case _:
            return f"a {type(value).__name__}"
