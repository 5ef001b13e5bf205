"""Which service an alert is of, how sure that is, and by what evidence. Pure.

Letter case: refs, aliases, names, hosts and host groups compare case-folded (host names and the
habits of people know no case); a label rule of an admin compares exactly, as Prometheus does.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from types import MappingProxyType
from typing import Final

from hub.errors import Misconfigured
from hub.linking.catalogue import Index, canonical, problems
from hub.linking.confidence import STRENGTH, confidence, shown_as
from hub.model.links import Evidence, Reason
from hub.model.ops import Service
from hub.model.words import LinkState

SERVICE_LABELS: Final = (
    "service",
    "service.name",
    "service_name",
    "app.kubernetes.io/name",
    "app_kubernetes_io_name",
)
"""Labels that name a service by convention: OpenTelemetry, Kubernetes, and as Prometheus spells."""

Rejected = AbstractSet[tuple[str, str]]
"""Tombstones: (rule of an evidence, service ref) that a person rejected."""

_CACHED: Final = 16_384  # arbitrary: some 10 MB at most, more than the label sets of a large site
_EQUAL: Final = 1e-9
_MOST_SETS: Final = 64  # arbitrary: no site tags a host with as many services
_NO_VALUE: Final[tuple[str | None, ...]] = (None,)
NO_TAGS: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that some evidence speaks for."""

    service: str
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which service an alert is of.

    Shape: `service` is None when nothing speaks for one, when two are equally likely (`ambiguous`
           names them), or when the best stays hidden; `state` is then None too. `candidates` holds
           them all, best first.
    """

    service: str | None
    confidence: float
    state: LinkState | None
    evidence: tuple[Evidence, ...]
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...] = ()
    ambiguous: tuple[str, ...] = ()


class Catalogue:
    """The services, indexed by all that an alert may be known by."""

    def __init__(
        self,
        services: Iterable[Service],
        rejected: Rejected = frozenset(),
        confirmed: Rejected = frozenset(),
    ) -> None:
        self.services: Mapping[str, Service] = {service.ref: service for service in services}
        self._index = Index(self.services.values())
        self._rejected = rejected
        self._confirmed = confirmed
        named = {name for service in self.services.values() for name in service.match.labels}
        self._names = tuple(dict.fromkeys((*SERVICE_LABELS, *sorted(named))))
        self._cached = lru_cache(_CACHED)(self._resolve)
        self._runs_services = lru_cache(_CACHED)(lambda host: bool(self._index.by_host(host)))

    @classmethod
    def build(
        cls,
        services: Iterable[Service],
        *,
        rejected: Rejected = frozenset(),
        confirmed: Rejected = frozenset(),
    ) -> "Catalogue":
        """Check and index a catalogue.

        Shape: `rejected` and `confirmed` hold pairs of (an evidence's `rule`, service ref).
        Raises: Misconfigured, with every problem at once.
        """
        given = tuple(services)
        if found := problems(given):
            message = f"the service catalogue has {len(found)} problem(s): " + "; ".join(found)
            raise Misconfigured(message, problems=found)
        return cls(canonical(given), rejected, confirmed)

    def find(self, name: str) -> str | None:
        """Return the ref of the one service that has this ref or alias."""
        found = self._index.by_ref_or_alias(name)
        return found[0] if len(found) == 1 else None

    def resolve(
        self,
        labels: Mapping[str, str],
        *,
        hint: str | None = None,
        host: str | None = None,
        host_groups: tuple[str, ...] = (),
        environment: str | None = None,
        tags: Mapping[str, Sequence[str]] = NO_TAGS,
    ) -> Resolution:
        """Find the service of an alert.

        Shape: `hint` is what the mapping document put into `service`. A tag may have many values;
               each of them speaks as a label does.
        """
        if tags and (sets := self._label_sets(labels, tags)):
            return self._cached(hint, sets[0], host, host_groups, environment, sets[1:])
        values = tuple(map(labels.get, self._names))
        if host is not None and not self._index.by_host(host):
            # A host that says nothing shall not make each alert a case of its own.
            found = self._cached(hint, values, None, host_groups, environment)
            if found.candidates:
                return found
        # Most hosts are in no rule; without them a storm of new hosts finds its answers made.
        ruled = host if host is not None and self._runs_services(host) else None
        found = self._cached(hint, values, ruled, host_groups, environment)
        if ruled is host or found.candidates:
            return found
        return self._cached(hint, values, host, host_groups, environment)  # its reason names it

    def _label_sets(
        self, labels: Mapping[str, str], tags: Mapping[str, Sequence[str]]
    ) -> tuple[tuple[str | None, ...], ...]:
        """Return the values of the names that speak for a service, once for each choice of tags."""
        if not any(tags.get(name) for name in self._names):
            return ()
        choices: list[Sequence[str | None]] = [
            (labels[name],)
            if name in labels
            else tuple(dict.fromkeys(tags.get(name) or ())) or _NO_VALUE
            for name in self._names
        ]
        return tuple(islice(product(*choices), _MOST_SETS))

    def _resolve(
        self,
        hint: str | None,
        values: tuple[str | None, ...],
        host: str | None,
        host_groups: tuple[str, ...],
        environment: str | None,
        more: tuple[tuple[str | None, ...], ...] = (),
    ) -> Resolution:
        labels = self._named(values)
        sets = (labels, *map(self._named, more))
        named = [
            piece for one in sets for piece in (*self._by_name(hint, one), *self._by_rule(one))
        ]
        found = [
            *{(ref, piece.rule, piece.kind): (ref, piece) for ref, piece in named}.values(),
            *self._by_host(host),
            *self._by_host_group(host_groups),
        ]
        here = [(ref, piece) for ref, piece in found if self._is_in(ref, environment)]
        here += [
            (ref, _evidence("human_confirmed", "explicit", piece.rule, piece.matched))
            for ref, piece in here
            if (piece.rule, ref) in self._confirmed
        ]
        kept = [(ref, piece) for ref, piece in here if (piece.rule, ref) not in self._rejected]
        dropped = {ref: piece for ref, piece in here if (piece.rule, ref) in self._rejected}
        refused = tuple(
            Reason("service_rejected", {"service": ref, "rule": piece.rule})
            for ref, piece in dropped.items()
        )
        return _decided(_candidates(kept), refused, hint or labels.get("service"), host)

    def _named(self, values: tuple[str | None, ...]) -> dict[str, str]:
        return {n: v for n, v in zip(self._names, values, strict=True) if v is not None}

    def _is_in(self, ref: str, environment: str | None) -> bool:
        own = self.services[ref].environment
        return own is None or environment is None or own.casefold() == environment.casefold()

    def _by_name(
        self, hint: str | None, labels: Mapping[str, str]
    ) -> Iterable[tuple[str, Evidence]]:
        told = {"hint": hint} if hint else {}
        told |= {name: labels[name] for name in SERVICE_LABELS if name in labels}
        for name, value in told.items():
            matched = {name: value}
            for ref in self._index.by_ref_or_alias(value):
                yield ref, _evidence("label_exact", "label", f"{name}={value}", matched)
            for ref in self._index.by_name(value):
                yield ref, _evidence("name_equal", "name", f"{name}~{value}", matched)

    def _by_rule(self, labels: Mapping[str, str]) -> Iterable[tuple[str, Evidence]]:
        for ref, wanted in self._index.label_rules(labels):
            matched = {name: labels[name] for name in wanted}
            rule = ",".join(f"{name}={value}" for name, value in sorted(matched.items()))
            yield ref, _evidence("admin_rule", "explicit", f"match:{rule}", matched)

    def _by_host(self, host: str | None) -> Iterable[tuple[str, Evidence]]:
        if host is not None:
            found = self._index.by_host(host)
            for ref in found:
                matched = {"host": host, "services": str(len(found))}
                yield ref, _evidence("host_runs", "ci", f"host={host}", matched, len(found))

    def _by_host_group(self, groups: tuple[str, ...]) -> Iterable[tuple[str, Evidence]]:
        for group in groups:
            found = self._index.by_host_group(group)
            for ref in found:
                matched = {"host_group": group, "services": str(len(found))}
                rule = f"host_group={group}"
                yield ref, _evidence("host_group_rule", "ci", rule, matched, len(found))


def confirmed(service: str, who: str, spoken: tuple[Evidence, ...] = ()) -> Resolution:
    """Return what a person confirmed of one alert; `spoken` is what else speaks for it."""
    said = _evidence("human_confirmed", "explicit", "person", {"by": who})
    why = Reason("service_by_person", {"service": service, "who": who})
    reasons = (why, *(_reason(service, piece) for piece in spoken))
    return Resolution(service, 1.0, LinkState.CONFIRMED, (said, *spoken), reasons)


def _evidence(
    kind: str, family: str, rule: str, matched: Mapping[str, str], shared_by: int = 1
) -> Evidence:
    return Evidence(kind, family, STRENGTH[kind] / shared_by, f"{kind}:{rule}", matched)


def _candidates(found: Iterable[tuple[str, Evidence]]) -> tuple[Candidate, ...]:
    by_service: dict[str, list[Evidence]] = {}
    for ref, piece in found:
        by_service.setdefault(ref, []).append(piece)
    made = (Candidate(ref, confidence(pieces), tuple(pieces)) for ref, pieces in by_service.items())
    return tuple(sorted(made, key=lambda candidate: (-candidate.confidence, candidate.service)))


def _decided(
    candidates: tuple[Candidate, ...],
    refused: tuple[Reason, ...],
    hint: str | None,
    host: str | None,
) -> Resolution:
    if not candidates:
        unknown = Reason("service_unknown", {"hint": hint, "host": host})
        return Resolution(None, 0.0, None, (), (unknown, *refused))
    best = candidates[0]
    equal = tuple(c.service for c in candidates if c.confidence >= best.confidence - _EQUAL)
    if len(equal) > 1:
        why = Reason("service_ambiguous", {"n": len(equal), "services": ", ".join(equal)})
        return Resolution(
            None, best.confidence, None, (), (why, *refused), candidates, ambiguous=equal
        )
    state = shown_as(best.confidence)
    reasons = tuple(_reason(best.service, piece) for piece in best.evidence)
    if state is None:
        weak = Reason("service_weak", {"service": best.service, "confidence": best.confidence})
        reasons = (weak, *reasons)
    return Resolution(
        None if state is None else best.service,
        best.confidence,
        state,
        best.evidence,
        (*reasons, *refused),
        candidates,
    )


def _reason(service: str, piece: Evidence) -> Reason:
    matched = ", ".join(f"{k}={v}" for k, v in piece.matched.items() if k != "services")
    values: dict[str, str | int | float | None] = {
        "service": service,
        "matched": matched,
        "strength": round(piece.strength, 3),
    }
    return Reason(f"service_by_{piece.kind}", values)
