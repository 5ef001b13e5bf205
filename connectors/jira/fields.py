"""Which field of a site is what: by type, never by name. Pure.

Names are in the language of who asks, two fields may share one, and ids differ from site to site.
What no type tells (a start date is just a date, points are just a number) an admin may name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.jira.settings import Fields
from hub.errors import Misconfigured

SYSTEM: Final = (
    "summary", "status", "issuetype", "project", "priority", "assignee", "labels", "components",
    "fixVersions", "created", "updated", "duedate", "resolution", "resolutiondate", "parent",
    "issuelinks", "timeoriginalestimate", "timeestimate", "timespent",
)  # fmt: skip
_AGILE: Final = "com.pyxis.greenhopper.jira"
_ROADMAPS: Final = "com.atlassian.jpo"
_DATE: Final = "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"
_CLOUD_START: Final = "customfield_10015"
"""The start date of every Cloud site; its type is that of any date."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of one site that mean something here; ids, the better one first.

    Shape: `named` tells names of fields by their ids, `alike` the names that several fields have.
    """

    sprint: tuple[str, ...] = ()
    epic: tuple[str, ...] = ()
    epic_name: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    named: Mapping[str, str] | None = None
    alike: tuple[str, ...] = ()

    @property
    def custom(self) -> tuple[str, ...]:
        """Return the ids beside the system's own, each once."""
        every = (*self.sprint, *self.epic, *self.epic_name, *self.above, *self.start, *self.points)
        return tuple(one for one in dict.fromkeys(every) if one not in SYSTEM)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the fields to ask for."""
        return (*SYSTEM, *self.custom)


def layout(
    rows: Iterable[Mapping[str, Any]], wanted: Fields, estimations: Iterable[str] = ()
) -> Layout:
    """Find the fields among those of a site.

    Shape:  `rows` is the answer of `field`; `estimations` are what boards estimate in.
    Raises: Misconfigured, when the settings name a field that is not there.
    """
    rows = [row for row in rows if isinstance(row.get("id"), str)]
    named = {str(row["id"]): str(row.get("name") or row["id"]) for row in rows}
    types: dict[str, list[str]] = {}
    for row in rows:
        types.setdefault(str((row.get("schema") or {}).get("custom")), []).append(str(row["id"]))
    _must_be_there(wanted, named)

    def found(setting: str | None, *ids: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in ((setting,) if setting else ids) if one in named))

    dates = [one for one in types.get(_DATE, ()) if one == _CLOUD_START]
    counts = list(named.values())
    return Layout(
        sprint=found(wanted.sprint, *types.get(f"{_AGILE}:gh-sprint", ())),
        epic=found(wanted.epic, *types.get(f"{_AGILE}:gh-epic-link", ())),
        epic_name=tuple(types.get(f"{_AGILE}:gh-epic-label", ())),
        above=tuple(types.get(f"{_ROADMAPS}:jpo-custom-field-parent", ())),
        start=found(
            wanted.start, *dates, *types.get(f"{_ROADMAPS}:jpo-custom-field-baseline-start", ())
        ),
        points=found(
            wanted.points, *estimations, *types.get(f"{_AGILE}:jsw-story-points", ())
        ),
        named=named,
        alike=tuple(sorted({one for one in counts if counts.count(one) > 1})),
    )  # fmt: skip


def _must_be_there(wanted: Fields, named: Mapping[str, str]) -> None:
    lacking = [
        f"fields.{name}: {id_}"
        for name, id_ in wanted.model_dump().items()
        if id_ is not None and id_ not in named
    ]
    if lacking:
        raise Misconfigured(
            f"this Jira has no field {', '.join(lacking)}; the check lists the fields that it has"
        )
