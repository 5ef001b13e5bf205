"""Changes: what every reader of the hub is told, in commit order."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Change(NamedTuple):
    """One change of one entity. `seq` rises in commit order; gaps are normal.

    Shape: `type` is created, updated or deleted; `kind` is the entity's (alert, incident, link,
           milestone, task, project, service, mapping, ...); `version` is the entity's after the
           change; `cause` is the receipt, ref or command that brought it.
    """

    seq: int
    at: datetime
    type: str
    ref: str
    kind: str
    version: int
    cause: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes after a position. `gap` is true when older ones are no longer kept: read anew."""

    changes: tuple[Change, ...]
    gap: bool = False
