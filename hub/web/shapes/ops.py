"""The ops side: alerts and incidents."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from hub.model.words import AlertStatus, EndKind, IncidentStatus, Refused, Telling
from hub.web.shapes.catalogue import Link
from hub.web.shapes.lists import Items, Paged
from hub.web.shapes.words import Asked, Exposed, Level, Line, Moment, Origin, Reason, Ref


class Ack(BaseModel):
    """Who cares for an alert, for as long as this episode lasts."""

    by: str
    at: AwareDatetime | None = Field(description="None: the tool does not tell.")
    message: str
    origin: Literal["hub", "tool"] = Field(
        "hub", description="Where it was said; a person's word in the hub comes first."
    )


class Flaps(BaseModel):
    """From when until when an alert flaps, if nothing more happens; by event time."""

    since: AwareDatetime
    until: AwareDatetime


class Doubt(BaseModel):
    """Why an end that was reported is not believed, and since when."""

    since: AwareDatetime
    reason: str
    reported_at: AwareDatetime | None = Field(description="When it ended, as it was reported.")


class Alert(BaseModel):
    """A condition that fires, or that fired."""

    ref: str
    title: str
    severity: Level
    severity_raw: str | None
    status: AlertStatus
    service: str | None
    incident: str | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None
    last_seen_at: AwareDatetime | None
    count: int
    labels: dict[str, str]
    source: Origin
    milestones: list[Exposed]
    first_seen_at: AwareDatetime | None = None
    episode: int | None = None
    flaps: int | None = None
    flapping: Flaps | None = Field(None, description="Null: it does not flap now.")
    end_kind: EndKind | None = Field(None, description="How its end is known.")
    end_reason: str | None = Field(
        None, description="deleted, unwatched, left, ended, timeout or settled."
    )
    doubt: Doubt | None = Field(None, description="While it is unverified.")
    incomplete: bool | None = None
    confidence: float | None = Field(None, description="How sure the service is, 0 to 1.")
    service_hint: str | None = None
    service_reasons: list[Reason] | None = None
    host: str | None = None
    host_groups: list[str] | None = None
    tags: dict[str, list[str]] | None = Field(
        None, description="What the tool tags it with; one tag may have many values."
    )
    environment: str | None = None
    runbook_url: str | None = None
    annotations: dict[str, str] | None = None
    onset_uncertainty_seconds: float | None = None
    ack: Ack | None = None
    version: int | None = None


class AlertList(Items[Alert]):
    """Alerts."""


class Provenance(BaseModel):
    """Where one field came from: the document that filled it, and the path it read."""

    mapping: str | None = None
    version: int | str | None = None
    path: str | None = None
    value: object = None
    converter: str | None = None


class Occurrence(BaseModel):
    """One thing that happened to an alert."""

    episode: int
    event: str = Field(
        description="fired, resolved, severity_changed, re_fired, late, incomplete, pending, "
        "suppressed, unsuppressed, unverified, expired, flapping, acked."
    )
    at: AwareDatetime
    received_at: AwareDatetime
    source_key: str
    receipt: str | None = None
    from_state: AlertStatus | None = Field(None, description="Of its series, before; null: none.")
    to_state: AlertStatus | None = Field(None, description="Of its series; null: it did not move.")
    end_kind: EndKind | None = None
    reason: str | None = Field(None, description="What an end, or its doubt, rests on.")
    cause: Literal["delivery", "look", "timeout", "person"] = "delivery"
    by: str | None = Field(
        None, description="The person who caused it, also by a write of the hub to the tool."
    )


class RefusedMove(BaseModel):
    """What was told of an alert and moved nothing."""

    at: AwareDatetime
    source_key: str
    state: AlertStatus = Field(description="In which its source key was, and is.")
    telling: Telling
    reason: Refused
    receipt: str


class AlertInFull(Alert):
    """An alert with the record it was made of, and its history."""

    raw: object
    provenance: dict[str, Provenance]
    occurrences: list[Occurrence]
    refused: list[RefusedMove] = Field([], description="The newest, each once, oldest first.")
    receipt: str | None = Field(None, description="`<receipt>#n` of the newest record.")
    links: list[Link] | None = None


Short = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\x00]*$")]
Labelled = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^=\x00]+=[^\x00]*$")]


class AlertsAsked(Paged):
    """Filters of alerts; all states unless `status` is given. An empty word stands for none."""

    status: tuple[AlertStatus, ...] = ()
    severity: tuple[Level, ...] = ()
    service: tuple[Line, ...] = ()
    incident: tuple[Line, ...] = ()
    connector: tuple[Line, ...] = ()
    milestone: tuple[Line, ...] = ()
    owner: tuple[Short, ...] = Field((), description="Who owns the service, by the catalogue.")
    ref: tuple[Short, ...] = Field((), description="These alerts, as far as they are.")
    title: tuple[Line, ...] = ()
    fingerprint: tuple[Short, ...] = Field((), description="The key of the source.")
    flapping: bool | None = Field(None, description="Whether it flaps now.")
    label: tuple[Labelled, ...] = Field(
        (), description="`name=value`; values of one name are alternatives, names are not."
    )


class Grouping(StrEnum):
    """What alerts are counted by."""

    SERVICE = "service"
    INCIDENT = "incident"
    MILESTONE = "milestone"
    TITLE = "title"
    FINGERPRINT = "fingerprint"


class GroupsAsked(AlertsAsked):
    """Which alerts are counted, and by what. Sort and cursor mean nothing here."""

    by: Grouping = Grouping.SERVICE


class AlertGroup(BaseModel):
    """Alerts that have something in common."""

    key: str | None = Field(description="What the filter of the same name takes; null: of none.")
    title: str | None
    alerts: int
    firing: int
    severity: Level
    newest_at: AwareDatetime


class AlertGroups(Items[AlertGroup]):
    """Groups of alerts, the worst first; an alert that hurts two milestones is in two."""


class AlertCount(BaseModel):
    """How many alerts have this state and this severity."""

    status: AlertStatus
    severity: Level
    alerts: int


class AlertCounts(BaseModel):
    """How many alerts there are, by state and severity."""

    items: list[AlertCount]
    as_of: AwareDatetime


class Slip(BaseModel):
    """What the plan loses, in working days; null where it is not known, never 0 instead."""

    days: float | None = None
    p50_days: float | None = None
    p80_days: float | None = None
    channels: dict[str, float | None] = {}
    reasons: tuple[Reason, ...] = ()


class Hop(BaseModel):
    """One step of the way from a service to a milestone."""

    source: str
    target: str
    confidence: float
    reason: Reason


class Hurt(BaseModel):
    """A milestone that an incident touches: how much, why, and until when it is harmless."""

    ref: str
    title: str
    exposure: float
    float_days: float | None
    slip: Slip | None
    slip_at: AwareDatetime | None = Field(description="Restore by then, or the milestone slips.")
    reasons: list[Reason]
    project: str | None = None
    due: Moment | None = None
    factors: dict[str, float] | None = None
    route: list[Hop] | None = Field(None, description="How the impact travels, hop by hop.")


class Suspect(BaseModel):
    """A service where the fault may have begun."""

    service: str
    score: float
    reasons: list[Reason]


class Incident(BaseModel):
    """Alerts that are one fault."""

    ref: str
    title: str
    status: IncidentStatus
    severity: Level
    priority: Annotated[int, Field(ge=1, le=5)]
    priority_base: Annotated[int, Field(ge=1, le=5)]
    reasons: list[Reason]
    services: list[str]
    alerts: list[str]
    milestones: list[Hurt]
    risks: list[str]
    opened_at: AwareDatetime
    acked_at: AwareDatetime | None
    resolved_at: AwareDatetime | None
    plan_urgency: int | None = Field(None, description="How urgent the plan makes it.")
    root_candidates: list[Suspect] | None = None
    service_hints: list[str] | None = None
    commander: str | None = None
    exposure: float | None = None
    alerts_total: int | None = None
    firing: int | None = None
    merged_into: str | None = None
    version: int | None = None


class IncidentList(Items[Incident]):
    """Incidents."""


class IncidentsAsked(Paged):
    """Filters of incidents."""

    status: tuple[IncidentStatus, ...] = ()
    severity: tuple[Level, ...] = ()
    priority: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()
    service: tuple[Line, ...] = ()
    milestone: tuple[Line, ...] = ()


class IncidentPatch(Asked):
    """What a person changes of an incident; what is left out stays."""

    title: Annotated[Line, Field(min_length=1)] | None = None
    status: IncidentStatus | None = None
    priority: Annotated[int, Field(ge=1, le=5)] | None = None
    commander: Line | None = Field(None, description="Null takes the commander away.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one of title, status, priority, commander")
        if any(
            name != "commander" and getattr(self, name) is None for name in self.model_fields_set
        ):
            raise ValueError("only commander may be null")
        return self


class Acknowledgement(Asked):
    """What is done about an alert."""

    message: Line = Field("", description="For the colleague who sees it next.")


class Merge(Asked):
    """Incidents that are the same fault; they become `merged`."""

    incidents: Annotated[list[Ref], Field(min_length=1, max_length=1000)]


class Split(Asked):
    """Alerts that are another fault; they move into a new incident."""

    alerts: Annotated[list[Ref], Field(min_length=1, max_length=10_000)]


class Gathered(Asked):
    """Alerts that are one fault, wherever they are now."""

    alerts: Annotated[list[Ref], Field(min_length=1, max_length=10_000)]


class NewIncident(Gathered):
    """Alerts that become an incident of their own."""

    title: Line | None = Field(None, min_length=1, description="Else that of the worst alert.")


class ServiceSaid(Asked):
    """Of which service an alert is, as a person says."""

    service: Line | None = Field(
        min_length=1, description="A ref or alias of the catalogue; null takes the word back."
    )
