"""Grouping by onset: which alerts are one fault. Pure: time comes with the signals.

Topology is a gate and the nearest few members decide (domain 3.3; ADR 0009 has the constants).
`Window` holds the incidents that may still be joined; the store is the truth and fills it again
after a start with `load`.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import nlargest
from math import inf
from typing import Final, TypeVar

from hub.linking.impact import Topology
from hub.linking.kinship import Kind, Kinship, Policy, Row
from hub.linking.nearness import Nearness, Open
from hub.linking.signals import Move, Placement, Regrouping, Signal
from hub.model.links import Reason

Key = TypeVar("Key")
Found = tuple[str, str, str]
"""What an incident is found by: which property, its value, the environment ("": none known)."""
Values = dict[str, str | int | float | None]

_LOOKED_AT: Final = 32
"""Of more candidates than that only the most recently active are scored: arbitrary."""


class Window:
    """The incidents that may be joined, indexed by what their members are known by."""

    def __init__(self, topology: Topology, policy: Policy = Policy()) -> None:  # noqa: B008 - frozen
        self.policy = policy
        self._topology = topology
        self._kinship = Kinship(topology, policy)
        self._nearness = Nearness(self._kinship, policy)
        self._incidents: dict[int, Open] = {}
        self._live: dict[tuple[str, str], dict[str, dict[int, Open]]] = {}
        self._on_host: dict[str, dict[int, Open]] = {}
        self._of_locus: dict[int, dict[int, Open]] = {}
        self._of_alert: dict[str, int] = {}
        self._newest: dict[str, float] = {}
        self._disturbed: dict[str, float] = {}

    def place(self, signal: Signal) -> Placement:
        """Find the incident that a signal belongs to; nothing is changed."""
        onset = signal.onset
        own = self._incidents.get(self._of_alert.get(signal.alert, -1))
        if own is not None and self._refused(own, onset) is None:
            again = Reason("group_same_alert", {"incident": own.number})
            return Placement(own.number, 1.0, {}, suggested=False, reasons=(again,))
        row = self._kinship.row(self._kinship.locus(signal.kind))
        candidates = self._candidates(signal.kind, row.locus)
        open_to_it = [one for one in candidates if self._refused(one, onset) is None]
        near = self._nearness.best(signal, row, open_to_it)
        if near.one is not None:
            return self._nearness.joined(signal, row, near.one, near)
        if signal.uncertainty > 0:
            wider = [one for one in candidates if self._may_meet(one, signal)]
            wide = self._nearness.best(signal, row, wider, signal.uncertainty)
            if wide.one is not None:
                return self._nearness.joined(signal, row, wide.one, wide, signal.uncertainty)
        return self._alone(signal, row, candidates, near.score)

    def add(self, incident: int, signal: Signal) -> None:
        """Put a signal into an incident."""
        one = self._incidents.get(incident)
        onset = signal.onset
        if one is None:
            one = Open(incident, onset, onset, onset, deque(maxlen=self.policy.recent))
            self._incidents[incident] = one
        elif self._refused(one, onset) is not None:
            # It joined for what its onset may be: it does not stretch the incident beyond that.
            onset = min(onset + signal.uncertainty, max(onset, one.first))
        locus, host = self._kinship.locus(signal.kind), signal.kind.host
        if locus not in one.latest:
            self._find_by(_keys(signal.kind), one)
        if host and host not in one.hosts:
            self._on_host.setdefault(host, {})[incident] = one
        one.take(signal, onset, locus, self.policy)
        self._of_alert[signal.alert] = incident
        self._watch_order(signal, one)

    def load(self, members: Iterable[tuple[int, Signal]]) -> None:
        """Fill the window from the store; order does not matter."""
        for incident, signal in sorted(members, key=lambda member: member[1].onset):
            self.add(incident, signal)

    def keep(self, incident: int) -> None:
        """Mark an incident as arranged by a person: nothing is moved out of it."""
        if incident in self._incidents:
            self._incidents[incident].kept = True

    def forget(self, before: float) -> None:
        """Drop the incidents whose last onset is before an instant."""
        for incident in [one for one in self._incidents.values() if one.last < before]:
            self._drop(incident)
        self._newest = {key: at for key, at in self._newest.items() if at >= before}
        if self._kinship.crowded:
            self._rebuild_kinship()

    def drop(self, incident: int) -> None:
        """Forget an incident that nothing may join or leave any more."""
        if (one := self._incidents.get(incident)) is not None:
            self._drop(one)

    @property
    def disturbed(self) -> bool:
        """Tell whether an early onset came to light late, so that `regroup` may find better."""
        return bool(self._disturbed)

    @property
    def late(self) -> Mapping[str, float]:
        """Say where, and from when on, onsets came to light late."""
        return dict(self._disturbed)

    def disturb(self, places: Mapping[str, float]) -> None:
        """Hear of late onsets that a window before this one was told of."""
        for place, onset in places.items():
            self._disturbed[place] = min(onset, self._disturbed.get(place, inf))

    def regroup(self, new_number: Callable[[], int]) -> Regrouping:
        """Decide again, in the order of onsets, what late signals may have disturbed.

        Shape: the outcome is that of the same signals in order. Incidents that a person arranged
               stay as they are. `new_number` is called for each incident that has to be made.
        """
        loose = [one for one in self._incidents.values() if self._is_loose(one)]
        signals = [(signal, one.number) for one in loose for signal in one.members]
        for one in loose:
            self._drop(one)
        signals.sort(key=lambda pair: (pair[0].onset, pair[0].alert))
        placed = [(signal, old, self._replayed(signal)) for signal, old in signals]
        names = _named(Counter((new, old) for _, old, new in placed if new < 0), new_number)
        for provisional, number in names.items():
            self._rename(provisional, number)
        self._disturbed.clear()
        settled = ((signal, old, names.get(new, new)) for signal, old, new in placed)
        moves = tuple(Move(*found) for found in settled if found[1] != found[2])
        return Regrouping(moves, _absorbed(moves, self._incidents))

    def _find_by(self, keys: Iterable[Found], one: Open) -> None:
        for key in keys:
            if key not in one.keys:
                one.keys.add(key)
                what, name, place = key
                there = self._live.setdefault((what, name), {})
                there.setdefault(place, {})[one.number] = one
                self._of_locus.clear()

    def _replayed(self, signal: Signal) -> int:
        number = self.place(signal).incident
        if number is None:
            number = min(-2, min(self._incidents, default=0) - 1)  # -1 is "no such alert"
        self.add(number, signal)
        return number

    def _is_loose(self, one: Open) -> bool:
        """Tell whether what was disturbed may have shaped an incident."""
        if one.kept:
            return False
        since = min((at for key, at in self._disturbed.items() if key in one.places), default=inf)
        return one.first >= since - self.policy.cap

    def _watch_order(self, signal: Signal, one: Open) -> None:
        place = _place(signal.kind)
        one.places.add(place)
        newest = self._newest.get(place, -inf)
        if signal.onset < newest - self.policy.jitter:
            self.disturb({place: signal.onset})
        elif signal.onset > newest:
            self._newest[place] = signal.onset

    def _drop(self, one: Open) -> None:
        del self._incidents[one.number]
        self._of_locus.clear()
        for what, name, place in one.keys:
            _take_out(self._live[what, name], place, one.number)
            if not self._live[what, name]:
                del self._live[what, name]
        for host in one.hosts:
            _take_out(self._on_host, host, one.number)
        for signal in one.members:
            if self._of_alert.get(signal.alert) == one.number:
                del self._of_alert[signal.alert]

    def _rename(self, old: int, new: int) -> None:
        one = self._incidents.pop(old)
        one.number = new
        self._incidents[new] = one
        self._of_locus.clear()
        for what, name, place in one.keys:
            there = self._live[what, name][place]
            del there[old]
            there[new] = one
        for host in one.hosts:
            del self._on_host[host][old]
            self._on_host[host][new] = one
        for signal in one.members:
            self._of_alert[signal.alert] = new

    def _rebuild_kinship(self) -> None:
        """Leave the loci behind that no live incident has; raw labels may be many over time."""
        old, new = self._kinship, Kinship(self._topology, self.policy)
        for one in self._incidents.values():
            one.relocate(old, new)
        self._nearness = Nearness(new, self.policy)
        self._kinship = new
        self._of_locus.clear()

    def _candidates(self, kind: Kind, locus: int) -> Collection[Open]:
        """Collect the incidents that some member of may be kin, the most recent few if many."""
        found = self._of_locus.get(locus)
        if found is None:
            found = self._of_locus[locus] = self._found(kind)
        on_host = self._on_host.get(kind.host) if kind.host else None
        if on_host and not on_host.keys() <= found.keys():
            found = found | on_host
        if len(found) > _LOOKED_AT:
            return nlargest(_LOOKED_AT, found.values(), key=lambda one: one.last)
        return found.values()

    def _found(self, kind: Kind) -> dict[int, Open]:
        named = [(what, name) for what, name, _ in _keys(kind)]
        if kind.service is not None:
            named += [("service", service) for service in self._kinship.reach(kind.service)]
        found = dict[int, Open]()
        for key in named:
            there = self._live.get(key, {})
            # Those of other environments are no kin: many would crowd out the one that is.
            for place in ("", kind.environment) if kind.environment else there:
                found |= there.get(place, {})
        return found

    def _refused(self, one: Open, onset: float) -> str | None:
        """Say why an incident does not take in an onset, or None.

        The silence that an incident bears shrinks with its age, from `quiet` to nothing at the
        cap: a young one waits for stragglers, in an old one a new burst is a new fault.
        """
        policy = self.policy
        if onset > one.last:
            silence = onset - one.last
        elif onset < one.first:
            silence = one.first - onset
        else:
            return None
        span = one.last - one.first
        if span + silence > policy.cap:
            return "group_new_span"
        return None if silence <= self._bears(span) else "group_new_burst"

    def _bears(self, span: float) -> float:
        return self.policy.quiet * (1 - span / self.policy.cap)

    def _may_meet(self, one: Open, signal: Signal) -> bool:
        """Tell whether an uncertain onset may lie where an incident takes it in."""
        early = one.first - (signal.onset + signal.uncertainty)
        late = signal.onset - one.last
        return max(early, late) <= self._bears(one.last - one.first)

    def _alone(
        self, signal: Signal, row: Row, candidates: Iterable[Open], score: float
    ) -> Placement:
        policy = self.policy
        just_before = self._just_before(signal, row, candidates)
        if score > 0:
            told: Values = {"score": round(score, 2), "needed": policy.join}
            reason = Reason("group_new_unlike", told)
        elif just_before is not None:
            silence = signal.onset - just_before.last
            span = just_before.last - just_before.first
            told = {
                "incident": just_before.number,
                "silence_seconds": round(silence),
                "bears_seconds": round(self._bears(span)),
                "age_seconds": round(span),
            }
            reason = Reason(self._refused(just_before, signal.onset) or "group_new_burst", told)
        else:
            reason = Reason("group_new")
        number = None if just_before is None else just_before.number
        return Placement(None, score, {}, suggested=False, reasons=(reason,), possibly_same=number)

    def _just_before(self, signal: Signal, row: Row, candidates: Iterable[Open]) -> Open | None:
        """Find the latest incident of kin that ended within the quiet time before a signal."""
        since = signal.onset - self.policy.quiet
        recent = [one for one in candidates if since <= one.last < signal.onset]
        kin = (one for one in recent if self._nearness.score(signal, row, one) > 0)
        return max(kin, key=lambda one: one.last, default=None)


def _keys(kind: Kind) -> list[Found]:
    """List what an incident with such a member is found by, beside its host."""
    keys, place = list[Found](), kind.environment or ""
    if kind.service is not None:
        keys.append(("service", kind.service, place))
        if kind.system:
            keys.append(("system", kind.system, place))
    elif kind.hint:
        keys.append(("hint", kind.hint, place))
    return keys


def _take_out(index: dict[Key, dict[int, Open]], key: Key, number: int) -> None:
    del index[key][number]
    if not index[key]:
        del index[key]


def _place(kind: Kind) -> str:
    """Name the part of the world within which the order of onsets matters."""
    return kind.system or kind.service or kind.hint or kind.host or ""


def _named(shared: Counter[tuple[int, int]], new_number: Callable[[], int]) -> dict[int, int]:
    """Give provisional incidents the numbers they share most members with, else new ones."""
    names, taken = dict[int, int](), set[int]()
    for (provisional, old), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if provisional not in names and old not in taken:
            names[provisional] = old
            taken.add(old)
    for provisional in sorted({new for new, _ in shared} - names.keys(), reverse=True):
        names[provisional] = new_number()
    return names


def _absorbed(moves: Iterable[Move], left: Mapping[int, object]) -> dict[int, int]:
    shared = Counter((move.source, move.target) for move in moves if move.source not in left)
    ranked = sorted(shared.items(), key=lambda item: (item[1], -item[0][1]))
    return {source: target for (source, target), _ in ranked}
