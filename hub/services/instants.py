"""Instants between Python and the rows: aware datetimes here, microseconds there."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return whole microseconds since the epoch."""
    return (at - _EPOCH) // _MICRO


def instant(at: int) -> datetime:
    """Return the aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=at)
