"""How near a signal is to the members of an open incident: the score s(a,b) of ADR 0009. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import exp, log
from typing import Final

from hub.linking.kinship import FORBIDDEN, SAME_HOST, Kin, Kinship, Policy
from hub.linking.signals import Placement, Signal
from hub.model.links import Reason

Member = tuple[float, int, str, str | None]
"""exp((onset − origin)/τ), so that T is one product; locus, name, host."""
_STEEP: Final = 300.0
"""Where people join what lies days apart, exp would overflow; T is nought long before."""


def _grown(seconds: float, tau: float) -> float:
    return exp(max(-_STEEP, min(_STEEP, seconds / tau)))


@dataclass(slots=True, eq=False)
class Open:
    """An incident that may be joined. Units: instants are epoch seconds."""

    number: int
    first: float
    last: float
    origin: float
    recent: deque[Member]
    latest: dict[int, Member] = field(default_factory=dict)
    members: list[Signal] = field(default_factory=list)
    keys: set[tuple[str, str]] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    named: bool = True
    kept: bool = False

    def take(self, signal: Signal, onset: float, locus: int, policy: Policy) -> None:
        """Count a signal among the members."""
        kind = signal.kind
        self.first, self.last = min(self.first, onset), max(self.last, onset)
        self.named = self.named and bool(kind.name)
        member = (_grown(onset - self.origin, policy.tau), locus, kind.name, kind.host)
        self.recent.append(member)
        self.latest[locus] = member
        self.members.append(signal)

    def relocate(self, old: Kinship, new: Kinship) -> None:
        """Renumber the loci of the members."""
        recent = [(m[0], new.locus(old.kind(m[1])), m[2], m[3]) for m in self.recent]
        latest = [(m[0], new.locus(old.kind(m[1])), m[2], m[3]) for m in self.latest.values()]
        self.recent = deque(recent, maxlen=self.recent.maxlen)
        self.latest = {member[1]: member for member in latest}


class Nearness:
    """Scores signals against open incidents, and says why the best one is near."""

    def __init__(self, kinship: Kinship, policy: Policy) -> None:
        self._kinship = kinship
        self._policy = policy

    def best(
        self, signal: Signal, incidents: Iterable[Open], uncertainty: float = 0.0
    ) -> tuple[Open | None, float]:
        """Return the incident to join, if any is near enough, and the best score."""
        best, score, worth = None, 0.0, self.worth(signal)
        for one in incidents:
            found = self.score(signal, one, worth, uncertainty)
            if found > score:
                best, score = one, found
        return (best, score) if score >= self._policy.join else (None, score)

    def worth(self, signal: Signal) -> dict[int, float]:
        """Return what is known of the signal's ties to each locus."""
        return self._kinship.row(self._kinship.locus(signal.kind))

    def score(
        self, signal: Signal, one: Open, worth: dict[int, float], uncertainty: float
    ) -> float:
        """Average the three best scores of a signal against an incident; 0 when none is kin."""
        scores = self._each(signal, one, worth, uncertainty)
        scores.sort(reverse=True)
        nearest = scores[: self._policy.nearest]
        if nearest and nearest[-1] <= 0:
            nearest = [score for score in nearest if score > 0]
        if nearest:
            return sum(nearest) / len(nearest)
        # In a star the centre may be kin of all and yet no longer among the recent members.
        centre = self._scores(signal, one, one.latest.values(), uncertainty)
        nearest = sorted((found[0] for found in centre), reverse=True)[: self._policy.nearest]
        return sum(nearest) / len(nearest) if nearest else 0.0

    def _each(
        self, signal: Signal, one: Open, worth: dict[int, float], uncertainty: float
    ) -> list[float]:
        """Score a signal against each recent member; what is below nought is no kin."""
        kind, policy = signal.kind, self._policy
        name, half = kind.name, policy.label_weight / 2
        if uncertainty or not name or not one.named:
            return [found[0] for found in self._scores(signal, one, one.recent, uncertainty)]
        # The usual case, and the one that counts in a storm: nothing is missing, so that T, G and
        # L are one sum. The long way gives the same numbers.
        weight, since = policy.time_weight, (one.origin - signal.onset) / policy.tau
        fade = exp(since) if -_STEEP < since < _STEEP else _grown(since, 1.0)
        host = kind.host if ("host", kind.host) in one.keys else None
        on_host = policy.graph_weight * SAME_HOST
        try:
            if host is not None:
                return [
                    weight * (time if (time := grown * fade) <= 1.0 else 1.0 / time)
                    + (
                        on_host
                        if at == host and FORBIDDEN < worth[other] < on_host
                        else worth[other]
                    )
                    + (half if member == name else 0.0)
                    for grown, other, member, at in one.recent
                ]
            if signal.onset >= one.last:
                fade *= weight
                return [
                    grown * fade + worth[other] + (half if member == name else 0.0)
                    for grown, other, member, _ in one.recent
                ]
            return [
                weight * (time if (time := grown * fade) <= 1.0 else 1.0 / time)
                + worth[other]
                + (half if member == name else 0.0)
                for grown, other, member, _ in one.recent
            ]
        except KeyError:
            self._kinship.met(self._kinship.locus(kind), one.latest)
            return self._each(signal, one, worth, uncertainty)

    def _scores(
        self,
        signal: Signal,
        one: Open,
        members: Iterable[Member],
        uncertainty: float,
    ) -> Iterator[tuple[float, Member]]:
        """Yield the score of each member that is kin, whatever is missing, and the member."""
        policy, (_, onset, kind, _) = self._policy, signal
        half, on_host = policy.label_weight / 2, policy.graph_weight * SAME_HOST
        worth = self._kinship.met(self._kinship.locus(kind), one.latest)
        for member in members:
            grown, locus, name, host = member
            tied = worth[locus]
            if host is not None and host == kind.host and tied > FORBIDDEN:
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
        self, signal: Signal, one: Open, score: float, uncertainty: float = 0.0
    ) -> Placement:
        """Say that an incident is joined, and why."""
        policy = self._policy
        apart, time, kin = self._nearest(signal, one, uncertainty)
        components = {"T": time, "G": kin.graph}
        if kin.label is not None:
            components["L"] = kin.label
        weak = score < policy.join + policy.near
        reasons = [
            Reason("group_near", {"seconds": round(apart), "T": round(time, 2)}),
            kin.reason,
        ]
        if weak:
            reasons.append(Reason("group_weak", {"score": round(score, 2), "needed": policy.join}))
        if uncertainty:
            reasons.append(Reason("group_onset_uncertain", {"seconds": round(uncertainty)}))
        suggested = weak or uncertainty > 0
        return Placement(one.number, score, components, suggested, tuple(reasons))

    def _nearest(self, signal: Signal, one: Open, uncertainty: float) -> tuple[float, float, Kin]:
        """Find the member that speaks loudest: seconds apart, T, and what binds them."""
        each = self._each(signal, one, self.worth(signal), uncertainty)
        if len(each) == len(one.recent) and (loudest := max(each)) > 0:
            found = one.recent[each.index(loudest)]
        else:
            members = (*one.recent, *one.latest.values())
            _, found = max(self._scores(signal, one, members, uncertainty), key=lambda by: by[0])
        grown, locus, name, host = found
        at = one.origin + self._policy.tau * log(grown)
        apart = max(signal.onset - at, at - signal.onset - uncertainty, 0.0)
        kin = self._kinship.bond(signal.kind, locus, name, host)
        return apart, exp(-apart / self._policy.tau), kin
