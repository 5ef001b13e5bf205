"""The first look: what waits while a commit hangs, and how often words are measured."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.services.mapping_desk import DocumentVersion
from hub.services.overview import IntakeOverview
from hub.services.refusals import Refusal, Why
from hub.store.documents import Documents
from hub.store.overview import OverviewRows
from hub.store.sqlite import Sqlite
from tests.unit.services.test_mapping_desk import NAME, TEXT, alert, running
from tests.unit.services.test_vitals_of_the_ingest import NoBus


def version(name: str, number: int) -> DocumentVersion:
    return DocumentVersion(f"mapping:{name}@{number}", "mapping", name, number, "", True, "", "")


@dataclass
class Desk:
    """Active documents, and what measuring each finds."""

    documents: list[DocumentVersion]
    words: dict[str, list[tuple[str, int]]]
    measured: list[str] = field(default_factory=list)

    async def active(self, kind: str) -> Sequence[DocumentVersion]:
        return self.documents if kind == "mapping" else ()

    async def coverage(self, document: str) -> Mapping[str, object] | Refusal:
        self.measured.append(document)
        await asyncio.sleep(0)
        found = self.words.get(document.partition("@")[0].removeprefix("mapping:"))
        if found is None:
            return Refusal(Why.CONFLICT, "no connector of this type")
        unmapped = [{"field": "f", "path": "p", "word": w, "count": n} for w, n in found]
        return {"records": 5, "unmapped": unmapped}


def overview_of(database: Sqlite, intake: object, desk: Desk) -> IntakeOverview:
    return IntakeOverview(intake, NoBus(), OverviewRows(database), desk, desk)  # type: ignore[arg-type]


def words(answer: Mapping[str, object]) -> list[tuple[str, str]]:
    items = answer["items"]
    assert isinstance(items, list)
    return [(one["mapping"], one["word"]) for one in items]


async def test_the_most_frequent_word_comes_first_whatever_its_document(database: Sqlite) -> None:
    desk = Desk(
        [version("a/alert", 1), version("b/alert", 1), version("c/task", 1)],
        {"a/alert": [("rare", 1)], "b/alert": [("often", 9)]},
    )
    answer = await overview_of(database, None, desk).unmapped()
    assert words(answer) == [("b/alert", "often"), ("a/alert", "rare")]
    assert answer["records"] == 10


async def test_many_who_ask_at_once_cause_one_measurement(database: Sqlite) -> None:
    desk = Desk([version("a/alert", 1)], {"a/alert": [("odd", 1)]})
    overview = overview_of(database, None, desk)
    await asyncio.gather(*(overview.unmapped() for _ in range(10)))
    assert desk.measured == ["mapping:a/alert@1"]


async def test_another_active_version_is_measured_at_once(database: Sqlite) -> None:
    desk = Desk([version("a/alert", 1)], {"a/alert": [("odd", 1)]})
    overview = overview_of(database, None, desk)
    await overview.unmapped()
    desk.documents, desk.words = [version("a/alert", 2)], {"a/alert": []}
    assert words(await overview.unmapped()) == []


async def test_what_a_hanging_commit_holds_still_waits(database: Sqlite) -> None:
    await Documents(database).offer("mapping", NAME, "shipped", TEXT)
    body = json.dumps({"version": "4", "alerts": [alert("one"), alert("two")]}).encode()
    async with running(database) as intake:
        overview = overview_of(database, intake, Desk([], {}))
        async with intake._busy:  # noqa: SLF001 - as a commit that takes long
            sent = asyncio.create_task(
                intake.receive("am-main", {"authorization": "Bearer s"}, body)
            )
            for _ in range(20):  # so that it is taken, and stands before the commit
                await asyncio.sleep(0)
            assert intake.waiting == 0
            held = (await overview.intake())["waiting"]
        await sent
        after = (await overview.intake())["waiting"]
    assert isinstance(held, dict)
    assert (held["deliveries"], held["records"], held["bytes"]) == (1, 2, len(body))
    assert held["since"] is not None
    assert after == {"deliveries": 0, "records": 0, "bytes": 0, "since": None}
