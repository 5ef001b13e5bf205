"""Instants as tools write them into headers: seconds from now, since 1970, or a date. Pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_EPOCH: Final = 1_000_000_000
"""From here on a number is no span any more but an instant."""
_LONGEST: Final = timedelta(days=31)
_NUMBER: Final = re.compile(r"\s*(\d{1,15})(?:\.\d+)?\s*(?:[,;]|$)")


def number(text: str) -> int | None:
    """Read the first number of a header; None where it begins with none."""
    found = _NUMBER.match(text)
    return int(found[1]) if found else None


def instant(text: str, now: datetime) -> datetime | None:
    """Read seconds from now, seconds since 1970, or a date; None where it is none that can be."""
    count = number(text)
    try:
        if count is None:
            found = date(text.strip())
        elif count >= _EPOCH:
            found = datetime.fromtimestamp(count, UTC)
        else:
            found = now + timedelta(seconds=count)
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None
    return found if found - now < _LONGEST else None


def date(text: str) -> datetime:
    """Read a date as ISO 8601 or as HTTP has it; without a zone it is UTC.

    Raises: ValueError, TypeError, IndexError, OverflowError.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
