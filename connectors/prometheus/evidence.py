"""What a Prometheus knows of alerts that no Alertmanager lists any more.

Alertmanager forgets: when it restarts it lists nothing until it is told again, and when it is cut
off its alerts run out. So its silence is held against the memory of Prometheus, which writes down
each evaluation of each active alert as the series ALERTS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.prometheus.identity import fingerprint, told
from connectors.prometheus.queries import Queries
from connectors.prometheus.server import Active, Rule, Server
from hub.contract import Standing

_OWN: Final = frozenset({"__name__", "alertstate"})
# First what a poll or two can have missed, by every evaluation; then a day, as fine as it may cost.
_LOOKS: Final = (("10m", timedelta(milliseconds=100)), ("1d", timedelta(seconds=10)))


@dataclass(frozen=True, slots=True)
class Past:
    """The last that Prometheus wrote down of a firing alert."""

    labels: Mapping[str, str]
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a Prometheus says now.

    Shape: `active` is by Alertmanager's fingerprint, and None where alerts are renamed on the way.
    """

    standing: Standing
    rules: tuple[Rule, ...]
    active: Mapping[str, Active] | None
    external: Mapping[str, str]

    def rule(self, name: str | None) -> Rule | None:
        """Find a rule; of several of that name the one that is worst off."""
        named = [rule for rule in self.rules if rule.name == name]
        return min(named, key=lambda rule: rule.is_watched, default=None)


async def gathered(server: Server, queries: Queries, settled: timedelta) -> Evidence:
    """Ask a Prometheus what it watches and what is active.

    Units:  `settled` is how long it must run before its silence counts: by then it has scraped.
    Raises: Transient, Misconfigured, Anomalous.
    """
    rules = tuple(await server.rules())
    standing = await _standing(server, queries, rules, settled)
    external = (await server.naming()).external
    if external is None:
        return Evidence(standing, rules, None, {})
    alerts = [(told(one.labels, external), one) for one in await server.alerts()]
    active = {fingerprint(labels): one for labels, one in alerts}
    return Evidence(standing, rules, active, external)


async def _standing(
    server: Server, queries: Queries, rules: tuple[Rule, ...], settled: timedelta
) -> Standing:
    """Say whether a Prometheus sees and thinks: its targets are up, its rules are evaluated."""
    name = f"Prometheus at {server.url}"
    if not rules:
        return Standing(None, f"{name} has no alerting rule")
    if not any(rule.is_watched for rule in rules):
        return Standing(alive=False, why=f"{name} evaluates no alerting rule")
    up = [point.value for one in await queries.instant("up") for point in one.points]
    if up and not any(up):
        return Standing(alive=False, why=f"{name} reaches none of its targets")
    began, at = await server.began()
    if at - began < settled:
        # What its predecessor told of may run out before it has found it anew.
        return Standing(None, f"{name} has just started", vouches_until=began)
    why = f"{name} evaluates its rules"
    # As a heartbeat vouches, see `Heart.vouches_until`.
    return Standing(True, why, datetime.now(UTC), at + 2 * await server.resend_delay())


async def past(queries: Queries, missing: set[str], evidence: Evidence) -> dict[str, Past]:
    """Find when the missing alerts fired last, by fingerprint; what it never knew is left out.

    Raises: Transient, Misconfigured, Anomalous.
    """
    found: dict[str, Past] = {}
    # Half an interval: no evaluation falls between two looks.
    fine = min((rule.interval for rule in evidence.rules), default=timedelta(minutes=1)) / 2
    for span, finest in _LOOKS:
        if missing <= found.keys():
            break
        step = f"{round(max(fine, finest).total_seconds() * 1000)}ms"
        query = f'max_over_time(timestamp(ALERTS{{alertstate="firing"}})[{span}:{step}])'
        for one in await queries.instant(query):
            labels = {name: value for name, value in one.labels.items() if name not in _OWN}
            whole = told(labels, evidence.external)
            name = fingerprint(whole)
            seconds = one.points[-1].value if one.points else None
            if name in missing and seconds is not None:
                found.setdefault(name, Past(whole, _instant(seconds)))
    return found


def _instant(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(seconds * 1000))
