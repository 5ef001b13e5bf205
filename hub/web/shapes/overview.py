"""What an admin looks at first: what waits, what did not fit, what changed last."""

from pydantic import AwareDatetime, BaseModel, Field

from hub.web.shapes.admin import Unmapped
from hub.web.shapes.lists import Items


class Waiting(BaseModel):
    """What is received and not stored yet; its senders have no answer yet."""

    deliveries: int
    records: int
    bytes: int
    since: AwareDatetime | None = Field(description="When the oldest came; null: nothing waits.")


class Counted(BaseModel):
    """So many, and when the newest came."""

    count: int
    more: bool = Field(description="True: there are at least so many; it is counted so far only.")
    newest_at: AwareDatetime | None


class Changed(BaseModel):
    """A version of a document that was made active, and by whom."""

    document: str
    version: int
    at: AwareDatetime
    by: str


class BusState(BaseModel):
    """Whether the message bus is reached, since when, and what is wrong."""

    transport: str
    reachable: bool
    since: AwareDatetime
    detail: str | None


class Intake(BaseModel):
    """What waits, what did not fit, what changed last, in one moment."""

    waiting: Waiting
    rejected: Counted = Field(description="Quarantined, but for what is solved.")
    unbound: Counted = Field(description="Firing alerts that no service owns.")
    mapping: Changed | None
    catalogue: Changed | None
    bus: BusState
    as_of: AwareDatetime


class UnmappedWord(Unmapped):
    """A word that no table of an active mapping document holds."""

    mapping: str


class UnmappedList(Items[UnmappedWord]):
    """Words that no table holds, most frequent first; measured anew after two minutes at most."""

    records: int = Field(description="So many of the newest stored records were looked at.")
