"""Words and numbers that rows bear, and the record in the journal that a receipt names."""

from typing import Any, Final

import orjson
from sqlalchemy import Connection, select

from hub.model.words import IncidentStatus
from hub.services.numbers import whole
from hub.store.tables import journal

OPEN_INCIDENTS: Final = tuple(
    status.value
    for status in (
        IncidentStatus.OPEN,
        IncidentStatus.ACKNOWLEDGED,
        IncidentStatus.MITIGATING,
        IncidentStatus.MITIGATED,
    )
)
"""What the status of an incident is that is not over."""


def incident_number(ref: str) -> int | None:
    """Return the number of `hub:incident:<number>`; None when it is no such ref."""
    prefix, _, number = ref.rpartition(":")
    return whole(number) if prefix == "hub:incident" else None


def delivery_number(receipt: str) -> int | None:
    """Return the number of the delivery that a receipt, or a record's, names."""
    return _parts(receipt)[0]


def record_of(connection: Connection, receipt: str) -> Any:
    """Return the decoded record of `<connector>:<journal number>#<n>`; None: there is none."""
    number, n = _parts(receipt)
    if number is None or n is None:
        return None
    row = connection.execute(
        select(journal.c.body, journal.c.spans).where(journal.c.id == number)
    ).first()
    if row is None or row.body is None or row.spans is None:
        return None
    spans = orjson.loads(row.spans)
    if not 0 <= 2 * n < len(spans):
        return None
    begin, end = spans[2 * n], spans[2 * n + 1]
    return orjson.loads(bytes(row.body)[begin:end]) if end > begin else None


def _parts(receipt: str) -> tuple[int | None, int | None]:
    head, _, n = receipt.partition("#")
    return whole(head.rpartition(":")[2]), whole(n)
