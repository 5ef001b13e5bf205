"""A survey held against the catalogue: what nobody owns, and what rests on what. Pure.

The catalogue stays the master. What a tool says of dependencies is evidence: a person reads it and
writes it down, or does not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.contract.surveying import Agreed, Host, Part, Survey, Tags, Window
from hub.linking.catalogue import Index
from hub.model.ops import Service

SERVICE_TAGS = ("service", "service.name", "service_name", "application", "app")
"""Tags that name a service, as in the mapping documents that we ship."""


class Standing(StrEnum):
    """What the catalogue says of a dependency that a tool has."""

    KNOWN = "known"
    INDIRECT = "indirect"
    OPPOSITE = "opposite"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Claim:
    """A tool has it that a service rests on another one.

    Shape: `why` are the tool's own names from the one down to the other. `any_of` names the node of
           the tool of which one child is enough.
    """

    service: str
    needs: str
    standing: Standing
    why: tuple[str, ...]
    any_of: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a tool has as agreed for a service. Units: ratios; `reached` None: no data."""

    service: str
    name: str
    target: float
    reached: float | None


@dataclass(frozen=True, slots=True)
class Touched:
    """A maintenance, and the services that it touches."""

    window: Window
    services: tuple[str, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What came out. Shape: `lost` are parts of the tool that are no service of the catalogue."""

    bound: int
    unbound: tuple[Host, ...]
    groups: tuple[tuple[str, int], ...]
    claims: tuple[Claim, ...]
    lost: tuple[str, ...]
    promises: tuple[Promise, ...]
    windows: tuple[Touched, ...]


def compared(survey: Survey, services: Mapping[str, Service]) -> Findings:
    """Hold a survey against the catalogue.

    Shape: a host is bound when by its name, a group or a tag some service is found, as for alerts.
           `groups` are those of unbound hosts, the largest first.
    """
    index = Index(services.values())
    owners = {host.key: tuple(_owners(host, index)) for host in survey.hosts}
    unbound = tuple(host for host in survey.hosts if not owners[host.key])
    groups = Counter(group for host in unbound for group in host.groups)
    of = {part.key: _meant(part, index) for part in survey.parts}
    return Findings(
        bound=len(survey.hosts) - len(unbound),
        unbound=unbound,
        groups=tuple(sorted(groups.items(), key=lambda one: (-one[1], one[0]))),
        claims=tuple(_claims(survey.parts, of, services)),
        lost=tuple(part.name for part in survey.parts if not of[part.key]),
        promises=tuple(_promises(survey.agreed, of)),
        windows=tuple(_touched(survey, owners)),
    )


def _owners(host: Host, index: Index) -> Iterator[str]:
    found = [*_tagged(host.tags, index), *index.by_host(host.name), *index.by_host(host.title)]
    found += [ref for group in host.groups for ref in index.by_host_group(group)]
    yield from dict.fromkeys(found)


def _meant(part: Part, index: Index) -> str | None:
    """Find the service that a part of the tool is: by its tags, else by its name; not by guess."""
    found = dict.fromkeys(_tagged(part.tags, index))
    if not found:
        found = dict.fromkeys((*index.by_ref_or_alias(part.name), *index.by_name(part.name)))
    return next(iter(found)) if len(found) == 1 else None


def _tagged(tags: Tags, index: Index) -> Iterator[str]:
    for name in SERVICE_TAGS:
        for value in tags.get(name, ()):
            yield from index.by_ref_or_alias(value)
    for ref, _ in index.label_rules({name: values[0] for name, values in tags.items()}):
        yield ref


def _claims(
    parts: Iterable[Part], of: Mapping[str, str | None], services: Mapping[str, Service]
) -> Iterator[Claim]:
    known = {part.key: part for part in parts}
    reach = _Reach(services)
    seen = set[tuple[str, str]]()
    for part in known.values():
        service = of[part.key]
        if service is None:
            continue
        for needed, why, any_of in _below(part, known, of):
            if needed != service and (service, needed) not in seen:
                seen.add((service, needed))
                yield Claim(service, needed, reach.standing(service, needed), why, any_of)


def _below(
    part: Part, known: Mapping[str, Part], of: Mapping[str, str | None]
) -> Iterator[tuple[str, tuple[str, ...], str | None]]:
    """Yield the services right below a part; what is no service of ours is looked through."""
    passed = {part.key}
    left: list[tuple[Part, tuple[str, ...], str | None]] = [(part, (part.name,), None)]
    while left:
        above, why, any_of = left.pop()
        for need in above.needs:
            below = known.get(need.key)
            if below is None or below.key in passed:
                continue
            passed.add(below.key)
            names, one_of = (*why, below.name), above.name if need.any_of else any_of
            ref = of[below.key]
            if ref is None:
                left.append((below, names, one_of))
            else:
                yield ref, names, one_of


class _Reach:
    """Which services are reached from which by the dependencies of the catalogue."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._needs = {
            ref: {needed.service for needed in one.depends_on} for ref, one in services.items()
        }
        self._all: dict[str, set[str]] = {}

    def standing(self, service: str, needed: str) -> Standing:
        if needed in self._needs.get(service, ()):
            return Standing.KNOWN
        if service in self._reached(needed):
            return Standing.OPPOSITE
        return Standing.INDIRECT if needed in self._reached(service) else Standing.NEW

    def _reached(self, service: str) -> set[str]:
        if service not in self._all:
            found, left = set[str](), [service]
            while left:
                new = self._needs.get(left.pop(), set()) - found
                found |= new
                left += new
            self._all[service] = found
        return self._all[service]


def _promises(agreed: Iterable[Agreed], of: Mapping[str, str | None]) -> Iterator[Promise]:
    for one in agreed:
        for part in one.parts:
            if (service := of.get(part)) is not None:
                yield Promise(service, one.name, one.target, one.reached.get(part))


def _touched(survey: Survey, owners: Mapping[str, tuple[str, ...]]) -> Iterator[Touched]:
    names = {host.key: host.name for host in survey.hosts}
    for window in sorted(survey.windows, key=lambda one: (one.since, one.name)):
        hosts = window.hosts | window.in_force
        services = sorted({ref for key in hosts for ref in owners.get(key, ())})
        yield Touched(window, tuple(services), tuple(sorted(names.get(k, k) for k in hosts)))
