"""`services.yaml`: every fault of the document at once, each with its line and remedy."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from hub.errors import Misconfigured
from hub.linking import catalogue
from hub.mapping.problems import Problems, guess
from hub.mapping.syntax import Node, parse
from hub.model.ops import Delivery, Metric, Service, ServiceDependency, ServiceMatch
from hub.model.words import DeliveryRole, Hardness, Signal, Unit
from hub.services.catalogue.binding import MilestoneFacts, bind
from hub.services.numbers import whole

_T = TypeVar("_T")

_SERVICE: Final = (
    "ref", "name", "tier", "aliases", "match", "depends_on", "delivers", "system", "owner",
    "runbook_url", "environment", "metrics",
)  # fmt: skip
_MATCH: Final = ("labels", "hosts", "host_groups")
_DEPENDS: Final = ("service", "hardness", "group", "needed")
_DELIVERS: Final = ("project", "milestone", "role")
_METRIC: Final = ("connector", "query", "unit")
_UNITS: Final = {
    Signal.AVAILABILITY: Unit.RATIO,
    Signal.LATENCY: Unit.SECONDS,
    Signal.TRAFFIC: Unit.PER_SECOND,
    Signal.ERRORS: Unit.RATIO,
    Signal.SATURATION: Unit.RATIO,
}
"""The unit of a metric that names none."""
PLACEHOLDER: Final = "$service"
"""What a query says in the place of the service's ref."""


def load(text: str, *, name: str) -> tuple[Service, ...]:
    """Read the catalogue.

    Shape: what only a `depends_on` names is a service of that name; `loose_ends` tells of it.
    Raises: Misconfigured, with all faults of the document, `file:line: place: what; remedy`.
    """
    problems = Problems(name)
    services, root = _read(text, problems)
    services = (*services, *_named_only(services))
    _check(_sound(services), root, problems)
    if problems.found():
        raise Misconfigured(f"{name}: the service catalogue has faults", problems=problems.lines())
    return services


def loose_ends(
    text: str,
    milestones: Iterable[MilestoneFacts],
    *,
    name: str,
    measurers: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Say which names of a catalogue lead nowhere, or to several: services, milestones, connectors.

    Shape: `file:line: place: what; remedy`, from the top of the document to its end. Of a document
           with faults, what can be told in spite of them; the faults themselves are told by `load`.
           `measurers` are the connectors that answer queries; None: nobody knows them.
    """
    problems = Problems(name)
    services, root = _read(text, Problems(name))
    if root is None:
        return ()
    services = _sound(services)
    # What a faulty entry is called is not known, so nobody can say that a service is missing.
    _check((*services, *_named_only(services)) if _nameless(root) else services, root, problems)
    lines = dict(_lines_of_deliveries(root))
    for found in bind(services, milestones)[1]:
        line = lines.get((found.service, found.project, found.milestone), 1)
        problems.add(line, *found.fault())
    for place, node in _metrics(root) if measurers is not None else ():
        if (named := _said(node, "connector")) and named not in (measurers or ()):
            what = f"{named!r} is no connector that answers queries"
            known = guess(named, measurers) if measurers else "set prometheus_url at a connector"
            problems.add(node.line, f"{place}.connector", what, known)
    return problems.lines()


def _read(text: str, problems: Problems) -> tuple[tuple[Service, ...], Node | None]:
    reader = _Reader(problems)
    root = parse(text, problems, least="services: []")
    if root is None:
        return (), None
    top = reader.named(root, "document", ("services", "metrics"))
    common = reader.metrics(top.get("metrics"), "metrics")
    services = (
        reader.service(node, f"services[{n}]", common)
        for n, node in enumerate(reader.listed(top.get("services"), "services"))
    )
    return tuple(service for service in services if service is not None), root


def _sound(services: tuple[Service, ...]) -> tuple[Service, ...]:
    """Leave out the names that are missing: that they are is told where they are read."""
    return tuple(
        replace(
            service,
            depends_on=tuple(needed for needed in service.depends_on if needed.service),
            delivers=tuple(d for d in service.delivers if d.project and d.milestone),
        )
        for service in services
        if service.ref
    )


def _nameless(root: Node) -> bool:
    return any(not _said(node, "ref") for node in _listed(root, "services"))


def _named_only(services: tuple[Service, ...]) -> Iterator[Service]:
    """Yield what others need and no entry describes: half a catalogue is worth having."""
    known = {name.strip().casefold() for s in services for name in (s.ref, *s.aliases)}
    for needed in (needed.service for s in services for needed in s.depends_on):
        if needed.strip() and needed.strip().casefold() not in known:
            known.add(needed.strip().casefold())
            yield Service(ref=needed, name=needed)


class _Reader:
    """Turns nodes into values and notes what does not fit."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def named(self, node: Node, place: str, known: tuple[str, ...]) -> dict[str, Node]:
        """Read named entries; a name that nobody knows is a fault."""
        if not isinstance(node.value, dict):
            self._problems.add(node.line, place, "is not a set of names", f"write {known[0]}: …")
            return {}
        for name, value in node.value.items():
            if name not in known:
                self._problems.add(
                    value.line, f"{place}.{name}", "is not known", guess(name, known)
                )
        return node.value

    def listed(self, node: Node | None, place: str) -> tuple[Node, ...]:
        """Read a list; nothing is an empty one."""
        if node is None or node.value is None:
            return ()
        if not isinstance(node.value, tuple):
            self._problems.add(node.line, place, "is not a list", "write [a, b] or lines with -")
            return ()
        return node.value

    def text(self, node: Node | None, place: str) -> str | None:
        """Read text; nothing is None."""
        if node is None or node.value is None:
            return None
        if not isinstance(node.value, str):
            self._problems.add(node.line, place, "is not text", "write one word or a quoted text")
            return None
        return node.value

    def texts(self, node: Node | None, place: str) -> tuple[str, ...]:
        """Read a list of texts."""
        found = (
            self.text(item, f"{place}[{n}]") for n, item in enumerate(self.listed(node, place))
        )
        return tuple(text for text in found if text is not None)

    def needed(self, names: dict[str, Node], key: str, node: Node, place: str) -> str:
        """Read text that must be there."""
        text = self.text(names.get(key), f"{place}.{key}")
        if not text:
            self._problems.add(node.line, f"{place}.{key}", "is missing", f"add {key}: …")
        return text or ""

    def word(self, node: Node | None, place: str, words: list[str], default: str) -> str:
        """Read one of a closed list of words."""
        text = self.text(node, place)
        if text is None:
            return default
        if text not in words:
            assert node is not None  # noqa: S101 - a text was read from it
            self._problems.add(node.line, place, f"{text!r} is not known", guess(text, words))
            return default
        return text

    def whole(self, node: Node | None, place: str, low: int, high: int) -> int | None:
        """Read a whole number within bounds."""
        text = self.text(node, place)
        if text is None or node is None:
            return None
        number = whole(text)
        if number is None or not low <= number <= high:
            self._problems.add(
                node.line, place, f"{text!r} is not a number from {low} to {high}", "correct it"
            )
            return None
        return number

    def metrics(self, node: Node | None, place: str) -> dict[str, Metric | None]:
        """Read metrics by their signals; an empty one is None."""
        if node is None or node.value is None:
            return {}
        signals = tuple(signal.value for signal in Signal)
        named = self.named(node, place, signals)
        return {
            signal: self._metric(Signal(signal), entry, f"{place}.{signal}")
            for signal, entry in named.items()
            if signal in signals
        }

    def _metric(self, signal: Signal, node: Node, place: str) -> Metric | None:
        if node.value is None:
            return None
        names = self.named(node, place, _METRIC)
        units = [unit.value for unit in Unit]
        return Metric(
            signal=signal,
            connector=self.needed(names, "connector", node, place),
            query=self.needed(names, "query", node, place),
            unit=Unit(self.word(names.get("unit"), f"{place}.unit", units, _UNITS[signal])),
        )

    def service(
        self, node: Node, place: str, common: Mapping[str, Metric | None]
    ) -> Service | None:
        """Read one service; `common` are the metrics of those that say no other."""
        names = self.named(node, place, _SERVICE)
        if not names:
            return None
        ref = self.needed(names, "ref", node, place)
        place = f"services.{ref}" if ref else place
        return Service(
            ref=ref,
            name=self.text(names.get("name"), f"{place}.name") or ref,
            tier=self.whole(names.get("tier"), f"{place}.tier", 1, 4) or 3,
            aliases=self.texts(names.get("aliases"), f"{place}.aliases"),
            match=self._match(names.get("match"), f"{place}.match"),
            depends_on=self._each(names.get("depends_on"), f"{place}.depends_on", self._depends),
            delivers=self._each(names.get("delivers"), f"{place}.delivers", self._delivers),
            system=self.text(names.get("system"), f"{place}.system"),
            owner=self.text(names.get("owner"), f"{place}.owner"),
            runbook_url=self.text(names.get("runbook_url"), f"{place}.runbook_url"),
            environment=self.text(names.get("environment"), f"{place}.environment"),
            metrics=_own_metrics(
                ref, common, self.metrics(names.get("metrics"), f"{place}.metrics")
            ),
        )

    def _each(
        self, node: Node | None, place: str, read: Callable[[Node, str], _T]
    ) -> tuple[_T, ...]:
        return tuple(read(item, f"{place}[{n}]") for n, item in enumerate(self.listed(node, place)))

    def _match(self, node: Node | None, place: str) -> ServiceMatch:
        if node is None:
            return ServiceMatch()
        names = self.named(node, place, _MATCH)
        labels = names.get("labels")
        rules = labels.value if labels is not None and isinstance(labels.value, dict) else {}
        if labels is not None and not isinstance(labels.value, dict):
            self._problems.add(
                labels.line, f"{place}.labels", "is not a set of labels", "write {service: [shop]}"
            )
        return ServiceMatch(
            labels={key: self.texts(rule, f"{place}.labels.{key}") for key, rule in rules.items()},
            hosts=self.texts(names.get("hosts"), f"{place}.hosts"),
            host_groups=self.texts(names.get("host_groups"), f"{place}.host_groups"),
        )

    def _depends(self, node: Node, place: str) -> ServiceDependency:
        names = self.named(node, place, _DEPENDS)
        words = [word.value for word in Hardness]
        hardness = self.word(names.get("hardness"), f"{place}.hardness", words, Hardness.HARD)
        return ServiceDependency(
            service=self.needed(names, "service", node, place),
            hardness=Hardness(hardness),
            group=self.text(names.get("group"), f"{place}.group"),
            needed=self.whole(names.get("needed"), f"{place}.needed", 1, 1000),
        )

    def _delivers(self, node: Node, place: str) -> Delivery:
        names = self.named(node, place, _DELIVERS)
        words = [word.value for word in DeliveryRole]
        role = self.word(names.get("role"), f"{place}.role", words, DeliveryRole.DELIVERS)
        return Delivery(
            project=self.needed(names, "project", node, place),
            milestone=self.needed(names, "milestone", node, place),
            role=DeliveryRole(role),
        )


def _own_metrics(
    ref: str, common: Mapping[str, Metric | None], own: Mapping[str, Metric | None]
) -> tuple[Metric, ...]:
    """Join what holds for all with what a service says, and put its ref into the queries."""
    quoted = ref.replace("\\", "\\\\").replace('"', '\\"')
    chosen = ({**common, **own}.get(signal.value) for signal in Signal)
    return tuple(
        replace(metric, query=metric.query.replace(PLACEHOLDER, quoted).strip())
        for metric in chosen
        if metric is not None
    )


def _check(services: tuple[Service, ...], root: Node | None, problems: Problems) -> None:
    """Check what only the whole catalogue can tell, and say on which line each service stands."""
    lines = {f"'{_said(node, 'ref')}'": node.line for node in _listed(root, "services")}
    for found in catalogue.problems(services):
        # The service that is at fault is named first.
        places = [(found.find(quoted), n) for quoted, n in lines.items() if quoted in found]
        line = min(places)[1] if places else 1
        what, _, remedy = found.rpartition("; ")
        problems.add(line, "services", what, remedy)


def _lines_of_deliveries(root: Node) -> Iterator[tuple[tuple[str, str, str], int]]:
    for service in _listed(root, "services"):
        for entry in _listed(service, "delivers"):
            names = (_said(service, "ref"), _said(entry, "project"), _said(entry, "milestone"))
            yield names, entry.line


def _metrics(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield each metric with its place."""
    holders = [("metrics", root)]
    holders += [(f"services.{_said(s, 'ref')}.metrics", s) for s in _listed(root, "services")]
    for place, holder in holders:
        named = holder.value.get("metrics") if isinstance(holder.value, dict) else None
        for signal, node in named.value.items() if named and isinstance(named.value, dict) else ():
            yield f"{place}.{signal}", node


def _listed(node: Node | None, key: str) -> tuple[Node, ...]:
    if node is None or not isinstance(node.value, dict) or key not in node.value:
        return ()
    inner = node.value[key].value
    return inner if isinstance(inner, tuple) else ()


def _said(node: Node, key: str) -> str:
    plain = node.plain()
    said = plain.get(key) if isinstance(plain, dict) else None
    return "" if said is None else str(said)
