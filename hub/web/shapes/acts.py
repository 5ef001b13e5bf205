"""Writes to tools: what is asked for, and the ledger of what became of it."""

from pydantic import AwareDatetime, BaseModel, Field

from hub.services.acting.words import Write, WriteState
from hub.web.shapes.lists import Items, Paged
from hub.web.shapes.words import Asked, Level, Line


class Operation(BaseModel):
    """One write to a tool: what was wanted, by whom, and how it went."""

    ref: str
    key: str = Field(description="The idempotency key; the tool may hold it as a marker.")
    connector: str
    write: Write
    field: str
    alert: str
    state: WriteState
    says: str = Field(description="Why it is in this state, in a sentence.")
    wanted: dict[str, object]
    answer: dict[str, object] | None = Field(description="What the tool said of it.")
    attempts: int
    by: str
    created_at: AwareDatetime
    next_at: AwareDatetime | None = Field(description="When it is tried; null once settled.")
    settled_at: AwareDatetime | None
    version: int


class OperationList(Items[Operation]):
    """The ledger, newest first."""


class OperationsAsked(Paged):
    """Filters of the ledger."""

    connector: tuple[Line, ...] = ()
    alert: tuple[Line, ...] = ()
    write: tuple[Write, ...] = ()
    state: tuple[WriteState, ...] = ()
    by: tuple[Line, ...] = ()


class Planned(BaseModel):
    """What was written down to be sent: an operation for each record of the alert at the tool."""

    operations: list[Operation]


class Silence(Asked):
    """Let an alert be silent in its tool until an instant."""

    until: AwareDatetime
    message: Line = Field("", description="Why, for the colleague who looks for it.")


class Remark(Asked):
    """Words for the tool."""

    message: Line = ""


class Comment(Asked):
    """Words for the tool; they must say something."""

    message: Line = Field(min_length=1)


class Severer(Asked):
    """Another severity, in the tool too."""

    severity: Level
    message: Line = ""


class WritesAsked(Asked):
    """The kill switch of a connector."""

    stopped: bool


class Writes(BaseModel):
    """What may be written to a connector, and whether somebody stopped it."""

    connector: str
    can: list[Write] = Field(description="What its connector can do.")
    may: list[Write] = Field(description="What an admin switched on.")
    read_only: bool
    stopped: bool
    stopped_by: str | None
    stopped_at: AwareDatetime | None
