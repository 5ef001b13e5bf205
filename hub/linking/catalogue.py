"""The catalogue's indexes, and what may be wrong with a catalogue. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import translate

from hub.model.ops import Service, ServiceDependency

_WILD = re.compile(r"[*?\[]")


class Globs:
    """Case-folded globs, each owned by services; plain names are looked up, not matched."""

    def __init__(self, owned: Iterable[tuple[str, str]]) -> None:
        self._plain: dict[str, list[str]] = {}
        self._wild: list[tuple[re.Pattern[str], str]] = []
        for glob, owner in owned:
            folded = glob.casefold()
            if _WILD.search(folded):
                self._wild.append((re.compile(translate(folded)), owner))
            else:
                self._plain.setdefault(folded, []).append(owner)

    def owners(self, name: str) -> tuple[str, ...]:
        """List the owners of the globs that match, each once."""
        folded = name.casefold()
        plain = self._plain.get(folded, [])
        wild = [owner for pattern, owner in self._wild if pattern.match(folded)]
        return tuple(dict.fromkeys([*plain, *wild]))


class Index:
    """Finds services by ref, alias, name, label rule, host and host group."""

    def __init__(self, services: Iterable[Service]) -> None:
        known = tuple(services)
        self._names = _by(known, lambda s: (s.ref, *s.aliases))
        self._titles = _by(known, lambda s: (s.name,))
        self._hosts = Globs((glob, s.ref) for s in known for glob in s.match.hosts)
        self._groups = Globs((glob, s.ref) for s in known for glob in s.match.host_groups)
        # By the first label of each rule, so that an alert tries only rules that can match.
        self._rules: dict[tuple[str, str], list[tuple[str, Mapping[str, tuple[str, ...]]]]] = {}
        for service in known:
            for name, values in list(service.match.labels.items())[:1]:
                for value in values:
                    rule = (service.ref, service.match.labels)
                    self._rules.setdefault((name, value), []).append(rule)

    def by_ref_or_alias(self, name: str) -> tuple[str, ...]:
        """List the services with this ref or alias."""
        return self._names.get(_folded(name), ())

    def by_name(self, name: str) -> tuple[str, ...]:
        """List the services with this display name that have no such ref or alias."""
        folded = _folded(name)
        found = self._titles.get(folded, ())
        return tuple(ref for ref in found if ref not in self._names.get(folded, ()))

    def by_host(self, host: str) -> tuple[str, ...]:
        """List the services that run on a host."""
        return self._hosts.owners(host)

    def by_host_group(self, group: str) -> tuple[str, ...]:
        """List the services whose globs match a host group."""
        return self._groups.owners(group)

    def label_rules(
        self, labels: Mapping[str, str]
    ) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """Yield the rules that match: every label of a rule must have one of its values."""
        for pair in labels.items():
            for ref, wanted in self._rules.get(pair, ()):
                if all(labels.get(name) in values for name, values in wanted.items()):
                    yield ref, wanted


def problems(services: tuple[Service, ...]) -> tuple[str, ...]:
    """List all that is wrong with a catalogue, each with its place and remedy."""
    return (*_doubles(services), *(p for service in services for p in _own(service, services)))


def canonical(services: tuple[Service, ...]) -> Iterator[Service]:
    """Rewrite dependencies to refs where an alias was used."""
    refs = {_folded(name): s.ref for s in services for name in (*s.aliases, s.ref)}
    for service in services:
        needs = (replace(d, service=refs[_folded(d.service)]) for d in service.depends_on)
        yield replace(service, depends_on=tuple(needs))


def _by(
    services: tuple[Service, ...], names: Callable[[Service], tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for service in services:
        for name in names(service):
            key = _folded(name)
            index[key] = tuple(dict.fromkeys((*index.get(key, ()), service.ref)))
    return index


def _folded(name: str) -> str:
    return name.strip().casefold()


def _doubles(services: tuple[Service, ...]) -> Iterator[str]:
    for ref, n in Counter(service.ref for service in services).items():
        if n > 1:
            yield f"service '{ref}': the ref is used {n} times; give each service its own"
    for name, refs in _by(services, lambda s: (s.ref, *s.aliases)).items():
        owners = [service for service in services if service.ref in refs]
        places = {(s.environment or "").casefold() for s in owners}
        told_apart = "" not in places and len(places) == len(owners)
        if len(refs) > 1 and not told_apart:
            yield (
                f"services {', '.join(repr(ref) for ref in refs)}: '{name}' is a ref or alias of"
                " each; keep it at one, or give each another environment"
            )


def _own(service: Service, services: tuple[Service, ...]) -> Iterator[str]:
    place = f"service '{service.ref}'"
    if not service.ref.strip():
        yield f"service named '{service.name}': the ref is empty; give it one"
    if service.tier not in range(1, 5):
        yield f"{place}: tier is {service.tier}; it must be 1 (most important) to 4"
    known = {_folded(name): s.ref for s in services for name in (*s.aliases, s.ref)}
    seen = Counter[str]()
    for needed in service.depends_on:
        target = known.get(_folded(needed.service))
        seen[target or ""] += target is not None
        if target is None:
            near = get_close_matches(_folded(needed.service), known, n=1)
            hint = f" (is '{near[0]}' meant?)" if near else ""
            yield (
                f"{place}: depends_on names '{needed.service}', which is not in the"
                f" catalogue{hint}; add that service or mend the name"
            )
        elif target == service.ref:
            yield f"{place}: depends_on names the service itself; remove that entry"
        elif seen[target] == 2:  # noqa: PLR2004 - told once, at the second entry
            yield f"{place}: depends_on names '{target}' more than once; keep one entry"
        yield from _redundancy(place, needed, service)


def _redundancy(place: str, needed: ServiceDependency, service: Service) -> Iterator[str]:
    if needed.needed is None:
        return
    members = sum(d.group == needed.group for d in service.depends_on)
    if needed.group is None:
        yield f"{place}: '{needed.service}' has needed without group; name the group"
    elif not 1 <= needed.needed <= members:
        yield (
            f"{place}: '{needed.service}' needs {needed.needed} of group '{needed.group}', which"
            f" has {members} member(s); it must be 1 to {members}"
        )
