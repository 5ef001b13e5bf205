"""What admins see: mapping documents, replays, quarantine, audit."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from hub.web.shapes.lists import Items, Paged
from hub.web.shapes.words import Asked, Line, Prose


class Mapping(BaseModel):
    """One version of a mapping document."""

    id: str
    document: str = Field(description="`<tool>.<kind>`, as the document names itself.")
    version: int
    origin: str = Field(description="shipped, file or console.")
    active: bool
    at: AwareDatetime
    by: str
    to: str | None = None


class MappingList(Items[Mapping]):
    """Versions of mapping documents."""


class MappingInFull(Mapping):
    """A version with its text."""

    text: str


class MappingsAsked(Paged):
    """Filters of mapping versions."""

    document: tuple[Line, ...] = ()
    origin: tuple[Line, ...] = ()
    active: bool | None = None


class MappingPut(Asked):
    """A document to store as a draft version."""

    text: Prose


class Preview(Asked):
    """A document (an active one, or a draft's text) and a record (given, or a stored one)."""

    document: Line | None = Field(None, description="`<tool>/<kind>` of an active document.")
    text: Prose | None = Field(None, description="A draft.")
    record: object | None = Field(None, description="A record in the tool's own words.")
    receipt: Line | None = Field(None, description="`<receipt>#n`: a stored record.")

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.document is None) == (self.text is None):
            raise ValueError("give either document or text")
        if (self.record is None) == (self.receipt is None):
            raise ValueError("give either record or receipt")
        return self


class Step(BaseModel):
    """How one field was filled."""

    field: str
    path: str | None
    value: object
    converter: str | None
    result: object = None


class Previewed(BaseModel):
    """What the document makes of the record; nothing was stored."""

    to: str | None
    taken: bool = Field(description="The document's `when` takes the record.")
    steps: list[Step]
    entity: dict[str, object] | None
    errors: list[dict[str, object]]
    warnings: tuple[object, ...] = ()


class JoinsAsked(Asked):
    """A document: an active one or a stored version, or a draft's text."""

    document: Line | None = Field(None, description="`<tool>/<kind>`, or `<tool>/<kind>@<n>`.")
    text: Prose | None = Field(None, description="A draft.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.document is None) == (self.text is None):
            raise ValueError("give either document or text")
        return self


class StoredAlert(BaseModel):
    """A stored alert as it is now."""

    ref: str
    title: str
    status: str
    severity: int


class JoinedAlert(BaseModel):
    """Stored alerts that would be one."""

    ref: str = Field(description="That of the one alert.")
    count: int
    differ: list[str] = Field(description="Labels that tell them apart now.")
    alerts: list[StoredAlert] = Field(description="The first ten.")


class AlertPart(BaseModel):
    """One of the alerts that a stored one would become."""

    ref: str
    labels: dict[str, str]


class SplitAlert(StoredAlert):
    """A stored alert that would be several."""

    count: int
    differ: list[str] = Field(description="Labels that would tell them apart.")
    into: list[AlertPart] = Field(description="The first ten.")


class Joins(BaseModel):
    """What a document would make of the stored alerts; nothing was stored."""

    document: str
    alerts: int = Field(description="Alerts that were looked at.")
    more: bool = Field(description="There are alerts that were not looked at.")
    unreadable: int = Field(description="Their records are not kept, or do not fit: they stay.")
    renamed: int = Field(description="Alerts that get another ref.")
    joined_total: int
    joined: list[JoinedAlert]
    split_total: int
    split: list[SplitAlert]
    unknown_labels: list[str] = Field(description="Labels of the rules that no alert here has.")


class Unmapped(BaseModel):
    """A word that is in no table, and how often it came."""

    field: str
    path: str | None
    word: str
    count: int


class Coverage(BaseModel):
    """What a document does not cover of the newest stored records."""

    document: str
    records: int
    unmapped: list[Unmapped]
    unused: list[dict[str, object]]


class ReplayAsked(Asked):
    """Which part of the journal to run through the mappings again."""

    connector: Line | None = None
    since: AwareDatetime | None = None
    diff: bool = Field(False, description="Only say what would change.")


class Replayed(BaseModel):
    """What a replay did, or would do."""

    diff: bool
    records: int
    created: int
    changed: int
    unchanged: int
    quarantined: int
    examples: tuple[dict[str, object], ...] = ()


class Quarantined(BaseModel):
    """A record that did not fit, with the failing path."""

    id: str
    receipt: str
    connector: str
    kind: str
    path: str
    message: str
    state: str = Field(description="open, refused or solved.")
    at: AwareDatetime
    attempts: int
    evidence: object = None


class QuarantineList(Items[Quarantined]):
    """Records that did not fit."""


class QuarantineAsked(Paged):
    """Filters of the quarantine."""

    receipt: tuple[Line, ...] = ()
    connector: tuple[Line, ...] = ()
    kind: tuple[Line, ...] = ()
    state: tuple[Line, ...] = ()


class Retried(BaseModel):
    """What came of one more try."""

    id: str
    state: str
    message: str | None = None


class AuditEntry(BaseModel):
    """Who did what, to what; before and after."""

    id: int
    at: AwareDatetime
    who: str
    action: str
    ref: str
    before: object = None
    after: object = None


class AuditList(Items[AuditEntry]):
    """The audit log."""


class AuditAsked(Paged):
    """Filters of the audit log."""

    who: tuple[Line, ...] = ()
    action: tuple[Line, ...] = ()
    ref: tuple[Line, ...] = ()


class TemplateAsked(Asked):
    """In which language, and for which connector, an empty plan is to be."""

    language: Literal["en", "zh-CN"] | None = Field(
        None, description="Of the headings; else that of the organisation."
    )
    connector: Annotated[Line, Field(min_length=1)] = "file"


class ImportAsked(Asked):
    """What an uploaded plan file is, and where it goes."""

    connector: Annotated[Line, Field(min_length=1)] = "file"
    project: Annotated[Line, Field(min_length=1)] | None = None
    name: Annotated[Line, Field(min_length=1, description="The file's name.")] = "upload"
