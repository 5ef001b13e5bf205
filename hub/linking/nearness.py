"""How near a signal is to the members of an open incident: the score s(a,b) of ADR 0009. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from math import exp, inf, log
from typing import Final, NamedTuple

from hub.linking.kinship import FORBIDDEN, SAME_HOST, Kin, Kinship, Policy, Row
from hub.linking.signals import Placement, Signal
from hub.model.links import Reason

Member = tuple[float, int, str, str | None]
"""exp((onset − origin)/τ), so that T is one product; locus, name, host."""
_STEEP: Final = 300.0
"""Where people join what lies days apart, exp would overflow; T is nought long before."""
_NONE: Final = (0, -inf)
_MANY: Final = 500
"""Of more loci it costs more to weigh each than it spares, the more so of raw labels: arbitrary."""
_ROUNDING: Final = 1e-9
_SPANS: Final = 1024
"""So many spans between onsets have their reason at hand: arbitrary, some 300 kB."""


def _grown(seconds: float, tau: float) -> float:
    return exp(max(-_STEEP, min(_STEEP, seconds / tau)))


@dataclass(slots=True, eq=False)
class Open:
    """An incident that may be joined. Units: instants are epoch seconds.

    Shape: `latest` has the last member of each locus. `hosts` maps a host to the loci of the
           members there; `worth` a locus to how many of the loci here it has met, and the most
           that one of them is worth to it.
    """

    number: int
    first: float
    last: float
    origin: float
    recent: deque[Member]
    latest: dict[int, Member] = field(default_factory=dict)
    members: list[Signal] = field(default_factory=list)
    keys: set[tuple[str, str, str]] = field(default_factory=set)
    hosts: dict[str, set[int]] = field(default_factory=dict)
    worth: dict[int, tuple[int, float]] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    named: bool = True
    kept: bool = False

    def take(self, signal: Signal, onset: float, locus: int, policy: Policy) -> None:
        """Count a signal among the members."""
        kind = signal.kind
        if onset > self.last:
            self.last = onset
        elif onset < self.first:
            self.first = onset
        if not kind.name:
            self.named = False
        if kind.host:
            self.hosts.setdefault(kind.host, set()).add(locus)
        member = (_grown(onset - self.origin, policy.tau), locus, kind.name, kind.host)
        self.recent.append(member)
        self.latest[locus] = member
        self.members.append(signal)

    def closest(self, row: Row) -> float:
        """Return the most that any member's locus is worth to a locus; infinity is unknown."""
        if len(self.latest) > _MANY:
            return inf
        counted, most = self.worth.get(row.locus, _NONE)
        if counted < len(self.latest):
            most = max(most, *map(row.__getitem__, islice(self.latest, counted, None)))
            self.worth[row.locus] = (len(self.latest), most)
        return most

    def relocate(self, old: Kinship, new: Kinship) -> None:
        """Renumber the loci of the members."""

        def moved(locus: int) -> int:
            return new.locus(old.kind(locus))

        recent = [(m[0], moved(m[1]), m[2], m[3]) for m in self.recent]
        latest = [(m[0], moved(m[1]), m[2], m[3]) for m in self.latest.values()]
        self.recent = deque(recent, maxlen=self.recent.maxlen)
        self.latest = {member[1]: member for member in latest}
        self.worth.clear()
        self.hosts = {host: set(map(moved, loci)) for host, loci in self.hosts.items()}


class Near(NamedTuple):
    """The incident nearest to a signal, if any is near enough; the best score that was found.

    Shape: `each` are the scores of the incident's recent members, as far as they were needed.
    """

    one: Open | None
    score: float
    each: list[float]


class Nearness:
    """Scores signals against open incidents, and says why the best one is near."""

    def __init__(self, kinship: Kinship, policy: Policy) -> None:
        self._kinship = kinship
        self._policy = policy
        self._on_host = policy.graph_weight * SAME_HOST

    def best(
        self, signal: Signal, row: Row, incidents: Sequence[Open], uncertainty: float = 0.0
    ) -> Near:
        """Return the incident to join, if any is near enough, and the best score.

        Shape: of equal ones the first. The most promising is scored first, so that in a storm
               the rest need no look at their members.
        """
        best, known, rank = None, list[float](), (0.0, 1)
        for hope, place in self._ranked(signal, row, incidents, uncertainty):
            if hope < rank[0]:
                break
            one = incidents[-place]
            each = self._each(signal, row, one, uncertainty)
            found = (self._mean(signal, row, one, uncertainty, each), place)
            if found > rank:
                best, known, rank = one, each, found
        return Near(best if rank[0] >= self._policy.join else None, rank[0], known)

    def _ranked(
        self, signal: Signal, row: Row, incidents: Sequence[Open], uncertainty: float
    ) -> list[tuple[float, int]]:
        """Order incidents by what they may score at most: that, and their place below nought."""
        hopes = [self._hope(signal, row, one, uncertainty) for one in incidents]
        return sorted(((hope, -i) for i, hope in enumerate(hopes) if hope > 0), reverse=True)

    def _hope(self, signal: Signal, row: Row, one: Open, uncertainty: float) -> float:
        """Bound the score of a signal against an incident from above; 0 when none is kin."""
        kind, policy = signal.kind, self._policy
        tied = one.closest(row)
        if tied < self._on_host and kind.host in one.hosts:
            tied = self._on_host
        if tied < 0:
            return 0.0
        onset, time = signal.onset, policy.time_weight
        if onset > one.last or onset + uncertainty < one.first:
            apart = max(onset - one.last, one.first - onset - uncertainty)
            time *= exp(-apart / policy.tau)
        most = time + tied + policy.label_weight / 2 + _ROUNDING
        if kind.name and one.named:
            return most
        return most / (policy.time_weight + policy.graph_weight)

    def score(self, signal: Signal, row: Row, one: Open) -> float:
        """Score a signal against an incident; 0 when no member is kin."""
        return self._mean(signal, row, one, 0.0, self._each(signal, row, one, 0.0))

    def _mean(
        self, signal: Signal, row: Row, one: Open, uncertainty: float, each: list[float]
    ) -> float:
        """Average the three best scores of a signal against an incident; 0 when none is kin."""
        nearest = sorted(each, reverse=True)[: self._policy.nearest]
        if nearest and nearest[-1] <= 0:
            nearest = [score for score in nearest if score > 0]
        if nearest:
            return sum(nearest) / len(nearest)
        # In a star the centre may be kin of all and yet no longer among the recent members.
        centre = self._scores(signal, row, one, one.latest.values(), uncertainty)
        nearest = sorted((found[0] for found in centre), reverse=True)[: self._policy.nearest]
        return sum(nearest) / len(nearest) if nearest else 0.0

    def _each(self, signal: Signal, row: Row, one: Open, uncertainty: float) -> list[float]:
        """Score a signal against each recent member; what is below nought is no kin."""
        kind, policy = signal.kind, self._policy
        name, half = kind.name, policy.label_weight / 2
        if uncertainty or not name or not one.named:
            return [found[0] for found in self._scores(signal, row, one, one.recent, uncertainty)]
        # The usual case, and the one that counts in a storm: nothing is missing, so that T, G and
        # L are one sum. The long way gives the same numbers.
        weight, since = policy.time_weight, (one.origin - signal.onset) / policy.tau
        fade = exp(since) if -_STEEP < since < _STEEP else _grown(since, 1.0)
        if kind.host in one.hosts and self._host_binds(kind.host, row, one):
            host, on_host = kind.host, self._on_host
            return [
                weight * (time if (time := grown * fade) <= 1.0 else 1.0 / time)
                + (on_host if at == host and FORBIDDEN < row[other] < on_host else row[other])
                + (half if member == name else 0.0)
                for grown, other, member, at in one.recent
            ]
        if signal.onset >= one.last:
            fade *= weight
            return [
                grown * fade + row[other] + (half if member == name else 0.0)
                for grown, other, member, _ in one.recent
            ]
        return [
            weight * (time if (time := grown * fade) <= 1.0 else 1.0 / time)
            + row[other]
            + (half if member == name else 0.0)
            for grown, other, member, _ in one.recent
        ]

    def _host_binds(self, host: str, row: Row, one: Open) -> bool:
        """Tell whether the host says more of some member there than its locus does."""
        return any(FORBIDDEN < row[locus] < self._on_host for locus in one.hosts[host])

    def _scores(
        self,
        signal: Signal,
        row: Row,
        one: Open,
        members: Iterable[Member],
        uncertainty: float,
    ) -> Iterator[tuple[float, Member]]:
        """Yield the score of each member that is kin, whatever is missing, and the member."""
        policy, (_, onset, kind, _) = self._policy, signal
        half, on_host = policy.label_weight / 2, self._on_host
        for member in members:
            grown, locus, name, host = member
            tied = row[locus]
            if host and host == kind.host and tied > FORBIDDEN:
                tied = max(tied, on_host)
            if tied < 0:
                continue
            at = one.origin + policy.tau * log(grown)
            apart = max(onset - at, at - onset - uncertainty, 0.0)
            score = policy.time_weight * exp(-apart / policy.tau) + tied
            if kind.name and name:
                score += half * (kind.name == name)
            else:
                # A missing component leaves; the others share its weight in proportion.
                same = half if tied > policy.graph_weight else 0.0
                score = (score - same) / (policy.time_weight + policy.graph_weight)
            yield score, member

    def joined(
        self, signal: Signal, row: Row, one: Open, near: Near, uncertainty: float = 0.0
    ) -> Placement:
        """Say that an incident is joined, and why."""
        policy, score = self._policy, near.score
        apart, kin = self._nearest(signal, row, one, near.each, uncertainty)
        time, reason = _near(apart, policy.tau)
        components = {"T": time, "G": kin.graph}
        if kin.label is not None:
            components["L"] = kin.label
        reasons: tuple[Reason, ...] = (reason, kin.reason)
        weak = score < policy.join + policy.near
        if weak:
            told = {"score": round(score, 2), "needed": policy.join}
            reasons += (Reason("group_weak", told),)
        if uncertainty:
            told = {"seconds": round(uncertainty)}
            reasons += (Reason("group_onset_uncertain", told),)
        return Placement(one.number, score, components, weak or uncertainty > 0, reasons)

    def _nearest(
        self, signal: Signal, row: Row, one: Open, each: list[float], uncertainty: float
    ) -> tuple[float, Kin]:
        """Find the member that speaks loudest: seconds apart, and what binds them."""
        if len(each) == len(one.recent) and (loudest := max(each)) > 0:
            found = one.recent[each.index(loudest)]
        else:
            members = (*one.recent, *one.latest.values())
            scored = self._scores(signal, row, one, members, uncertainty)
            _, found = max(scored, key=lambda by: by[0])
        grown, locus, name, host = found
        at = one.origin + self._policy.tau * log(grown)
        apart = max(signal.onset - at, at - signal.onset - uncertainty, 0.0)
        return apart, self._kinship.bond(row.locus, signal.kind, locus, name, host)


@lru_cache(_SPANS)
def _near(apart: float, tau: float) -> tuple[float, Reason]:
    """Return T, and say it: in a storm many are equally far apart."""
    time = exp(-apart / tau)
    return time, Reason("group_near", {"seconds": round(apart), "T": round(time, 2)})
