"""What became of alerts that no Alertmanager lists any more. Without proof they stay."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from connectors.prometheus import parse
from connectors.prometheus.alertmanager import About, Alertmanager
from connectors.prometheus.evidence import Evidence, Past, past
from connectors.prometheus.listing import ZERO_TIME, Listing
from connectors.prometheus.pulse import Pulse
from connectors.prometheus.queries import Queries
from connectors.prometheus.server import Active
from hub.contract import Gone, Known, Page, Record


async def remembered(
    asked: Sequence[Known], evidence: Evidence, queries: Queries
) -> tuple[Page, list[Known]]:
    """Say which of them Prometheus remembers to have ended; return also those that it never knew.

    Shape: what is active there, or was and is not watched, is in neither: it stays.
    """
    silent = [one for one in asked if one.series not in (evidence.active or {})]
    if not evidence.standing.alive or evidence.active is None:
        return Page(()), silent
    known = await past(queries, {one.series for one in silent}, evidence)
    judged = [judge(one, known[one.series], evidence) for one in silent if one.series in known]
    records = tuple(one for one in judged if isinstance(one, Record))
    gone = tuple(one for one in judged if isinstance(one, Gone))
    return Page(records, gone=gone), [one for one in silent if one.series not in known]


def judge(one: Known, last: Past, evidence: Evidence) -> Record | Gone | None:
    """Say what became of an alert that is not active and that Prometheus remembers. Pure.

    Shape: None: its rule is not evaluated, so that it does not fire means nothing.
    """
    rule = evidence.rule(last.labels.get("alertname"))
    if rule is None:
        return Gone(one.kind, one.series, one.key, "deleted")
    if not rule.is_watched:
        return None
    starts_at = one.key.rpartition("/")[2]
    if last.last_at < datetime.fromisoformat(starts_at):
        # It was pending and never fired.
        return Gone(one.kind, one.series, one.key, "ended")
    # The next evaluation, the first that did not find it any more, is its end.
    ends_at = (last.last_at + rule.interval).isoformat(timespec="milliseconds")
    body: dict[str, object] = {
        "status": "resolved",
        "labels": dict(last.labels),
        "annotations": {},
        "startsAt": starts_at,
        "endsAt": ends_at.replace("+00:00", "Z"),
        "generatorURL": "",
        "fingerprint": one.series,
    }
    return parse.alert(body)


async def is_proof(
    managers: Sequence[Alertmanager],
    listings: tuple[Listing, ...],
    pulse: Pulse,
    evidence: Evidence | None,
) -> bool:
    """Tell whether it is proof of an end that no Alertmanager lists an alert.

    Each one must answer, and run long enough to have been told of everything again. And
    Prometheus must be known to tell them: by its heartbeat, or by its own word, where it and they
    call their alerts the same.
    """
    if len(listings) < len(managers):
        return False
    abouts = await asyncio.gather(*(one.about() for one in managers), return_exceptions=True)
    if not all(isinstance(one, About) and one.up_for >= pulse.longest for one in abouts):
        return False
    if evidence is not None and not evidence.standing.alive:
        return False
    by_heart = pulse.proves(listings)
    if by_heart is not None:
        return by_heart
    return evidence is not None and evidence.active is not None


def pending(labels: dict[str, str], name: str, alert: Active) -> Record:
    """Wrap an alert that waits for its `for`. It begins when its condition began to hold."""
    body: dict[str, object] = {
        "status": "pending",
        "labels": labels,
        "annotations": alert.annotations,
        "startsAt": parse.instant(alert.active_at) or alert.active_at,
        "endsAt": ZERO_TIME,
        "generatorURL": "",
        "fingerprint": name,
    }
    return parse.alert(body, version="pending")
