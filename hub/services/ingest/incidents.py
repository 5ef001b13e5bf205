"""Weigh an incident: severity, priority, milestones with exposure, root candidates, and why."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from hub.linking import Hit, Target, closure, exposures, joined, priority, root_candidates
from hub.model.links import Reason
from hub.model.ops import Exposure
from hub.model.words import DeliveryRole, LinkType
from hub.plan import NoWorkingTime, environment_effect, time_to_slip
from hub.services.ingest.context import Context
from hub.services.ingest.links import expired_link, service_link, threat_link
from hub.services.ingest.live import LiveIncident
from hub.services.ingest.rows import IncidentRow, LinkRow
from hub.services.instants import instant, micros
from hub.services.plans.networks import Network
from hub.services.reasons import kept_json, reason_json

AGED_SECONDS = 600
"""So often exposure and slip follow the clock; arbitrary, a working day has 48 such steps."""
QUICK_TASKS = 3000
"""The days lost are computed within the ingest's transaction, so only for plans that take some
milliseconds; for a larger one they are unknown, and the instant from which it slips is told."""
_BLOCKING = frozenset({DeliveryRole.ENVIRONMENT_FOR, DeliveryRole.USES})
REASON_CODES = frozenset({"slip_no_task_blocked", "slip_plan_not_computed"})
"""The codes of this room; the words are in `hub/i18n`."""


@dataclass(frozen=True, slots=True)
class Made:
    """An incident's new row, its links, and the milestones whose exposure moved."""

    row: IncidentRow
    links: list[LinkRow]
    milestones: list[str]


def rebuild(incident: LiveIncident, context: Context, now: datetime) -> Made | None:
    """Weigh an incident anew; None when nothing changed that anybody sees."""
    before = (incident.told.get("body"), incident.version)
    incident.severity = incident.loudest()
    moved, links = _weigh(incident, context, now)
    if incident.grouped:
        incident.told["grouped"] = [reason_json(reason) for reason in incident.grouped]
        incident.grouped = ()
    incident.told.pop("body", None)
    seen = incident.seen()
    if before[0] == seen:
        incident.told["body"] = seen
        return None
    incident.version += 1
    incident.told["body"] = seen
    return Made(row_of(incident), links, moved)


def _weigh(
    incident: LiveIncident, context: Context, now: datetime
) -> tuple[list[str], list[LinkRow]]:
    """Compute exposure and priority, unless everything they follow from is as it was."""
    apart = [ref for ref in incident.services if (incident.ref, ref) in context.rejected]
    touched = {ref: s for ref, s in incident.services.items() if ref not in apart}
    live = {ref: s for ref, s in touched.items() if s.firing} or touched
    key = (
        context.seq, id(context), int(incident.severity), int(now.timestamp() // AGED_SECONDS),
        tuple(sorted((ref, s.confidence) for ref, s in live.items())),
    )  # fmt: skip
    if incident.weighed == key:
        return [], []
    incident.weighed = key
    services = {ref: s.confidence for ref, s in live.items()}
    hit = Hit(incident.ref, incident.severity, services)
    hurt = tuple(
        exposure
        for exposure in exposures(
            hit, context.topology, context.deliveries, context.targets, now=now
        )
        if (incident.ref, exposure.milestone) not in context.rejected
    )
    reached = joined(closure(context.topology, ref, frozenset(services)) for ref in services)
    tiers = {ref: service.tier for ref, service in context.catalogue.services.items()}
    weight = priority(incident.severity, reached, tiers, hurt)
    roots = root_candidates({ref: s.since for ref, s in live.items()}, context.topology)
    previous = {m["ref"]: m["exposure"] for m in incident.told.get("milestones", [])}
    incident.told.update(
        milestones=[_milestone_json(exposure, context, incident, now) for exposure in hurt],
        priority=[weight.effective, weight.base, weight.plan_urgency],
        reasons=[reason_json(reason) for reason in weight.reasons],
        roots=[
            {
                "service": root.service,
                "score": round(root.score, 3),
                "reasons": [reason_json(reason) for reason in root.reasons],
            }
            for root in roots[:3]
        ],
    )
    incident.told.pop("apart", None)
    if apart:
        incident.told["apart"] = sorted(apart)
    incident.encoded = {name: kept_json(incident.told[name]) for name in ("milestones", "roots")}
    current = {m["ref"]: m["exposure"] for m in incident.told["milestones"]}
    moved = [ref for ref in {*previous, *current} if previous.get(ref) != current.get(ref)]
    at = micros(now)
    links = [service_link(incident.ref, ref, s.confidence, at) for ref, s in live.items()]
    links += [threat_link(incident.ref, exposure, at) for exposure in hurt]
    links += [
        expired_link(incident.ref, milestone, LinkType.THREATENS, at)
        for milestone in previous.keys() - current.keys()
    ]
    return moved, links


def _slip(
    exposure: Exposure, context: Context, incident: LiveIncident, now: datetime
) -> tuple[float | None, str | None, Reason]:
    """Say what the milestone loses, until when it holds, or why the incident does not move it.

    Units: working days. None is unknown; no effect is 0, and has its reason.
    """
    last = exposure.route[-1].source if exposure.route else None
    roles = {
        edge.role
        for edge in context.deliveries
        if edge.milestone == exposure.milestone and edge.service == last
    }
    network = context.networks.get(context.projects.get(exposure.milestone, ""))
    unblocked = Reason("slip_no_task_blocked", {"service": last})
    if not roles & _BLOCKING:
        return 0.0, None, unblocked
    if network is None or network.made is None:
        return None, None, Reason("slip_plan_not_computed", {})
    # A clock that is ahead says that it began tomorrow, or in the year 9999.
    begun = min(instant(incident.opened_at), now)
    try:
        blocked = network.blocked(exposure.milestone, begun)
        found = time_to_slip(blocked)
    except NoWorkingTime:
        return None, None, Reason("slip_plan_not_computed", {})
    if found is None:
        return 0.0, None, unblocked
    at = found.at.replace(tzinfo=network.zone).isoformat()
    why = _titled(found.reasons[0], network)
    if len(network.tasks) > QUICK_TASKS:
        return None, at, why
    until = now.astimezone(network.zone).replace(tzinfo=None)
    effect = environment_effect(
        network.made, exposure.milestone, [one.task for one in blocked],
        since={one.task: one.since for one in blocked}, until=until,
        minutes_per_day=network.minutes_per_day,
    )  # fmt: skip
    return effect.days, at, why


def _titled(reason: Reason, network: Network) -> Reason:
    """Call the task by its title: nobody knows the ref of a task."""
    task = network.tasks.get(str(reason.values.get("task")))
    return reason if task is None else replace(reason, values={**reason.values, "task": task.title})


def _milestone_json(
    exposure: Exposure, context: Context, incident: LiveIncident, now: datetime
) -> dict[str, Any]:
    target = context.targets[exposure.milestone]
    lost, slip_at, why = _slip(exposure, context, incident, now)
    return {
        "ref": exposure.milestone,
        "title": target.title,
        "exposure": round(exposure.value, 1),
        "float_days": exposure.float_days,
        "due": _due(target),
        "factors": {name: round(value, 4) for name, value in exposure.factors.items()},
        "project": context.projects.get(exposure.milestone),
        "slip": {
            "days": None if lost is None else round(lost, 2),
            "channels": {"environment": None if lost is None else round(lost, 2)},
            "reasons": [reason_json(why)],
        },
        "slip_at": slip_at,
        "reasons": [reason_json(reason) for reason in (*exposure.reasons, why)],
        "route": [
            {
                "source": hop.source,
                "target": hop.target,
                "confidence": round(hop.confidence, 4),
                "reason": reason_json(hop.reason),
            }
            for hop in exposure.route
        ],
    }


def _due(target: Target) -> str | None:
    """Write a due date with the offset of its plan's zone."""
    if isinstance(target.due, datetime) and target.due.tzinfo is None:
        return target.due.replace(tzinfo=target.zone).isoformat()
    return None if target.due is None else target.due.isoformat()


def row_of(incident: LiveIncident) -> IncidentRow:
    """Make the row of an incident as it is now."""
    told = incident.told
    effective, base, plan = told.get("priority", [4, 4, 3])
    hurt = told.get("milestones", [])
    chosen = incident.held.get("priority", effective)
    body = {
        "ref": incident.ref,
        "title": incident.title,
        "status": incident.status.value,
        "severity": int(incident.severity),
        "priority": chosen,
        "priority_base": base,
        "plan_urgency": plan,
        "reasons": told.get("reasons", []) + told.get("grouped", []),
        "services": sorted(incident.services.keys() - set(told.get("apart", ()))),
        "service_hints": sorted(incident.hints),
        "root_candidates": incident.encoded.get("roots", told.get("roots", [])),
        "milestones": incident.encoded.get("milestones", hurt),
        "risks": [],
        "exposure": max((m["exposure"] for m in hurt), default=0.0),
        "alerts_total": incident.alerts,
        "firing": incident.firing_count,
        "commander": incident.held.get("commander"),
        "merged_into": incident.held.get("merged_into"),
        "opened_at": instant(incident.opened_at).isoformat(),
        "acked_at": _iso(incident.acked_at),
        "resolved_at": _iso(incident.resolved_at),
        "version": incident.version,
    }
    short = [{"ref": m["ref"], "exposure": m["exposure"]} for m in hurt]
    return IncidentRow(
        incident.no, incident.title, incident.status.value, int(incident.severity), chosen,
        max((m["exposure"] for m in hurt), default=0.0), incident.opened_at, incident.active_at,
        incident.ended_at, incident.resolved_at, incident.alerts, incident.firing_count,
        incident.version, incident.state(), orjson.dumps(short), orjson.dumps(body),
    )  # fmt: skip


def _iso(at: int | None) -> str | None:
    return None if at is None else instant(at).isoformat()
