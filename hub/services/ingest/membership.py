"""Which incident an alert belongs to, and what incidents become by their alerts and by time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hub.linking import Regrouping
from hub.model.ops import Alert
from hub.model.words import IncidentStatus
from hub.services.ingest.context import Context
from hub.services.ingest.group import NeedIncidents
from hub.services.ingest.incidents import rebuild
from hub.services.ingest.ledger import Ledger
from hub.services.ingest.live import FIRES, OVER, Live, LiveIncident, make_signal
from hub.services.ingest.rows import AlertRow, FormerRow
from hub.services.ingest.words import UNREAD


class Membership:
    """The incidents of one group under way. Those that changed are weighed at the end, once."""

    def __init__(
        self, live: Live, context: Context, ledger: Ledger, rows: Iterable[AlertRow] = ()
    ) -> None:
        self._live = live
        self._rows = rows
        self._context = context
        self._ledger = ledger
        self._dirty: dict[int, LiveIncident] = {}

    def join(
        self,
        row: AlertRow | None,
        new: AlertRow,
        alert: Alert,
        values: dict[str, Any],
        *,
        began: bool,
    ) -> AlertRow:
        """Let the alert's incident know, and find one for an alert that begins to fire.

        Shape: `row` is the alert as it was, `new` as it will be; `began` says that an episode did.
        Raises: NeedIncidents.
        """
        fired = row is not None and row.status in FIRES
        fires = new.status in FIRES
        if row is not None and row.incident is not None:
            self._silence(row.incident, (new.status == "suppressed") - (row.status == "suppressed"))
        if fires and not fired:
            return self._calm(self._begin(row, new, alert, values, began=began))
        if row is None or row.incident is None or not fired:
            return self._calm(new)
        incident = self._at_hand(row.incident)
        if not fires:
            incident.end(row.severity, row.service, self._ledger.now)
            incident.silence(0, self._ledger.now)
        elif row.severity != new.severity or row.service != new.service:
            self._swap(incident, row, new)
            _title(incident, new)
        self._dirty[incident.no] = incident
        return self._calm(new)

    def _calm(self, new: AlertRow) -> AlertRow:
        """Keep the incident of an alert that flaps open until it does so no more."""
        until = new.flapping_until
        if until is not None and new.incident is not None:
            incident = self._at_hand(new.incident)
            if until > incident.calm_at:
                incident.calm_at = until
                self._dirty[incident.no] = incident
        return new

    def _silence(self, number: int, by: int) -> None:
        """Count an alert of an incident that was suppressed, or is so no more."""
        if by:
            incident = self._at_hand(number)
            incident.silence(by, self._ledger.now)
            self._dirty[number] = incident

    def _begin(
        self,
        row: AlertRow | None,
        new: AlertRow,
        alert: Alert,
        values: dict[str, Any],
        *,
        began: bool,
    ) -> AlertRow:
        goes_on = None if began or row is None else row.incident
        incident = self._incident(goes_on) if goes_on is not None else None
        if incident is None:
            incident = self._place(new, alert, values)
        incident.active_at = max(incident.active_at, new.starts_at)
        incident.fire(new.severity, new.service, new.confidence or 0.0, new.starts_at / 1e6)
        if row is None or row.incident != incident.no:
            if row is not None and row.incident is not None:
                self._leave(row.incident, row.ref)
            incident.alerts += not self._returns(incident, row)
            hint = alert.service_hint
            if new.service is None and hint:
                incident.hints[hint] = incident.hints.get(hint, 0) + 1
        _title(incident, new)
        self._dirty[incident.no] = incident
        return new._replace(incident=incident.no)

    def _leave(self, number: int, ref: str) -> None:
        """Let an incident keep an alert that fires anew in another one."""
        out, left = self._ledger.out, FormerRow(number, ref)
        if left in out.returned:
            out.returned.remove(left)
        else:
            out.former.append(left)
        if (source := self._live.incidents.get(number)) is not None:
            source.once.add(ref)

    def _returns(self, incident: LiveIncident, row: AlertRow | None) -> bool:
        """Tell whether an incident has counted an alert that comes to it; it is former no more."""
        if row is None or row.ref not in incident.once:
            return False
        out, back = self._ledger.out, FormerRow(incident.no, row.ref)
        if back in out.former:
            out.former.remove(back)
        else:
            out.returned.append(back)
        incident.once.discard(row.ref)
        return True

    def serve(self, row: AlertRow, new: AlertRow) -> None:
        """Hear that the service of an alert was looked up anew."""
        if row.incident is not None and row.status in FIRES:
            self._swap(self._at_hand(row.incident), row, new)

    def _swap(self, incident: LiveIncident, row: AlertRow, new: AlertRow) -> None:
        """Count a firing alert of an incident under its new service and severity."""
        incident.end(row.severity, row.service, self._ledger.now)
        incident.count(new.severity, new.service, new.confidence or 0.0, new.starts_at / 1e6)
        incident.forget_silent(row.service)
        self._dirty[incident.no] = incident

    def move(self, row: AlertRow, source_no: int, target: int) -> AlertRow | None:
        """Move an alert to the incident that its late onset showed; None when it stays."""
        if row.incident != source_no:
            return None
        source = self._incident(source_no)
        if source is None:
            return None
        # A number that was given before is an incident's that is only not at hand.
        given = target <= self._live.incident_no or target in self._live.incidents
        goal = self._at_hand(target) if given else self._open(target, row)
        goal.take(source, row, self._ledger.now)
        goal.alerts -= self._returns(goal, row)
        if row.status in FIRES:
            source.forget_silent(row.service)
        _title(goal, row)
        self._dirty |= {source.no: source, goal.no: goal}
        return row._replace(incident=goal.no, version=row.version + 1)

    def absorb(self, regrouping: Regrouping) -> None:
        """Close the incidents that lost their last alert to another one."""
        for empty, target in regrouping.absorbed.items():
            if (source := self._live.incidents.get(empty)) is not None and not source.alerts:
                source.status = IncidentStatus.MERGED
                source.held["merged_into"] = f"hub:incident:{target}"
                self._dirty[empty] = source

    def _open(self, number: int, row: AlertRow) -> LiveIncident:
        """Open an incident of a given number."""
        self._ledger.out.incident_no = max(self._ledger.out.incident_no, number)
        made = LiveIncident(number, row.title, IncidentStatus.OPEN, row.starts_at, row.starts_at)
        self._live.incidents[number] = made
        return made

    def _at_hand(self, number: int) -> LiveIncident:
        """Return an incident, also one that a person closed: what it counts has to stay true."""
        found = self._live.incidents.get(number)
        if found is None:
            # All that this group may ask for: each time everything is read anew.
            others = (row.incident for row in self._rows if row.incident is not None)
            raise NeedIncidents({number, *others} - self._live.incidents.keys())
        return found

    def _incident(self, number: int) -> LiveIncident | None:
        """Return an incident that an alert goes on in; None when a person closed it."""
        found = self._at_hand(number)
        return None if found.status in OVER else found

    def _place(self, new: AlertRow, alert: Alert, values: dict[str, Any]) -> LiveIncident:
        """Find the incident that an alert belongs to by its onset, or open one."""
        labels = values["labels"] if alert.labels is UNREAD else alert.labels
        about = {**values, "service_hint": values.get("service")}
        signal = make_signal(self._context, new, labels, about)
        placement = self._live.window.place(signal)
        number = placement.incident
        found = self._live.incidents.get(number) if number is not None else None
        if found is None:
            found = self._open(self._ledger.out.incident_no + 1, new)
        found.opened_at = min(found.opened_at, new.starts_at)
        self._live.window.add(found.no, signal)
        self._live.newest = max(self._live.newest, signal.onset)
        found.grouped = placement.reasons
        return found

    def pass_time(self, before: int, refresh: tuple[int, ...]) -> None:
        """Resolve what has been quiet since an instant; `refresh` are weighed anew if open."""
        for incident in self._live.incidents.values():
            if incident.resolves_itself(before):
                incident.status, incident.resolved_at = IncidentStatus.RESOLVED, incident.ended_at
                self._dirty[incident.no] = incident
        for number in refresh:
            refreshed = self._live.incidents.get(number)
            if refreshed is not None and refreshed.is_open and refreshed.version:
                self._dirty[number] = refreshed

    def weigh(self, now: datetime, cause: str) -> None:
        """Weigh the incidents that changed, once each."""
        out, change = self._ledger.out, self._ledger.change
        for incident in self._dirty.values():
            made = rebuild(incident, self._context, now)
            if made is None:
                continue
            out.incidents.append(made.row)
            out.links.extend(made.links)
            what = "created" if incident.version == 1 else "updated"
            change(what, incident.ref, "incident", incident.version, cause)
            for link in made.links:
                change("updated", f"hub:link:{link.id}", "link", 1, cause)
            for milestone in made.milestones:
                change("updated", milestone, "milestone", 0, incident.ref)


def _title(incident: LiveIncident, new: AlertRow) -> None:
    if new.severity > incident.title_severity and "title" not in incident.held:
        incident.title, incident.title_severity = new.title, new.severity
