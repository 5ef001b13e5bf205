"""The hub itself: deliveries, changes, search, who asks, is it alive."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, SecretStr

from hub.services.access import Role
from hub.services.desks import Check
from hub.web.shapes.lists import Items
from hub.web.shapes.words import Asked, Line

Seq = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Received(BaseModel):
    """A delivery is durably stored: so many records, under this receipt."""

    accepted: int
    receipt: str


class Change(BaseModel):
    """One change of one entity. `seq` rises in commit order; gaps are normal."""

    seq: int
    at: AwareDatetime
    type: str = Field(description="created, updated or deleted.")
    ref: str
    kind: str
    version: int
    cause: str


class ChangeList(Items[Change]):
    """Changes after a position, in commit order."""

    last_seq: int = Field(description="The newest number that exists.")
    gap: bool = Field(description="True: older changes are no longer kept; read anew.")


class ChangesAsked(Asked):
    """From where to read on."""

    after: Seq = Field(0, description="The last number that you have seen.")
    limit: int = Field(500, ge=1, le=1000)


class Merged(Change):
    """The data of an event: a change, or the newest of several that were merged."""

    merged: int | None = Field(None, description="So many changes this message stands for.")
    kinds: list[str] | None = Field(None, description="The kinds of entities among them.")


class EventsAsked(Asked):
    """From where to resume; the header `Last-Event-ID` wins."""

    after: Seq | None = None


class Hit(BaseModel):
    """Something that was found."""

    ref: str
    kind: str
    title: str


class HitList(Items[Hit]):
    """What was found, best first."""


class SearchAsked(Asked):
    """What to look for."""

    q: Annotated[Line, Field(min_length=1)]
    limit: int = Field(20, ge=1, le=100)


class Organisation(BaseModel):
    """Whose hub this is, and in which zone and language it speaks by default."""

    name: str
    timezone: str
    locale: str


class Me(BaseModel):
    """Who asks."""

    name: str
    role: Role
    may: list[str] = Field(description="The operations that this person may call, by name.")
    via: str = Field(description="token or session.")
    csrf: str | None = Field(
        description="A session sends this as X-Milepost-CSRF with every unsafe method."
    )
    organisation: Organisation
    version: str = Field(description="The hub's release.")


class LogIn(Asked):
    """A token, exchanged for a session cookie."""

    token: Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class Alive(BaseModel):
    """The process answers."""

    status: str


class Ready(BaseModel):
    """Whether requests can be served; each check is a word."""

    ready: bool
    checks: dict[str, Check] = Field(
        description="How the store, the bus and the connectors are. Only the store has to be ok."
    )
    faults: dict[str, str | dict[str, str]] | None = Field(
        description="What is wrong with the parts that are not ok; null but for an admin."
    )


class Sample(BaseModel):
    """Whether sample data is in the hub."""

    loaded: bool
    since: AwareDatetime | None
    by: str | None
    offered: bool = Field(description="The hub holds nothing, so it may be loaded.")
