"""The service catalogue, the topology, and the links between the two sides."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, Field

from hub.model.words import DeliveryRole, Hardness, LinkState, LinkType, Rag, Signal, Unit
from hub.web.shapes.lists import Items, Paged
from hub.web.shapes.problems import Fault
from hub.web.shapes.words import Asked, Condition, Level, Line, Prose, Reason


class Needs(BaseModel):
    """One service needs another one."""

    service: str
    hardness: Hardness
    group: str | None = None
    needed: int | None = Field(None, description="So many healthy members of the group suffice.")


class Delivers(BaseModel):
    """What a service is to a milestone, as the catalogue says it."""

    project: str
    milestone: str
    role: DeliveryRole


class Match(BaseModel):
    """By what an alert is known to be of a service."""

    labels: dict[str, list[str]]
    hosts: list[str]
    host_groups: list[str]


class Metric(BaseModel):
    """Which query says a number about a service, and which connector answers it."""

    name: Signal
    unit: Unit
    connector: str
    query: str


class MetricState(StrEnum):
    """How a metric is: only `ok` is known."""

    WAITING = "waiting"
    OK = "ok"
    NO_DATA = "no_data"
    NOT_A_NUMBER = "not_a_number"
    FAILING = "failing"


class MetricNow(Metric):
    """A metric as it is now."""

    state: MetricState
    message: str | None = Field(description="The tool's own words, while it fails.")
    since: AwareDatetime | None = Field(description="Since when it is in this state.")
    asked_at: AwareDatetime | None
    value: float | None = Field(description="The newest value, only while the state is `ok`.")
    last_value: float | None = Field(description="The newest that is known, however old.")
    at: AwareDatetime | None = Field(description="When that was.")


class ObjectiveState(StrEnum):
    """Which alert would fire now; `unknown` when that cannot be said."""

    PAGE = "page"
    TICKET = "ticket"
    UNKNOWN = "unknown"
    CALM = "calm"


class Budget(BaseModel):
    """The error budget of a period."""

    minutes: float = Field(description="So long everything may fail within the period.")
    left: float | None = Field(description="Share that is left; below 0 overspent; null unknown.")
    left_minutes: float | None
    whole: bool | None = Field(
        description="False: the tool's data do not go back for the whole period; null unknown."
    )


class BurnRule(BaseModel):
    """One rule: it speaks while both windows burn faster than its factor."""

    says: ObjectiveState
    state: ObjectiveState
    factor: float
    long_seconds: int
    short_seconds: int
    long_burn: float | None = Field(description="1 would use up the budget evenly; null unknown.")
    short_burn: float | None


class Objective(BaseModel):
    """A service level objective, and how its budget stands."""

    name: str
    title: str
    service: str
    connector: str
    target: float
    period_seconds: int
    min_events: float
    state: ObjectiveState
    since: AwareDatetime = Field(description="Since when it is in this state.")
    judged_at: AwareDatetime
    message: str | None = Field(description="Why it could not be judged, in the tool's words.")
    budget: Budget
    rules: list[BurnRule]


class ObjectiveList(Items[Objective]):
    """Objectives."""


class ObjectivesAsked(Paged):
    """Filters of objectives."""

    service: tuple[Line, ...] = ()
    state: tuple[ObjectiveState, ...] = ()
    connector: tuple[Line, ...] = ()


class SeriesAsked(Asked):
    """Which points of which metric."""

    name: Signal
    start: AwareDatetime | None = Field(None, alias="from", description="Default: a day before.")
    end: AwareDatetime | None = Field(None, alias="to", description="Default: now.")
    step: int | None = Field(
        None, ge=60, le=31_536_000, description="Seconds; without it as fine as is worth showing."
    )


class SeriesPoint(BaseModel):
    """The mean of a step that begins at an instant; null where less than half of it is known."""

    at: AwareDatetime
    value: float | None


class MetricSeries(BaseModel):
    """Points of one metric."""

    service: str
    name: Signal
    unit: Unit
    step_seconds: int
    start: AwareDatetime
    end: AwareDatetime = Field(description="The end of the last point; not included.")
    points: list[SeriesPoint]


class Service(BaseModel):
    """A service of the catalogue, and how it is now."""

    ref: str
    name: str
    tier: int
    aliases: list[str]
    match: Match
    depends_on: list[Needs]
    delivers: list[Delivers]
    system: str | None
    owner: str | None
    runbook_url: str | None
    environment: str | None
    metrics: list[Metric] = []
    health: Condition
    severity: Level | None = Field(None, description="The highest that fires.")
    alerts: int | None = Field(None, description="Alerts that fire.")
    incidents: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    version: int | None = None


class ServiceInFull(Service):
    """A service with its numbers and objectives."""

    metrics: list[MetricNow] = []  # type: ignore[assignment]
    objectives: list[Objective] = []


class ServiceList(Items[Service]):
    """Services."""


class ServicesAsked(Paged):
    """Filters of services."""

    tier: tuple[int, ...] = ()
    system: tuple[Line, ...] = ()
    owner: tuple[Line, ...] = ()
    environment: tuple[Line, ...] = ()
    rag: tuple[Rag, ...] = ()


class CataloguePut(Asked):
    """The whole catalogue as the text of `services.yaml`."""

    text: Prose


class CatalogueVersion(BaseModel):
    """The version of the catalogue that is active now. Its number is told as `services` changes."""

    id: str
    version: int
    services: int = Field(description="So many services it has.")
    unbound: list[Fault] = Field(
        description="Deliveries that bind no milestone or could bind several, and services that "
        "are needed and not described. It is active all the same."
    )


class Node(BaseModel):
    """A service in the topology."""

    ref: str
    name: str
    tier: int
    health: Condition
    severity: Level | None = None
    alerts: int | None = None
    incidents: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()


class Edge(BaseModel):
    """`source` depends on `target`; impact travels the other way."""

    source: str
    target: str
    hardness: Hardness
    group: str | None = None
    needed: int | None = None


class Topology(BaseModel):
    """Services and what they need."""

    nodes: list[Node]
    edges: list[Edge]
    as_of: AwareDatetime


class Evidence(BaseModel):
    """One observation that speaks for a link. `strength` is 0 to 1."""

    kind: str
    family: str
    strength: float
    rule: str
    matched: dict[str, str]


class Link(BaseModel):
    """A typed edge between two refs, and how sure it is (0 to 1)."""

    id: str
    source: str
    target: str
    type: LinkType
    state: LinkState
    confidence: float
    rule: str
    evidence: list[Evidence]
    at: AwareDatetime | None
    by: str | None
    reasons: list[Reason] | None = None
    method: str | None = Field(None, description="The version of the way it was found.")
    version: int | None = None


class LinkList(Items[Link]):
    """Links."""


class LinksAsked(Paged):
    """Filters of links."""

    source: tuple[Line, ...] = ()
    target: tuple[Line, ...] = ()
    type: tuple[LinkType, ...] = ()
    state: tuple[LinkState, ...] = ()
    rule: tuple[Line, ...] = ()


class Rejection(Asked):
    """Why a link is wrong. It stays rejected."""

    reason: Line = Field("", description="For the colleague who finds it later.")
