"""From a page of a tracker to mapped records: what ingest and replay both do first. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from hub.contract import Page, Record
from hub.errors import Unmappable
from hub.mapping import Document, apply
from hub.model.words import TaskKind

BOARD: Final = ("task", "milestone")


class Mapped(NamedTuple):
    """A record and what its document made of it. Shape: `n` is its place on the page."""

    n: int
    record: Record
    values: dict[str, object]


class Unfit(NamedTuple):
    """A record that did not fit. Shape: `path` is the failing one."""

    n: int
    record: Record
    path: str
    message: str


@dataclass(slots=True)
class Taken:
    """A page after mapping, by target.

    Shape: `left` are records that their document does not take.
    """

    projects: list[Mapped]
    tasks: list[Mapped]
    dependencies: list[Mapped]
    resources: list[Mapped]
    left: list[tuple[Record, str]]
    unfit: list[Unfit]

    def milestone_keys(self) -> set[str]:
        """Return the keys of what is a milestone on this page."""
        milestone = TaskKind.MILESTONE
        return {one.record.key for one in self.tasks if one.values["kind"] is milestone}


def take(page: Page, type_: str, documents: Mapping[str, Document], only: int | None) -> Taken:
    """Map every record of a page; with `only`, the one at that place."""
    taken = Taken([], [], [], [], [], [])
    by_target = {
        "project": taken.projects,
        "task": taken.tasks,
        "dependency": taken.dependencies,
        "resource": taken.resources,
    }
    chosen: Iterable[tuple[int, Record]] = enumerate(page.records)
    if only is not None:
        chosen = [(only, page.records[only])]
    for n, record in chosen:
        document = documents.get(record.kind)
        if document is None:
            missing = f"there is no mapping document {type_}/{record.kind}"
            taken.unfit.append(Unfit(n, record, "$", missing))
            continue
        if document.when and not document.takes(record.body):
            taken.left.append((record, document.to))
            continue
        try:
            values = apply(document, record).values
        except Unmappable as error:
            taken.unfit.append(Unfit(n, record, error.path, str(error)))
            continue
        target = by_target.get(document.to)
        if target is None:
            wrong = f"{type_}/{record.kind} maps to {document.to}, which a tracker has not"
            taken.unfit.append(Unfit(n, record, "$", wrong))
            continue
        target.append(Mapped(n, record, values))
    return taken
