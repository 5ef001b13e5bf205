"""How each milestone, project and service stands now: stored facts and open incidents. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp
from typing import Any, Final
from zoneinfo import ZoneInfo

from hub.linking import project_exposure
from hub.model.links import Reason
from hub.model.ops import Service
from hub.plan import STANDARD, Facts, WorkTime, milestone_health
from hub.services.ingest.context import Context
from hub.services.measuring.desk import declared_json
from hub.services.plans.models import MINUTES_PER_DAY, PlanRow, wall_end
from hub.services.plans.rows import with_offset
from hub.services.reasons import reason_json

REASON_CODES: Final = frozenset({"project_no_milestones", "service_incident", "service_quiet"})
"""The codes of this room; the words are in `hub/i18n`."""


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """What an incident says of milestones and services."""

    ref: str
    title: str
    status: str
    severity: int
    resolved_at: datetime | None
    services: tuple[str, ...]
    milestones: tuple[Mapping[str, Any], ...]
    firing: int


Hurts = Mapping[str, list[tuple[OpenIncident, float]]]


def hurts(incidents: Iterable[OpenIncident], now: datetime) -> Hurts:
    """Return for each milestone the incidents that hurt it and by how much, now.

    Units: exposure 0..100; after the incident is resolved it fades by exp(−hours/24).
    """
    found: dict[str, list[tuple[OpenIncident, float]]] = defaultdict(list)
    for incident in incidents:
        left = 1.0
        if incident.resolved_at is not None:
            left = exp(-max(0.0, (now - incident.resolved_at).total_seconds()) / 86_400)
        for hit in incident.milestones:
            found[hit["ref"]].append((incident, hit["exposure"] * left))
    for hits in found.values():
        hits.sort(key=lambda hit: -hit[1])
    return found


def milestone_json(
    rows: Sequence[PlanRow],
    projects: Mapping[str, PlanRow],
    incidents: Iterable[OpenIncident],
    context: Context,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return milestones as the API writes them."""
    hurt = hurts(incidents, now)
    serving: dict[str, list[str]] = defaultdict(list)
    for edge in context.deliveries:
        serving[edge.milestone].append(edge.service)
    return [_milestone(row, projects[row.project], hurt, serving, context, now) for row in rows]


def _milestone(
    row: PlanRow,
    project: PlanRow,
    hurt: Hurts,
    serving: Mapping[str, list[str]],
    context: Context,
    now: datetime,
) -> dict[str, Any]:
    about = row.about
    zone = zone_of(project)
    day = project.about.get("minutes_per_day") or MINUTES_PER_DAY
    network = context.networks.get(row.project)
    own = None if network is None else network.float_minutes(row.ref)
    source = about.get("float_source_minutes")
    hits = hurt.get(row.ref, [])
    exposure = round(project_exposure(value for _, value in hits), 1)
    baseline = _baseline(about.get("baselines") or ())
    done = about.get("status") == "done"
    actual = about.get("actual_finish") or (about.get("finish") if done else None)
    health = milestone_health(
        Facts(
            due=wall_end(about.get("due")),
            baseline=wall_end(baseline),
            finish=wall_end(about.get("finish")),
            actual=wall_end(actual),
            float_minutes=own,
            float_source_minutes=None if source is None else round(source),
            exposure=max((value for _, value in hits), default=0.0),
        ),
        now=now.astimezone(zone).replace(tzinfo=None),
        worktime=WorkTime.of(STANDARD) if network is None else network.worktime,
        minutes_per_day=day,
    )
    return {
        "ref": row.ref,
        "title": row.title,
        "project": row.project,
        "project_title": project.title,
        "due": row.body.get("due"),
        "baseline": with_offset(baseline, zone),
        "actual": with_offset(actual, zone),
        "forecast": None,
        "float_days": _days(own, day),
        "float_source_days": _days(source, day),
        "critical": about.get("critical_source"),
        "health": {
            "rag": health.rag.value,
            "reasons": [reason_json(reason) for reason in health.reasons],
        },
        "exposure": exposure,
        "incidents": [incident.ref for incident, _ in hits if incident.resolved_at is None],
        "risks": [],
        "services": sorted(set(serving.get(row.ref, []))),
        "gate": None,
        "source": row.body.get("source"),
        "version": row.version,
    }


def zone_of(project: PlanRow | None) -> ZoneInfo:
    """Return the zone in which a project's dates are meant."""
    return ZoneInfo((project.about.get("timezone") if project is not None else None) or "UTC")


def project_json(
    rows: Sequence[PlanRow],
    milestones: Sequence[PlanRow],
    incidents: Iterable[OpenIncident],
    context: Context,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return projects as the API writes them; a project is as healthy as its worst milestone."""
    known = {row.ref: row for row in rows}
    worst: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in milestone_json(milestones, known, incidents, context, now):
        worst[one["project"]].append(one)
    return [_project(row, worst.get(row.ref, [])) for row in rows]


def _project(row: PlanRow, milestones: list[dict[str, Any]]) -> dict[str, Any]:
    about, summary = row.about, row.about.get("summary") or {}
    zone = ZoneInfo(about.get("timezone") or "UTC")
    return {
        "ref": row.ref,
        "key": row.body["key"],
        "title": row.title,
        "start": with_offset(about.get("start"), zone),
        "finish": with_offset(about.get("finish"), zone),
        "status_date": with_offset(about.get("status_date"), zone),
        "currency": about.get("currency"),
        "source": {"connector": row.body["connector"], "key": row.body["key"], "url": None},
        "timezone": about.get("timezone"),
        "minutes_per_day": about.get("minutes_per_day"),
        "calendar": about.get("calendar"),
        "tasks": summary.get("tasks"),
        "milestones": len(milestones),
        "critical_tasks": summary.get("critical_tasks"),
        "health": _worst(milestones),
        "version": row.version,
    }


def _worst(milestones: list[dict[str, Any]]) -> dict[str, Any]:
    order = {"red": 0, "amber": 1, "unknown": 2, "green": 3}
    if not milestones:
        none = Reason("project_no_milestones", {})
        return {"rag": "unknown", "reasons": [{"code": none.code, "values": dict(none.values)}]}
    first = min(milestones, key=lambda one: order[one["health"]["rag"]])
    return dict(first["health"])


def service_json(context: Context, incidents: Iterable[OpenIncident]) -> list[dict[str, Any]]:
    """Return services as the API writes them, with the health that incidents give them."""
    open_now = [one for one in incidents if one.resolved_at is None]
    by_service: dict[str, list[OpenIncident]] = defaultdict(list)
    for incident in open_now:
        for ref in incident.services:
            by_service[ref].append(incident)
    delivered: dict[str, list[str]] = defaultdict(list)
    for edge in context.deliveries:
        delivered[edge.service].append(edge.milestone)
    return [
        _service(service, by_service.get(ref, []), delivered.get(ref, []))
        for ref, service in sorted(context.catalogue.services.items())
    ]


def _service(
    service: Service, incidents: list[OpenIncident], milestones: list[str]
) -> dict[str, Any]:
    severity = max((one.severity for one in incidents), default=None)
    return {
        "ref": service.ref,
        "name": service.name,
        "tier": service.tier,
        "aliases": list(service.aliases),
        "match": {
            "labels": {name: list(values) for name, values in service.match.labels.items()},
            "hosts": list(service.match.hosts),
            "host_groups": list(service.match.host_groups),
        },
        "depends_on": [
            {
                "service": needs.service,
                "hardness": needs.hardness.value,
                "group": needs.group,
                "needed": needs.needed,
            }
            for needs in service.depends_on
        ],
        "delivers": [
            {"project": one.project, "milestone": one.milestone, "role": one.role.value}
            for one in service.delivers
        ],
        "system": service.system,
        "owner": service.owner,
        "runbook_url": service.runbook_url,
        "environment": service.environment,
        "metrics": [declared_json(one) for one in service.metrics],
        "health": _condition(incidents, severity),
        "severity": severity,
        "alerts": sum(one.firing for one in incidents),
        "incidents": [one.ref for one in incidents],
        "milestones": sorted(set(milestones)),
    }


_RED_FROM = 4
_AMBER_FROM = 2


def _condition(incidents: list[OpenIncident], severity: int | None) -> dict[str, Any]:
    """Colour a service: no open incident is green only because nothing else is watched yet."""
    if severity is None:
        return {"rag": "green", "reasons": [{"code": "service_quiet", "values": {}}]}
    rag = "red" if severity >= _RED_FROM else "amber" if severity >= _AMBER_FROM else "green"
    worst = max(incidents, key=lambda one: one.severity)
    values = {"incident": worst.ref, "title": worst.title, "severity": severity}
    return {"rag": rag, "reasons": [{"code": "service_incident", "values": values}]}


def _baseline(given: Sequence[Mapping[str, Any]]) -> str | None:
    first = min(given, key=lambda one: int(one.get("number") or 0), default=None)
    return None if first is None else first.get("finish") or first.get("start")


def _days(minutes: float | None, day: int) -> float | None:
    return None if minutes is None else round(minutes / day, 4)
