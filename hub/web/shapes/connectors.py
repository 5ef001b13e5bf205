"""How connectors are doing, and what an admin may ask of them."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from hub.services.acting.words import Write
from hub.services.sync.ports import Tls
from hub.web.shapes.lists import Items, Paged
from hub.web.shapes.words import Asked, Line

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


class RateLimit(BaseModel):
    """How often a tool may still be asked, as it says itself; null: it does not say."""

    limit: int | None
    remaining: int | None
    resets_at: AwareDatetime | None
    held_until: AwareDatetime | None = Field(description="It asked to be asked again then.")


class Condition(BaseModel):
    """How a connector is, and what may be written to it."""

    state: State
    message: str | None
    since: AwareDatetime | None
    polls: bool
    poll_seconds: float | None
    last_success_at: AwareDatetime | None = Field(
        description="When it was looked at last without a fault, or what is only sent last came."
    )
    last_attempt_at: AwareDatetime | None
    next_poll_at: AwareDatetime | None
    lag_seconds: float | None = Field(description="How old the newest successful look is.")
    error_rate: float | None = Field(description="Share of failed looks of the last two hours.")
    open: int = Field(description="What is open at the tool.")
    backlog: int = Field(description="What the hub holds for open and the tool did not name.")
    guard: Guard | None
    tls: Tls | None = Field(
        description="checked or unchecked: whether the tool's certificate is looked at; none: "
        "plain http, which whoever stands between can read and change; local: plain http within "
        "this machine. Null: the hub asks nobody."
    )
    rate_limit: RateLimit | None = Field(description="Null: the tool says nothing of it.")
    token_expires_at: AwareDatetime | None = Field(
        description="When the secret ends by which the tool knows the hub. Null: never, or unknown."
    )
    token_expiry_known: bool = Field(description="False: the tool does not say when it ends.")
    hours: list[Hour]
    can: list[Write] = Field(description="Classes of write that the connector can do.")
    may: list[Write] = Field(description="Those that an admin switched on.")
    read_only: bool
    stopped: bool = Field(description="Somebody stopped every write.")
    stopped_by: str | None
    stopped_at: AwareDatetime | None


class Connector(Condition):
    """A source: how it is, and what it brought."""

    id: str
    type: str
    title: str
    last_received_at: AwareDatetime | None
    deliveries: int
    records: int
    quarantined: int
    receives: bool
    pulls: bool
    imports: bool
    sample: bool = Field(description="It brought sample data.")


class ConnectorList(Items[Connector]):
    """Connectors."""


class ConnectorsAsked(Paged):
    """Filters of connectors."""

    type: tuple[Line, ...] = ()
    state: tuple[State, ...] = ()


class ConnectorHealth(Condition):
    """Everything that is known of how one connector is doing."""

    connector: str
    seconds: float | None = Field(description="How long the last look took.")
    standing: Standing | None
    hints: dict[str, int] = Field(
        description="What the tool's newest answers say about themselves, e.g. `unreachable`."
    )
    checks: bool = Field(description="It can be checked in steps.")
    onboards: bool = Field(description="There is something to copy into its tool.")
    surveys: bool = Field(description="Its tool knows hosts and services; see `survey`.")
    errors: list[Failure]


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
