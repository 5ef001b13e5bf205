"""Words that many shapes use: refs, times, reasons, health, where something came from."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from hub.model.words import Rag

# A NUL cannot be stored as text by PostgreSQL; a control character in a ref is never meant.
Ref = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1024, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="A ref, `<connector>:<kind>:<key>`; in a path one percent-encoded segment."),
]
Line = Annotated[str, StringConstraints(max_length=1024, pattern=r"^[^\x00]*$")]
Prose = Annotated[str, StringConstraints(max_length=250_000, pattern=r"^[^\x00]*$")]

Moment = Annotated[
    AwareDatetime | date,
    Field(description="RFC 3339 with offset; a source's bare day stays YYYY-MM-DD."),
]

Level = Annotated[
    int,
    Field(ge=0, le=5, description="0 unknown, 1 info, 2 warning, 3 average, 4 high, 5 critical."),
]


class Asked(BaseModel):
    """What is sent to the hub: a field that nobody knows is an error, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Reason(BaseModel):
    """Why a decision was taken: a code of a closed list and the values that were compared."""

    code: str = Field(description="The words stand in the catalogues under `reason.<code>`.")
    values: dict[str, str | int | float | None]


class Origin(BaseModel):
    """Where something came from: connector, the source's own key, its address there."""

    connector: str
    key: str
    url: str | None = None


class Condition(BaseModel):
    """Health as a colour with its reasons; unknown is not green."""

    rag: Rag
    reasons: list[Reason]


class Exposed(BaseModel):
    """How much a milestone is hurt, 0 to 100."""

    ref: str
    exposure: float
