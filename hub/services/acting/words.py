"""What can be written to a tool, which field it changes, and who owns that field."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Write(StrEnum):
    """A class of write; an admin switches each on for itself."""

    ACKNOWLEDGE = "acknowledge"
    COMMENT = "comment"
    SEVERITY = "severity"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    CLOSE = "close"


class WriteState(StrEnum):
    """Life of an operation.

    `PLANNED` waits, `SENDING` is under way, `UNKNOWN` may have reached the tool and is read back
    for a while before anything is sent again. The others are final.
    """

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


WAITING: Final = frozenset({WriteState.PLANNED, WriteState.SENDING, WriteState.UNKNOWN})
"""Not settled yet."""
COUNTED: Final = WAITING | {WriteState.CONFIRMED, WriteState.FAILED}
"""May have changed the tool: what the circuit breaker counts."""

UNDER_WAY: Final = timedelta(seconds=330)
"""So long a tool may go on with a write whose answer nobody heard: until then words are read back
only. Above the 300 s that Zabbix asks PHP to give a request."""
SEND_AGAIN: Final = timedelta(seconds=60)
"""So long a value is read back only: to set it twice does no harm."""
ALREADY: Final = "already so"
"""What a write says that found the tool as it was wanted, before anything was sent."""


class Owner(StrEnum):
    """Whose word on a field holds when the hub and the tool differ."""

    TOOL = "tool"
    """The hub asks, and shows what the tool says afterwards."""
    SHARED = "shared"
    """Each side keeps what was said there; neither overwrites the other."""


FIELDS: Final[Mapping[Write, str]] = {
    Write.ACKNOWLEDGE: "acknowledgement",
    Write.COMMENT: "comment",
    Write.SEVERITY: "severity",
    Write.SUPPRESS: "suppression",
    Write.UNSUPPRESS: "suppression",
    Write.CLOSE: "status",
}
"""The field of an alert that a write changes."""

OWNERS: Final[Mapping[str, Owner]] = {
    "acknowledgement": Owner.SHARED,
    "comment": Owner.SHARED,
    "severity": Owner.TOOL,
    "suppression": Owner.TOOL,
    "status": Owner.TOOL,
}
"""The field ownership table (domain 5, layer 1)."""

SPOKEN: Final = frozenset({"acknowledgement", "comment"})
"""Fields that have no value to flip: what each person says stands beside the others."""
