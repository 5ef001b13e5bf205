"""SLO documents beside `milepost.yaml`, and who answers their queries."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.app.settings import Configuration, Configured
from hub.contract import Connection, Measurer, Wire
from hub.errors import Misconfigured
from hub.mapping.problems import guess
from hub.objectives import Declared, load
from hub.wire import open_wire

SLO: Final = "slo"
"""The kind of these documents."""
_LANGUAGES: Final = frozenset({"prometheus"})
"""What a `type` may say in the place of a connector's id."""


def measurers(connectors: Iterable[Configured]) -> dict[str, tuple[Measurer, Wire]]:
    """Make what answers queries, each with a wire of its own.

    A slow query holds up the threads of its wire, and the polling of alerts must not wait for it.
    """
    found: dict[str, tuple[Measurer, Wire]] = {}
    for one in connectors:
        if one.connector.measurer is None or not isinstance(one.settings, Connection):
            continue
        wire = open_wire(one.id, one.settings)
        measurer = one.connector.measurer(one.settings, wire)
        if measurer is not None:
            found[one.id] = (measurer, wire)
    return found


@dataclass(frozen=True, slots=True)
class Folder:
    """The SLO documents of a folder: (file, text, objectives) of each sound one, and the faults."""

    files: tuple[tuple[Path, str, tuple[Declared, ...]], ...]
    problems: tuple[str, ...]

    @property
    def documents(self) -> list[tuple[str, str, str]]:
        """The documents as they are offered to the store: (kind, name, text)."""
        return [(SLO, path.stem, text) for path, text, _ in self.files]


def own_slos(configuration: Configuration) -> Folder:
    """Read the SLO documents beside the settings."""
    folder = configuration.slos_folder
    found: list[tuple[Path, str, tuple[Declared, ...]]] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        try:
            text = path.read_text("utf-8")
            found.append((path, text, load(text, name=str(path))))
        except Misconfigured as error:
            problems.extend(error.problems)
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path}:1: document: cannot be read ({error}); save it as UTF-8 text")
    return Folder(tuple(found), (*problems, *_twice(found)))


def _twice(found: Iterable[tuple[Path, str, Sequence[Declared]]]) -> Iterator[str]:
    told: dict[str, Path] = {}
    for path, _, declared in found:
        for one in declared:
            if one.name in told:
                what = f"stands in {told[one.name].name} already; rename one of the two"
                yield f"{path}:{one.line}: {one.name}: {what}"
            told[one.name] = path


def asked_of(declared: Declared, known: Collection[str]) -> Sequence[str]:
    """Return which connectors may be meant by an SLO: one, where it is plain."""
    sources = {declared.indicator.part.source, declared.indicator.total.source}
    named = {one for one in sources if one is not None and one.casefold() not in _LANGUAGES}
    return tuple(named) if named else tuple(known)


def loose_slos(
    folder: Folder, known: Collection[str], services: Collection[str] | None
) -> Iterator[str]:
    """Say which names of the SLO documents lead nowhere: services, connectors.

    Shape: `services` None: the catalogue has faults, and nobody knows what it describes.
    """
    for path, _, declared in folder.files:
        for one in declared:
            place = f"{path}:{one.line}: {one.name}"
            if services is not None and one.service not in services:
                what = f"{one.service!r} is not in the service catalogue"
                remedy = guess(one.service, services) if services else "describe it there"
                yield f"{place}.spec.service: {what}; {remedy}"
            meant = asked_of(one, known)
            if len(meant) > 1:
                what = f"{len(meant)} connectors may be meant"
                yield f"{place}: {what}; name one with metricSourceRef in each metricSource"
            elif not meant or meant[0] not in known:
                what = f"{meant[0]!r} is" if meant else "there is"
                what += " no connector that answers queries"
                remedy = guess(meant[0], known) if known else "set prometheus_url at a connector"
                yield f"{place}.metricSourceRef: {what}; {remedy}"
