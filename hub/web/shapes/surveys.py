"""What a tool knows of hosts and services, held against the catalogue."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from hub.web.shapes.words import Asked


class SurveyAsked(Asked):
    """How old the answer may be."""

    anew: bool = Field(False, description="Ask the tool now; else ten minutes are new enough.")


class UnboundHost(BaseModel):
    """A host that no service of the catalogue owns, by name, group or tag."""

    name: str
    title: str
    groups: list[str]
    watched: bool = Field(description="False: switched off in the tool.")


class UnboundGroup(BaseModel):
    """A host group, and how many hosts in it no service owns."""

    name: str
    hosts: int


class SurveyedHosts(BaseModel):
    """Hosts; those without a service are named up to 200."""

    total: int
    bound: int
    unbound: list[UnboundHost]
    groups: list[UnboundGroup]


class ToolDependency(BaseModel):
    """The tool has it that a service rests on another one."""

    service: str
    needs: str
    standing: Literal["known", "indirect", "opposite", "new"] = Field(
        description="What the catalogue says: the same; the same over others; the other way "
        "round; nothing."
    )
    why: list[str] = Field(description="The tool's own names, from the one down to the other.")
    any_of: str | None = Field(description="One child of this node of the tool is enough.")


class Agreement(BaseModel):
    """What the tool has as agreed for a service, as ratios."""

    service: str
    name: str
    target: float
    reached: float | None = Field(description="In the period that runs; null: no data.")


class Maintenance(BaseModel):
    """A planned maintenance, and what it touches."""

    name: str
    since: AwareDatetime
    until: AwareDatetime
    in_force: bool = Field(description="Some host is in it now.")
    recurs: bool = Field(description="Several times between the two instants.")
    services: list[str]
    hosts: list[str]


class Survey(BaseModel):
    """What a tool knows."""

    connector: str
    as_of: AwareDatetime
    hosts: SurveyedHosts
    dependencies: list[ToolDependency]
    unknown_services: list[str] = Field(
        description="Services of the tool that are none, or several, of the catalogue."
    )
    agreements: list[Agreement]
    maintenance: list[Maintenance]
    hidden: list[str] = Field(description="What the hub's user may not see there, and the remedy.")
    snippet: str = Field(description="Entries for services.yaml of what the catalogue lacks.")
