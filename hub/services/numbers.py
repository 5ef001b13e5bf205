"""Whole numbers that somebody outside wrote."""

import re
from typing import Final

_WHOLE: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


def whole(text: str) -> int | None:
    """Read a whole number that fits into 64 bits; None when the text is none."""
    return int(text) if _WHOLE.fullmatch(text) else None
