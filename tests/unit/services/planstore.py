"""A plan store that lives in memory: staging, one merge, and what is left behind."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import orjson

from hub.contract import Rejected
from hub.errors import Transient
from hub.services.plans.ports import Known, Merged, ProjectRow, Raw, TooMuchGone
from hub.services.plans.rows import ItemRow


@dataclass
class Kept:
    """One project as merged."""

    row: ProjectRow
    version: int
    items: dict[str, ItemRow]


@dataclass
class MemoryPlans:
    """The port `hub.services.plans.ports.PlanStore`."""

    projects: dict[str, Kept] = field(default_factory=dict)
    staged: dict[int, list[ItemRow]] = field(default_factory=dict)
    parts: dict[int, list[bytes]] = field(default_factory=dict)
    journal: list[tuple[Raw, Sequence[Rejected]]] = field(default_factory=list)
    begun: int = 0
    fails_at: str = ""

    def _may(self, step: str) -> None:
        if step == self.fails_at:
            raise Transient("the store is away")

    async def begin(self) -> int:
        self._may("begin")
        self.begun += 1
        self.staged[self.begun], self.parts[self.begun] = [], []
        return self.begun

    async def keep_part(self, number: int, n: int, compressed: bytes) -> None:
        self._may("keep_part")
        assert n == len(self.parts[number])
        self.parts[number].append(zlib.decompress(compressed))

    async def known(self, number: int, project: str, *, dry: bool = False) -> Known:
        del number, dry
        self._may("known")
        kept = self.projects.get(project)
        if kept is None:
            return Known(0, {}, 0)
        board = [row for row in kept.items.values() if row.kind in {"task", "milestone"}]
        return Known(kept.version, {r.guid: r.key for r in board if r.guid}, len(board))

    async def stage(self, number: int, rows: Sequence[ItemRow]) -> None:
        self._may("stage")
        self.staged[number] += rows

    async def merge(
        self,
        raw: Raw,
        row: ProjectRow,
        known: Known,
        rejected: Sequence[Rejected],
        *,
        allow_removals: bool,
        who: str,
        dry: bool = False,
    ) -> Merged | TooMuchGone:
        del who, known
        self._may("merge")
        rows = self.staged[raw.number]
        new = {item.ref: item for item in rows}
        assert len(new) == len(rows), "a ref was staged twice"
        before = self.projects.get(row.ref, Kept(row, 0, {}))
        gone = [ref for ref in before.items if ref not in new]
        if gone and not allow_removals and len(gone) * 2 > len(before.items):
            return TooMuchGone(len(gone), len(before.items))
        old = before.items
        changed = [r for r, item in new.items() if r in old and old[r].digest != item.digest]
        merged = Merged(len(new.keys() - old.keys()), len(changed), len(gone))
        if not dry:
            self.projects[row.ref] = replace(before, row=row, version=before.version + 1, items=new)
            self.journal.append((raw, rejected))
        del self.staged[raw.number]
        return merged

    async def abandon(self, number: int) -> None:
        self.staged.pop(number, None)
        self.parts.pop(number, None)

    async def tidy(self) -> None:
        self.staged.clear()

    def titles(self, project: str, kind: str) -> dict[str, str | None]:
        """Return the titles of a kind by their refs."""
        return {
            ref: row.title for ref, row in self.projects[project].items.items() if row.kind == kind
        }

    def detail(self, project: str, ref: str) -> dict[str, object]:
        """Return everything that was mapped of one element."""
        found: dict[str, object] = orjson.loads(self.projects[project].items[ref].detail)
        return found
