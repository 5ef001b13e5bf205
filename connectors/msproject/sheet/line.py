"""One row of a plan, on its way to a record."""

from dataclasses import dataclass, field

from connectors.msproject.parse.words import Words
from connectors.msproject.sheet.grid import Cell
from connectors.msproject.sheet.resources import Share
from connectors.msproject.sheet.values import At


@dataclass(slots=True)
class Line:
    """One row that is a task. Shape: `read` are cells that only the whole sheet explains."""

    number: int
    body: Words
    read: dict[str, Cell] = field(default_factory=dict)
    at: dict[str, At] = field(default_factory=dict)
    depth: int = 0
    indent: int = 0
    uid: str = ""
    links: list[Words] = field(default_factory=list)
    who: list[Share] = field(default_factory=list)
