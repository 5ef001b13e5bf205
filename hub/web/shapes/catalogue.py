"""The service catalogue, the topology, and the links between the two sides."""

from pydantic import AwareDatetime, BaseModel, Field

from hub.model.words import DeliveryRole, Hardness, LinkState, LinkType, Rag
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
    health: Condition
    severity: Level | None = Field(None, description="The highest that fires.")
    alerts: int | None = Field(None, description="Alerts that fire.")
    incidents: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    version: int | None = None


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
