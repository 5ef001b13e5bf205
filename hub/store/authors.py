"""Who caused what a tool tells: a write of the hub that the tool did shows as a move of its own."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.services.acting.words import ALREADY, Write, WriteState
from hub.store.tables import operation

HEARD_WITHIN: Final = timedelta(hours=1) // timedelta(microseconds=1)
"""So long after a write its move may be heard of, in microseconds; arbitrary, far above what a look
takes. What moves later may be somebody else's doing."""
_CAUSED: Final = {
    "suppressed": Write.SUPPRESS,
    "unsuppressed": Write.UNSUPPRESS,
    "severity_changed": Write.SEVERITY,
    "resolved": Write.CLOSE,
}


def authors(connection: Connection, alert: str, history: Sequence[Any]) -> Mapping[int, str]:
    """Name by its id each move that a write of the hub caused, and the person who wanted it.

    Shape: a write causes the first move of its kind that is heard of after it was asked for. One
           that found the tool already so has caused nothing.
    """
    told = [row for row in history if row.by_whom is None and row.event in _CAUSED]
    if not told:
        return {}
    query = select(operation).where(
        operation.c.alert == alert,
        operation.c.state == WriteState.CONFIRMED.value,
        operation.c.says != ALREADY,
    )
    found: dict[int, str] = {}
    told.sort(key=lambda row: (row.received_at, row.id))
    for write in connection.execute(query.order_by(operation.c.no)):
        fits = (row for row in told if row.id not in found and _caused(write, row))
        first = next(fits, None)
        if first is not None:
            found[first.id] = write.by_whom
    return found


def _caused(write: Any, move: Any) -> bool:
    if _CAUSED[move.event].value != write.write or move.source_key != write.record:
        return False
    return bool(write.created_at <= move.received_at <= write.settled_at + HEARD_WITHIN)
