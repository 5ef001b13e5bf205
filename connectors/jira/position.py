"""Where reading goes on: when the last change was, and which projects there were. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.contract import Cursor
from hub.errors import Anomalous

OVERLAP: Final = timedelta(minutes=6)
"""So far back it is read again: search may know of a change some minutes late, and one minute for
what a literal cuts off."""


@dataclass(frozen=True, slots=True)
class Position:
    """A cursor, opened.

    Shape: `projects` are the keys of those that were in scope, by id: one that is not there any
           more may be hidden, and so may its issues.
    Units: `updated` is milliseconds since the epoch; 0: nothing was read.
    """

    updated: int = 0
    projects: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Cursor | None) -> "Position":
        """Open a cursor.

        Raises: Anomalous, when it is none of ours.
        """
        if cursor is None:
            return cls()
        try:
            told = json.loads(cursor)
            projects = {str(id_): str(key) for id_, key in told.get("projects", {}).items()}
            return cls(int(told["updated"]), projects)
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise Anomalous(
                "the cursor is not one of this connector; read everything anew", evidence=cursor
            ) from fault

    def cursor(self) -> Cursor:
        """Close it, as text."""
        told = {"updated": self.updated, "projects": dict(sorted(self.projects.items()))}
        return Cursor(json.dumps(told, separators=(",", ":")))

    @property
    def since(self) -> datetime | None:
        """Return from when on to read; None: everything."""
        if not self.updated:
            return None
        at = datetime.fromtimestamp(self.updated / 1000, UTC)
        return at - OVERLAP
