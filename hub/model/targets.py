"""What a mapping document may fill: for each target its fields, their types, and which must be.

The mapping checks a document against this table when the document is loaded, and converts each
value to the type that stands here. Names are those of the model and of the API.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from hub.model.words import (
    AlertStatus,
    ConstraintType,
    DependencyType,
    LagKind,
    Severity,
    TaskKind,
    TaskStatus,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a target.

    Shape: `holds` is one of text, integer, number, boolean, instant (aware datetime), wall (plan
           date-time without offset), day, text_map, text_list, text_lists (names,
           each with a list of texts), raw (any JSON), or `enum`, whose words `words` then gives.
    """

    holds: str
    required: bool = False
    words: type[Enum] | None = None


_T = Field("text")
_I = Field("integer")
_N = Field("number")
_B = Field("boolean")
_W = Field("wall")

ROW_FIELDS: Final = (
    "id", "unique_id", "guid", "wbs", "outline_level", "duration", "start", "finish", "percent",
    "predecessors", "resources", "milestone", "work", "cost", "baseline_start", "baseline_finish",
    "baseline_work", "baseline_cost", "actual_start", "actual_finish", "deadline",
    "critical", "float", "mode", "active", "notes",
)  # fmt: skip
"""What a column of a plan in a table may hold, beside the title."""

TARGETS: Final[dict[str, dict[str, Field]]] = {
    "alert": {
        "title": Field("text", required=True),
        "status": Field("enum", words=AlertStatus),
        "severity": Field("enum", words=Severity),
        "severity_raw": _T,
        "starts_at": Field("instant", required=True),
        "ends_at": Field("instant"),
        "identity": Field("text_map"),
        "labels": Field("text_map"),
        "tags": Field("text_lists"),
        "annotations": Field("text_map"),
        "service": _T,
        "host": _T,
        "host_groups": Field("text_list"),
        "environment": _T,
        "url": _T,
        "runbook_url": _T,
        "onset_uncertainty_seconds": _N,
        "suppressed": _B,
        "acked": _B,
        "acked_by": _T,
        "acked_at": Field("instant"),
        "ack_message": _T,
    },
    "project": {
        "title": _T,
        "code": _T,
        "url": _T,
        "start": _W,
        "finish": _W,
        "status_date": _W,
        "saved_at": _W,
        "currency": _T,
        "minutes_per_day": _I,
        "calendar": _T,
        "critical_slack_days": _N,
        "cost": _N,
        "guid": _T,
        "manager": _T,
        "custom_fields": Field("text_map"),
    },
    "task": {
        "title": Field("text", required=True),
        "kind": Field("enum", required=True, words=TaskKind),
        "status": Field("enum", required=True, words=TaskStatus),
        "status_raw": _T,
        "code": _T,
        "project": _T,
        "type_raw": _T,
        "resolution": _T,
        "parent": _T,
        "parent_code": _T,
        "order": _I,
        "outline_level": _I,
        "wbs": _T,
        "guid": _T,
        "start": _W,
        "finish": _W,
        "due": _W,
        "deadline": _W,
        "actual_start": _W,
        "actual_finish": _W,
        "percent": _N,
        "physical_percent": _N,
        "duration_minutes": _I,
        "work_minutes": _I,
        "remaining_minutes": _I,
        "cost": _N,
        "fixed_cost": _N,
        "float_source_minutes": _N,
        "free_float_source_minutes": _N,
        "critical_source": _B,
        "constraint": Field("enum", words=ConstraintType),
        "constraint_date": _W,
        "calendar": _T,
        "active": _B,
        "manual": _B,
        "priority": _I,
        "bcws": _N,
        "bcwp": _N,
        "acwp": _N,
        "notes": _T,
        "url": _T,
        "baselines": Field("raw"),
        "custom": Field("text_map"),
        "assignee": _T,
        "people": Field("text_list"),
        "labels": Field("text_list"),
        "components": Field("text_list"),
        "milestones": Field("text_list"),
        "sprint": _T,
        "points": _N,
        "original_minutes": _I,
        "spent_minutes": _I,
        "created_at": Field("instant"),
        "updated_at": Field("instant"),
        "links": Field("text_list"),
    },
    # The columns of a table: which of them holds what, as it stands in the cell.
    "plan_row": {
        "title": Field("raw", required=True),
        **dict.fromkeys(ROW_FIELDS, Field("raw")),
    },
    "dependency": {
        "predecessor": Field("text", required=True),
        "successor": Field("text", required=True),
        "type": Field("enum", required=True, words=DependencyType),
        "lag": _N,
        "lag_kind": Field("enum", words=LagKind),
        "external": _T,
    },
    "calendar": {
        "title": _T,
        "base": _T,
        "week": Field("raw", required=True),
        "exceptions": Field("raw"),
        "losses": Field("text_list"),
    },
    "resource": {
        "title": _T,
        "kind": _T,
        "account": _T,
        "active": _B,
        "email": _T,
        "group": _T,
        "max_units": _N,
        "standard_rate": _N,
        "calendar": _T,
        "guid": _T,
        "custom": Field("text_map"),
    },
    "assignment": {
        "task": Field("text", required=True),
        "resource": _T,
        "units": _N,
        "work_minutes": _I,
        "actual_work_minutes": _I,
        "remaining_work_minutes": _I,
        "cost": _N,
        "start": _W,
        "finish": _W,
    },
}
