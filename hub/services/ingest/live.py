"""What is known of incidents that may still change: counters, never a list of members.

Memory only, and worth only what its change number says: when the store has moved on by somebody
else's hand, it is read anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from hub.linking import Kind, Signal, Window
from hub.model.links import Reason
from hub.model.words import IncidentStatus, Severity
from hub.services.ingest.context import Context
from hub.services.ingest.ports import LiveRows
from hub.services.ingest.rows import AlertRow, IncidentRow
from hub.services.instants import micros

KEPT_SECONDS = 3600.0
"""So long after the newest onset an incident stays in the window; longer than any can be joined."""
_TOLD_IN_STATE = ("priority", "reasons", "grouped", "apart")
"""What was told when it was weighed, and which services a person rejected (`apart`); milestones
and root candidates are read from the body."""
FIRES = frozenset({"firing", "unverified"})
"""States of an alert that count in its incident: an end that nobody vouches for is none."""
OVER = frozenset({IncidentStatus.CLOSED, IncidentStatus.MERGED, IncidentStatus.FALSE_POSITIVE})
"""States that only a person sets, and in which an incident takes no alert any more."""


@dataclass(slots=True)
class Affected:
    """One service of an incident. Units: `since` epoch seconds of the first onset."""

    confidence: float
    firing: int = 0
    alerts: int = 0
    since: float = 0.0


@dataclass(slots=True)
class LiveIncident:
    """One incident as the next decision needs it. Instants are microseconds.

    Shape: `encoded` are the large parts of `told` as JSON, made when it was weighed. `grouped` says
           why the last alert joined; it becomes a part of `told` with the next weighing. `once` are
           its former members, which `alerts` counts too. `calm_at` is when the last of its alerts
           no longer flaps: until then it does not resolve by itself.
    """

    no: int
    title: str
    status: IncidentStatus
    opened_at: int
    active_at: int
    severity: Severity = Severity.UNKNOWN
    title_severity: int = -1
    ended_at: int | None = None
    resolved_at: int | None = None
    acked_at: int | None = None
    alerts: int = 0
    firing: list[int] = field(default_factory=lambda: [0] * 6)
    silent: int = 0
    calm_at: int = 0
    services: dict[str, Affected] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    reopened: int = 0
    version: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    encoded: dict[str, orjson.Fragment] = field(default_factory=dict)
    weighed: tuple[object, ...] = ()
    grouped: tuple[Reason, ...] = ()
    once: set[str] = field(default_factory=set)

    @property
    def ref(self) -> str:
        """The ref of the incident."""
        return f"hub:incident:{self.no}"

    @property
    def firing_count(self) -> int:
        """How many of its alerts fire."""
        return sum(self.firing)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to care."""
        return self.status is not IncidentStatus.RESOLVED and self.status not in OVER

    def resolves_itself(self, before: int) -> bool:
        """Tell whether all alerts ended before an instant and no person holds it open."""
        held = "status" in self.held and self.status is not IncidentStatus.ACKNOWLEDGED
        quiet = self.ended_at is not None and max(self.ended_at, self.calm_at) <= before
        return self.is_open and quiet and not held and not any(self.firing) and not self.silent

    def fire(self, severity: int, service: str | None, confidence: float, since: float) -> None:
        """Count an alert that begins to fire; what was over goes on."""
        self.count(severity, service, confidence, since)
        if not self.is_open and self.status not in OVER:
            self.status, self.resolved_at = IncidentStatus.OPEN, None
            self.reopened += 1
            self.held.pop("status", None)  # what a person said of it was said of its end

    def count(self, severity: int, service: str | None, confidence: float, since: float) -> None:
        """Count an alert that fires."""
        self.firing[severity] += 1
        self.ended_at = None
        if service is not None:
            known = self.services.setdefault(service, Affected(confidence, since=since))
            known.firing += 1
            known.confidence = max(known.confidence, confidence)
            known.since = min(known.since, since)

    def end(self, severity: int, service: str | None, at: int) -> None:
        """Count an alert that stops firing; `at` is when the hub heard it."""
        self.firing[severity] = max(0, self.firing[severity] - 1)
        known = self.services.get(service) if service is not None else None
        if known is not None:
            known.firing = max(0, known.firing - 1)
        if not any(self.firing):
            self.ended_at = at

    def silence(self, by: int, at: int) -> None:
        """Count a suppressed alert in or out: it raises no urgency and lets nothing be over."""
        self.silent = max(0, self.silent + by)
        if not any(self.firing):
            self.ended_at = None if self.silent else at

    def take(self, source: "LiveIncident", row: AlertRow, at: int) -> None:
        """Take an alert over from another incident, with all that it counts for."""
        source.alerts -= 1
        self.alerts += 1
        self.opened_at = min(self.opened_at, row.starts_at)
        self.active_at = max(self.active_at, row.starts_at)
        self.calm_at = max(self.calm_at, row.flapping_until or 0)
        since, confidence = row.starts_at / 1e6, row.confidence or 0.0
        if row.status == "suppressed":
            source.silence(-1, at)
            self.silence(1, at)
        if row.status in FIRES:
            source.end(row.severity, row.service, at)
            self.fire(row.severity, row.service, confidence, since)
        elif row.service is not None:
            self.services.setdefault(row.service, Affected(confidence, since=since))
        if not any(self.firing) and not self.silent and self.ended_at is None:
            self.ended_at = at  # else it would never be quiet

    def forget_silent(self, service: str | None) -> None:
        """Drop a service that no alert of this incident is of any more."""
        if service is not None and service in self.services and not self.services[service].firing:
            del self.services[service]

    def loudest(self) -> Severity:
        """Return the highest severity that fires, or the last one known."""
        for level in range(5, -1, -1):
            if self.firing[level]:
                return Severity(level)
        return self.severity

    def seen(self) -> list[object]:
        """Return what anybody sees of it and what the next decision needs, to tell news from none.

        Shape: copies, because it goes on changing its own lists in place.
        """
        services = sorted((ref, s.firing, s.confidence) for ref, s in self.services.items())
        return [
            self.title, self.status.value, int(self.severity), self.alerts, list(self.firing),
            self.resolved_at, self.ended_at, self.acked_at, self.told.get("milestones"),
            self.told.get("priority"), dict(self.held), self.opened_at, services, self.active_at,
            self.told.get("apart"), self.silent, self.calm_at,
        ]  # fmt: skip

    def state(self) -> bytes:
        """Encode what neither the store's columns nor the body hold."""
        return orjson.dumps(
            {
                "firing": self.firing,
                "silent": self.silent,
                "calm_at": self.calm_at,
                "services": {
                    ref: [s.confidence, s.firing, s.alerts, s.since]
                    for ref, s in self.services.items()
                },
                "hints": self.hints,
                "held": self.held,
                "acked_at": self.acked_at,
                "title_severity": self.title_severity,
                "reopened": self.reopened,
                "told": {n: self.told[n] for n in _TOLD_IN_STATE if n in self.told},
            }
        )


def incident_of(row: IncidentRow) -> LiveIncident:
    """Make a live incident of its row."""
    state, body = orjson.loads(row.state), orjson.loads(row.body)
    found = LiveIncident(
        no=row.no,
        title=row.title,
        status=IncidentStatus(row.status),
        opened_at=row.opened_at,
        active_at=row.active_at,
        severity=Severity(row.severity),
        title_severity=state["title_severity"],
        ended_at=row.ended_at,
        resolved_at=row.resolved_at,
        acked_at=state["acked_at"],
        alerts=row.alerts,
        firing=state["firing"],
        silent=state["silent"],
        calm_at=state["calm_at"],
        services={ref: Affected(*values) for ref, values in state["services"].items()},
        hints=state["hints"],
        held=state["held"],
        reopened=state["reopened"],
        version=row.version,
        told=state["told"],
    )
    if "priority" in found.told:  # it was weighed
        found.told |= {"milestones": body["milestones"], "roots": body["root_candidates"]}
    found.told["body"] = found.seen()  # so that reading it is no news
    return found


class Live:
    """The incidents that may still change, and the window in which alerts join them."""

    def __init__(
        self, seq: int, incident_no: int, incidents: Iterable[LiveIncident], window: Window
    ) -> None:
        self.seq = seq
        self.incident_no = incident_no
        self.touched = False
        self.newest = 0.0
        self.incidents = {incident.no: incident for incident in incidents}
        self.window = window

    @classmethod
    def of(cls, rows: LiveRows, context: Context) -> "Live":
        """Build from what the store holds."""
        window = Window(context.topology)
        live = cls(rows.seq, rows.incident_no, map(incident_of, rows.incidents), window)
        for former in rows.former:
            live.incidents[former.incident].once.add(former.alert)
        window.load(
            (row.incident, signal_of(row, context))
            for row in rows.members
            if row.incident in live.incidents and live.incidents[row.incident].status not in OVER
        )
        for incident in live.incidents.values():
            if incident.held.get("arranged"):
                window.keep(incident.no)
        return live

    def settle(self, seq: int, incident_no: int) -> None:
        """Hear that what was decided is stored."""
        self.seq, self.incident_no, self.touched = seq, incident_no, False

    def tidy(self, before: int) -> None:
        """Forget what no alert can join any more; `before` is in microseconds."""
        self.window.forget(self.newest - KEPT_SECONDS)
        over = [
            one.no
            for one in self.incidents.values()
            if not one.is_open and (one.resolved_at or one.active_at) < before
        ]
        for number in over:
            del self.incidents[number]
            self.window.drop(number)

    def open(self) -> list[int]:
        """Return the numbers of the incidents that somebody still has to care for."""
        return [one.no for one in self.incidents.values() if one.is_open]

    def has_quiet(self, before: datetime) -> bool:
        """Tell whether an incident is due to resolve by itself."""
        at = micros(before)
        return any(incident.resolves_itself(at) for incident in self.incidents.values())


def signal_of(row: AlertRow, context: Context) -> Signal:
    """Make the signal of a stored alert."""
    body = orjson.loads(row.body)
    return make_signal(context, row, body.get("labels") or {}, body)


def make_signal(
    context: Context, row: AlertRow, labels: Mapping[str, str], about: Mapping[str, Any]
) -> Signal:
    """Make a signal for the grouping; `about` has host, environment, hint and uncertainty."""
    known = context.catalogue.services.get(row.service) if row.service else None
    uncertainty = about.get("onset_uncertainty_seconds") or 0.0
    kind = Kind(
        service=row.service,
        hint=about.get("service_hint"),
        host=about.get("host"),
        system=(known.system if known else None) or labels.get("namespace"),
        environment=about.get("environment"),
        name=labels.get("alertname", ""),
    )
    # A clock that is ahead, or a start in the far future, shall not make the rest look long ago.
    begun = min(row.starts_at, row.last_seen_at)
    return Signal(row.ref, begun / 1e6 - uncertainty, kind, uncertainty)
