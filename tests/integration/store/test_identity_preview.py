"""What a rule on identity would join and split is said beforehand, and comes true."""

from typing import Any

import pytest

from hub.mapping import load
from hub.services.ingest.foreseeing import Foreseer
from hub.services.mapping_desk import MappingDesk
from hub.services.refusals import Refusal, Why
from tests.integration.store.bench import Bench
from tests.integration.store.test_identity_rules import SHIPPED, only, ruled, shown, told

pytestmark = pytest.mark.slow

NAME = "prometheus/alert"


def foreseer(bench: Bench) -> Foreseer:
    return Foreseer(bench.stores.carrying, bench.receivers, bench.intake.context)


async def foreseen(bench: Bench, rule: str | None) -> dict[str, Any]:
    text = SHIPPED if rule is None else f"{SHIPPED}identity: {rule}\n"
    return await foreseer(bench).joins(NAME, load(text, name="draft"))


async def test_what_is_foreseen_to_be_joined_becomes_one(bench: Bench) -> None:
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n) for n in "abc"))
    await bench.told(told("Other", bench.at(-20), "a", pod="a"))
    before = await shown(bench)
    report = await foreseen(bench, "{without: [pod]}")
    (joined,) = report["joined"]
    assert (report["alerts"], report["renamed"], report["split"]) == (4, 4, [])
    assert (joined["count"], joined["differ"]) == (3, ["pod"])
    assert {one["title"] for one in joined["alerts"]} == {"Disk"}
    assert await shown(bench) == before  # nothing was stored
    await ruled(bench, "{without: [pod]}")
    after = await shown(bench)
    assert len(after) == 2
    assert after[joined["ref"]]["title"] == "Disk"


async def test_what_is_foreseen_to_be_split_becomes_several(bench: Bench) -> None:
    await ruled(bench, "{without: [pod]}")
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n) for n in "ab"))
    one = await only(bench)
    report = await foreseen(bench, None)
    (split,) = report["split"]
    assert (split["ref"], split["count"], split["differ"]) == (one["ref"], 2, ["pod"])
    assert report["joined"] == []
    await ruled(bench, None)
    after = await shown(bench)
    assert after.keys() == {part["ref"] for part in split["into"]}
    assert {part["labels"]["pod"] for part in split["into"]} == {"a", "b"}


async def test_what_ended_is_foreseen_too(bench: Bench) -> None:
    await bench.told(*(told("Disk", bench.at(-90), n, pod=n, ends_at=bench.now) for n in "ab"))
    report = await foreseen(bench, "{without: [pod]}")
    assert [(one["count"], one["differ"]) for one in report["joined"]] == [(2, ["pod"])]
    await ruled(bench, "{without: [pod]}")
    assert (await only(bench))["status"] == "resolved"


async def test_a_label_that_no_alert_has_is_named(bench: Bench) -> None:
    await bench.told(told("Disk", bench.at(-20), "a", pod="a"))
    report = await foreseen(bench, "{without: [pod, pood], when: {alertnam: [Disk]}}")
    assert report["unknown_labels"] == ["alertnam", "pood"]
    assert (report["renamed"], report["joined_total"]) == (0, 0)


async def test_the_active_document_changes_nothing(bench: Bench) -> None:
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n) for n in "ab"))
    report = await foreseen(bench, None)
    assert (report["renamed"], report["joined"], report["split"]) == (0, [], [])


async def test_only_documents_that_make_alerts_are_foreseen(bench: Bench) -> None:
    stores = bench.stores
    desk = MappingDesk(
        stores.documents, stores.journal, stores.board, bench.receivers, foreseen=foreseer(bench)
    )
    good = await desk.joins(NAME, None)
    assert not isinstance(good, Refusal)
    bad = await desk.joins(None, "mapping: jira.issue\nto: task\nversion: 1\nfields: {}\n")
    assert isinstance(bad, Refusal)
    assert bad.why is Why.INVALID
    missing = await desk.joins("nosuch/alert", None)
    assert isinstance(missing, Refusal)
    assert missing.why is Why.NOT_FOUND
