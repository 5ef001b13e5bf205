"""Grouping as ADR 0009 says it, signal by signal and member by member, with nothing remembered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import exp
from typing import NamedTuple

from hub.linking.impact import Topology
from hub.linking.kinship import Kind, Policy
from hub.linking.signals import Signal


class Member(NamedTuple):
    signal: Signal
    onset: float


class Found(NamedTuple):
    """Shape: `scores` are those of the incidents that were to be had, by number."""

    incident: int | None
    score: float
    scores: dict[int, float]
    suggested: bool = False


@dataclass
class Plainly:
    """The incidents and their members, in the order in which they came."""

    topology: Topology
    policy: Policy = field(default_factory=Policy)
    incidents: dict[int, list[Member]] = field(default_factory=dict)
    of_alert: dict[str, int] = field(default_factory=dict)

    def place(self, signal: Signal) -> Found:
        own = self.of_alert.get(signal.alert)
        if own is not None and self._takes(own, signal.onset, signal.onset):
            return Found(own, 1.0, {own: 1.0})
        found = self._best(signal, 0.0)
        if found.incident is None and signal.uncertainty > 0:
            wider = self._best(signal, signal.uncertainty)
            if wider.incident is not None:
                return wider
        return found

    def add(self, incident: int, signal: Signal) -> None:
        members, onset = self.incidents.setdefault(incident, []), signal.onset
        if members and not self._takes(incident, onset, onset):
            first, _ = self._span(incident)
            onset = min(onset + signal.uncertainty, max(onset, first))
        members.append(Member(signal, onset))
        self.of_alert[signal.alert] = incident

    def _best(self, signal: Signal, uncertainty: float) -> Found:
        latest = signal.onset + uncertainty
        scores = {
            number: self._score(signal, number, uncertainty)
            for number in self.incidents
            if self._takes(number, signal.onset, latest)
        }
        number = max(scores, key=scores.__getitem__, default=None)
        if number is None or scores[number] < self.policy.join:
            return Found(None, max(scores.values(), default=0.0), scores)
        score = scores[number]
        weak = score < self.policy.join + self.policy.near
        return Found(number, score, scores, weak or uncertainty > 0)

    def _takes(self, number: int, earliest: float, latest: float) -> bool:
        """Tell whether an incident bears the silence to an onset somewhere in between."""
        first, last = self._span(number)
        silence = max(earliest - last, first - latest, 0.0)
        bears = self.policy.quiet * (1 - (last - first) / self.policy.cap)
        spans = last - first + silence
        fits = spans <= self.policy.cap or latest > earliest
        return silence == 0 or (silence <= bears and fits)

    def _span(self, number: int) -> tuple[float, float]:
        onsets = [member.onset for member in self.incidents[number]]
        return min(onsets), max(onsets)

    def _score(self, signal: Signal, number: int, uncertainty: float) -> float:
        members = self.incidents[number]
        latest = {member.signal.kind._replace(host=None, name=""): member for member in members}
        for some in (members[-self.policy.recent :], latest.values()):
            nearest = sorted(self._scores(signal, some, uncertainty))[-self.policy.nearest :]
            if nearest:
                return sum(nearest) / len(nearest)
        return 0.0

    def _scores(
        self, signal: Signal, members: Iterable[Member], uncertainty: float
    ) -> Iterator[float]:
        policy, kind = self.policy, signal.kind
        for member, onset in members:
            graph = self.graph(kind, member.kind)
            if graph == 0:
                continue
            apart = max(signal.onset - onset, onset - signal.onset - uncertainty, 0.0)
            score = policy.time_weight * exp(-apart / policy.tau) + policy.graph_weight * graph
            if kind.name and member.kind.name:
                same = (graph == 1) + (kind.name == member.kind.name)
                yield score + policy.label_weight / 2 * same
            else:
                yield score / (policy.time_weight + policy.graph_weight)

    def graph(self, one: Kind, other: Kind) -> float:
        if one.environment and other.environment and one.environment != other.environment:
            return 0.0
        host = 0.8 if one.host and one.host == other.host else 0.0
        if one.service is None and other.service is None:
            return 1.0 if one.hint and one.hint == other.hint else host
        if one.service is None or other.service is None:
            return host
        if one.service == other.service:
            return 1.0
        steps = (self._steps(one.service, other.service), self._steps(other.service, one.service))
        system = 0.4 if self._one_system(one, other) else 0.0
        return max(host, system, *(0.6**n for n in steps if n is not None))

    def _one_system(self, one: Kind, other: Kind) -> bool:
        if one.system and other.system:
            return one.system == other.system
        above = [self.topology.dependents(str(kind.service)) for kind in (one, other)]
        return bool(set(above[0]) & set(above[1]))

    def _steps(self, of: str, on: str) -> int | None:
        reached = {of}
        for n in range(1, 4):
            reached = {needed for one in reached for needed in self.topology.needs(one)}
            if on in reached:
                return n
        return None
