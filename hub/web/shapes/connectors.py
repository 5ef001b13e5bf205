"""How connectors are doing, and what an admin may ask of them."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from hub.web.shapes.words import Asked

State = Literal["ok", "failing", "misconfigured", "paused", "waiting", "unverified", "idle"]


class Guard(BaseModel):
    """Ends without evidence that are too many to be believed; an admin may accept them."""

    would_end: int
    of: int


class Standing(BaseModel):
    """Whether the tool's silence may be believed: by its heartbeat, or by asking it."""

    alive: bool | None = Field(description="Null: nobody could tell.")
    why: str
    seen_at: AwareDatetime | None


class Hour(BaseModel):
    """The looks of one hour."""

    at: AwareDatetime
    looks: int
    failures: int


class Failure(BaseModel):
    """One kind of failure, newest first; the same again is counted."""

    at: AwareDatetime
    message: str
    times: int
    raw: str | None = Field(description="What the tool said, cut to size.")


class ConnectorHealth(BaseModel):
    """How one connector is doing."""

    connector: str
    state: State
    message: str | None
    since: AwareDatetime | None
    polls: bool
    poll_seconds: float | None
    last_success_at: AwareDatetime | None
    last_attempt_at: AwareDatetime | None
    next_poll_at: AwareDatetime | None
    seconds: float | None = Field(description="How long the last look took.")
    lag_seconds: float | None = Field(description="How old the newest successful look is.")
    error_rate: float | None = Field(description="Share of failed looks of the last two hours.")
    open: int = Field(description="What is open at the tool.")
    backlog: int = Field(description="What the hub holds for open and the tool did not name.")
    guard: Guard | None
    standing: Standing | None
    verifies_tls: bool = Field(description="False: the tool's certificate is not looked at.")
    hints: dict[str, int] = Field(
        description="What the tool's newest answers say about themselves, e.g. `unreachable`."
    )
    checks: bool
    hours: list[Hour]
    errors: list[Failure]
    can: list[str] = Field([], description="Classes of write that the connector can do.")
    may: list[str] = Field([], description="Those that an admin switched on.")
    read_only: bool = True
    stopped: bool = Field(False, description="Somebody stopped every write.")
    stopped_by: str | None = None
    stopped_at: AwareDatetime | None = None


class SyncAsked(Asked):
    """A look now."""

    full: bool = Field(False, description="With the census, although it is not due.")
    accept_gone: bool = Field(False, description="Believe the ends that the guard holds back.")


class Step(BaseModel):
    """One step of a check. `done` null: it was not tried."""

    code: str
    done: bool | None
    says: str


class Checked(BaseModel):
    """What a check found, in the order taken."""

    connector: str
    steps: list[Step]


class Onboarding(BaseModel):
    """What an admin copies into the tool; secrets stand as placeholders."""

    connector: str
    hook: str
    text: str
