"""Numbers and booleans, from JSON or from the text of an XML file."""

import re
from math import isfinite
from typing import Final

from hub.mapping.refused import Refused

_WHOLE = re.compile(r"([+-]?\d{1,19})(?:\.0*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LIMIT: Final = 2**63  # what both stores hold
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def integer(source: object) -> int:
    """Read a whole number; `3.0` is 3, and 3.5 is refused."""
    if isinstance(source, bool):
        raise Refused("is a boolean, not a number", "use boolean, or a table")
    if isinstance(source, float):
        source = repr(source)
    match = _WHOLE.fullmatch(source) if isinstance(source, str) else None
    found = int(match[1]) if match else source
    if not isinstance(found, int):
        raise Refused("is no whole number", "use number when it may have a fraction")
    if not -_LIMIT <= found < _LIMIT:
        raise Refused("does not fit into 64 bits", "use text_or_number for an identifier")
    return found


def number(source: object) -> float:
    """Read a decimal number; NaN and infinity are refused."""
    if isinstance(source, bool):
        raise Refused("is a boolean, not a number", "use boolean, or a table")
    if isinstance(source, str) and _DECIMAL.fullmatch(source) is None:
        raise Refused("is no number", 'write 12.5; for words such as NaN use absent_if: "NaN"')
    if not isinstance(source, (int, float, str)):
        raise Refused("is no number", "mend the path")
    try:
        found = float(source)
    except OverflowError:
        found = float("inf")
    if not isfinite(found):
        raise Refused("is not finite", "mend it at the source")
    return found


def boolean(source: object) -> bool:
    """Read true, false, 1 or 0, as JSON or as text."""
    if isinstance(source, bool):
        return source
    text = str(source) if isinstance(source, int) else source
    if isinstance(text, str) and text in _BOOLEANS:
        return _BOOLEANS[text]
    raise Refused("is neither true, false, 1 nor 0", "use a table for other words")


def tenths_of_minutes(source: object) -> float:
    """Read MS Project's tenths of a minute as minutes: 48000 is 4800 minutes, 80 hours."""
    return number(source) / 10


def hundredths(source: object) -> float:
    """Read MS Project's money, in hundredths, as currency units: 120000 is 1200."""
    return number(source) / 100


def seconds_minutes(source: object) -> int:
    """Read a span in seconds as minutes, half a minute rounded up: 5400 is 90."""
    return integer(source) // 60 + (integer(source) % 60 >= 30)  # noqa: PLR2004
