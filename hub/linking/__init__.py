"""Which alert is of which service, incident and milestone, how sure, and why.

Pure: no clock, no store, no log. Read in this order: `identity`, `episodes`, `services`,
`grouping`, `impact`, `threats`, `priority`, `root`.
"""

from typing import Final

from hub.linking.confidence import confidence, noisy_or, shown_as
from hub.linking.episodes import Observation, Observed, observe, state
from hub.linking.exposure import Factors, days_until, factors, project_exposure
from hub.linking.flapping import FLAPS, FlapRule
from hub.linking.grouping import Window
from hub.linking.identity import DEFAULT_EXCLUDED, identity
from hub.linking.impact import Impact, Topology, closure
from hub.linking.kinship import Kind, Policy
from hub.linking.priority import Priority, joined, plan_urgency, priority
from hub.linking.retelling import Firing, Retold, retold
from hub.linking.root import RootCandidate, root_candidates
from hub.linking.services import (
    NO_TAGS,
    SERVICE_LABELS,
    Candidate,
    Catalogue,
    Resolution,
    confirmed,
)
from hub.linking.signals import (
    Move,
    Placement,
    Regrouping,
    Signal,
    fixed_window,
    signal_of,
)
from hub.linking.states import (
    INFERRED,
    NOT_HEARD_SINCE,
    NOT_LOOKED,
    SETTLED,
    TIMED_OUT,
    end_kind,
)
from hub.linking.threats import Delivers, Hit, Target, exposures

__all__ = [
    "DEFAULT_EXCLUDED",
    "FLAPS",
    "INFERRED",
    "NOT_HEARD_SINCE",
    "NOT_LOOKED",
    "NO_TAGS",
    "REASON_CODES",
    "SERVICE_LABELS",
    "SETTLED",
    "TIMED_OUT",
    "Candidate",
    "Catalogue",
    "Delivers",
    "Factors",
    "Firing",
    "FlapRule",
    "Hit",
    "Impact",
    "Kind",
    "Move",
    "Observation",
    "Observed",
    "Placement",
    "Policy",
    "Priority",
    "Regrouping",
    "Resolution",
    "Retold",
    "RootCandidate",
    "Signal",
    "Target",
    "Topology",
    "Window",
    "closure",
    "confidence",
    "confirmed",
    "days_until",
    "end_kind",
    "exposures",
    "factors",
    "fixed_window",
    "identity",
    "joined",
    "noisy_or",
    "observe",
    "plan_urgency",
    "priority",
    "project_exposure",
    "retold",
    "root_candidates",
    "shown_as",
    "signal_of",
    "state",
]

REASON_CODES: Final[frozenset[str]] = frozenset(
    {
        # services
        "service_by_admin_rule",
        "service_by_host_group_rule",
        "service_by_host_runs",
        "service_by_human_confirmed",
        "service_by_label_exact",
        "service_by_name_equal",
        "service_by_person",
        "service_ambiguous",
        "service_rejected",
        "service_unknown",
        "service_weak",
        # grouping
        "group_dependency",
        "group_near",
        "group_new",
        "group_new_burst",
        "group_new_span",
        "group_new_unlike",
        "group_onset_uncertain",
        "group_same_alert",
        "group_same_hint",
        "group_same_host",
        "group_same_service",
        "group_same_system",
        "group_unrelated",
        "group_weak",
        # threats
        "depends_hard",
        "depends_soft",
        "due_unknown",
        "exposure_route",
        "float_left",
        "float_none",
        "float_unknown",
        "incident_affects",
        "milestone_achieved",
        "milestone_delivers",
        "milestone_due_in",
        "milestone_environment_for",
        "milestone_overdue",
        "milestone_uses",
        "mitigated",
        "severity_unknown",
        # priority
        "impact_minor",
        "impact_tier",
        "impact_unknown",
        "plan_exposed",
        "plan_no_float",
        "priority_matrix",
        "priority_raised",
        "urgency_severity",
        # root
        "root_changed",
        "root_earliness",
        "root_unchanged",
        "root_upstream_alerts",
        "root_upstream_quiet",
    }
)
"""Every code that a decision of this room may give; the words are in `hub/i18n`."""
