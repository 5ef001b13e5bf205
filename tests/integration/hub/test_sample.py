"""Sample data in a running hub: it comes by the real ways, and it goes whole."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection, select

from hub.app.hub import Hub
from hub.app.sample.axis import Axis
from hub.app.sample.mspdi import document
from hub.app.sample.plan import KEY
from hub.app.sample.story import ALERTS as STORY
from hub.app.sample.work import tasks
from hub.app.sampling import sample_connectors
from hub.app.settings import load
from hub.errors import Misconfigured, Transient
from hub.services.access import Principal, Role
from hub.services.board import ListQuery
from hub.services.desks import Accepted
from hub.services.refusals import Refusal, Why
from hub.services.sample import ALERTS, PLAN
from hub.store.tables import metadata

ADMIN = Principal("Ada", Role.ADMIN, "token", "t-1")
SECRET = "a secret of these tests"  # noqa: S105
HISTORY = {"audit", "clock", "change", "alembic_version", "identified"}
"""What is of the hub and its documents, and not of what was loaded."""


def write(folder: Path, store: str, **more: Any) -> Path:
    folder.mkdir(exist_ok=True)
    settings = {
        "store": store,
        "connectors": {"am": {"type": "prometheus", "webhook_secret": SECRET}},
        **more,
    }
    (folder / "milepost.yaml").write_text(yaml.safe_dump(settings))
    return folder / "milepost.yaml"


async def opened(folder: Path, store: str) -> Hub:
    hub = Hub(load(write(folder, store)), folder / "data")
    await hub.open(migrate=True)
    await hub.start()
    return hub


async def closed(hub: Hub) -> None:
    await hub.stop()
    await hub.close()


@pytest.fixture
async def hub(empty_store: Callable[[], str], tmp_path: Path) -> AsyncIterator[Hub]:
    """Return a running hub that knows nothing yet."""
    running = await opened(tmp_path / "hub", empty_store())
    yield running
    await closed(running)


def real(name: str, since: datetime, **labels: str) -> bytes:
    """Return a webhook with an alert of the hub's own Alertmanager."""
    labels = {"alertname": name, "severity": "critical", "instance": f"{name}:1", **labels}
    stamp = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
    alert = {
        "status": "firing", "labels": labels, "annotations": {"summary": name},
        "startsAt": stamp, "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "",
        "fingerprint": f"{abs(hash(name)):016x}"[:16],
    }  # fmt: skip
    body = {
        "version": "4", "groupKey": "{}", "truncatedAlerts": 0, "status": "firing",
        "receiver": "r", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "", "alerts": [alert],
    }  # fmt: skip
    return json.dumps(body).encode()


async def post(hub: Hub, body: bytes) -> None:
    headers = {"authorization": f"Bearer {SECRET}"}
    assert isinstance(await hub.intake.receive("am", headers, body), Accepted)


def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but history."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
        if table.name not in HISTORY
    }


async def tables(hub: Hub) -> dict[str, list[tuple[Any, ...]]]:
    return await hub.database.read(rows)


async def listed(hub: Hub, kind: str) -> list[dict[str, Any]]:
    page = await hub.services.board.page(kind, ListQuery(limit=1000))
    assert not isinstance(page, Refusal), page
    return [json.loads(row) for row in page.items]


async def test_the_sample_fills_an_empty_hub_by_the_real_ways(hub: Hub) -> None:
    done = await hub.services.sample.load(ADMIN)
    assert not isinstance(done, Refusal), done
    assert (done.loaded, done.by, done.offered) == (True, "Ada", False)
    alerts = await listed(hub, "alerts")
    assert {one["source"]["connector"] for one in alerts} == {ALERTS}
    assert len(alerts) == len(STORY)
    assert await listed(hub, "quarantine") == []
    begun = sorted(one["starts_at"] for one in alerts)
    assert begun[0] < begun[-1]
    assert {one["key"] for one in await listed(hub, "projects")} == {KEY}
    hurt = [one for one in await listed(hub, "incidents") if one["milestones"]]
    assert hurt
    assert any(one["exposure"] for one in await listed(hub, "milestones"))
    assert any(one["moved"] for one in await listed(hub, "milestones"))


async def test_removing_the_sample_leaves_an_untouched_hub(hub: Hub) -> None:
    before = await tables(hub)
    seen = hub.feed.last_seq
    await hub.services.sample.load(ADMIN)
    shown = {
        one["ref"] for kind in ("alerts", "incidents", "tasks") for one in await listed(hub, kind)
    }
    assert shown
    done = await hub.services.sample.remove(ADMIN)
    assert not isinstance(done, Refusal), done
    assert (done.loaded, done.offered) == (False, True)
    await hub.intake.tick()
    assert await tables(hub) == before
    for kind in ("alerts", "incidents", "tasks", "milestones", "projects", "services", "links"):
        assert await listed(hub, kind) == []
    told = await hub.stores.changes.changes(seen, 100_000)
    gone = {one.ref for one in told if one.type == "deleted"}
    assert shown <= gone


async def test_what_a_later_import_moved_goes_with_the_sample(hub: Hub) -> None:
    before = await tables(hub)
    await hub.services.sample.load(ADMIN)
    later = Axis(datetime.now(UTC).date() + timedelta(days=30))
    one = next(one for one in sample_connectors() if one.id == PLAN)
    file = io.BytesIO(document(tasks(), later))
    await hub.plans.bring_in(one, file, "later.xml", project=KEY, who="Ada")
    assert (await tables(hub))["move"]
    await hub.services.sample.remove(ADMIN)
    await hub.intake.tick()
    assert await tables(hub) == before


async def test_the_sample_may_be_loaded_again_and_counts_anew(hub: Hub) -> None:
    await hub.services.sample.load(ADMIN)
    await listed(hub, "connectors")
    await hub.services.sample.remove(ADMIN)
    assert {one["id"] for one in await listed(hub, "connectors")} == {"am", "file"}
    done = await hub.services.sample.load(ADMIN)
    assert not isinstance(done, Refusal), done
    sources = {one["id"]: one for one in await listed(hub, "connectors")}
    assert sources[ALERTS]["sample"]
    assert sources[PLAN]["sample"]
    assert (sources[ALERTS]["state"], sources[ALERTS]["deliveries"]) == ("ok", 1)
    assert len(await listed(hub, "alerts")) == len(STORY)


async def test_loading_twice_and_removing_nothing_are_conflicts(hub: Hub) -> None:
    nothing = await hub.services.sample.remove(ADMIN)
    assert isinstance(nothing, Refusal)
    assert nothing.why is Why.CONFLICT
    first, second = await asyncio.gather(
        hub.services.sample.load(ADMIN), hub.services.sample.load(ADMIN)
    )
    assert not isinstance(first, Refusal), first
    assert isinstance(second, Refusal)
    assert second.why is Why.CONFLICT


async def test_a_hub_with_data_of_its_own_is_not_offered_the_sample(hub: Hub) -> None:
    await post(hub, real("DiskFull", datetime.now(UTC)))
    assert not (await hub.services.sample.state()).offered
    before = await tables(hub)
    refused = await hub.services.sample.load(ADMIN)
    assert isinstance(refused, Refusal)
    assert refused.why is Why.CONFLICT
    assert "data of its own" in refused.detail
    assert await tables(hub) == before


async def test_loading_and_removing_are_audited(hub: Hub) -> None:
    await hub.services.sample.load(ADMIN)
    await hub.services.sample.remove(ADMIN)
    lines = {(one["who"], one["action"]) for one in await listed(hub, "audit")}
    assert {("Ada", "sample.load"), ("Ada", "sample.remove")} <= lines


async def test_nobody_can_deliver_to_the_samples_connectors(hub: Hub) -> None:
    await hub.services.sample.load(ADMIN)
    answer = await hub.services.intake.receive(ALERTS, {}, b"{}")
    assert isinstance(answer, Refusal)
    assert answer.why is Why.NOT_FOUND

    async def chunks() -> AsyncIterator[bytes]:
        yield b"<Project/>"

    upload = await hub.services.plans.upload(PLAN, None, "a.xml", chunks(), ADMIN)
    assert isinstance(upload, Refusal)
    assert upload.why is Why.NOT_FOUND


async def test_an_own_alert_that_stands_alone_is_untouched_by_the_removal(hub: Hub) -> None:
    await hub.services.sample.load(ADMIN)
    await post(hub, real("DiskFull", datetime.now(UTC) - timedelta(hours=5)))
    await hub.intake.tick()

    async def own() -> list[Any]:
        alert = next(a for a in await listed(hub, "alerts") if a["source"]["connector"] == "am")
        incident = next(i for i in await listed(hub, "incidents") if i["ref"] == alert["incident"])
        return [alert, incident]

    before = await own()
    await hub.services.sample.remove(ADMIN)
    await hub.intake.tick()
    assert await own() == before
    assert len(await listed(hub, "incidents")) == 1
    await post(hub, real("MemoryLow", datetime.now(UTC)))
    assert {one["title"] for one in await listed(hub, "alerts")} == {"DiskFull", "MemoryLow"}


async def test_an_incident_with_an_own_alert_stays_and_loses_the_samples(hub: Hub) -> None:
    await hub.services.sample.load(ADMIN)
    worst = max(await listed(hub, "incidents"), key=lambda one: one["alerts_total"])
    await post(hub, real("DiskFull", datetime.now(UTC) - timedelta(hours=5)))
    mine = next(a for a in await listed(hub, "alerts") if a["source"]["connector"] == "am")
    merged = await hub.services.incidents.merge(worst["ref"], (mine["incident"],), ADMIN)
    assert not isinstance(merged, Refusal), merged
    await hub.intake.tick()
    await hub.services.sample.remove(ADMIN)
    await hub.intake.tick()
    left = [one for one in await listed(hub, "incidents") if one["status"] != "merged"]
    assert [one["ref"] for one in left] == [worst["ref"]]
    kept = left[0]
    assert (kept["title"], kept["alerts_total"], kept["firing"]) == ("DiskFull", 1, 1)
    assert (kept["services"], kept["milestones"], kept["severity"]) == ([], [], 5)
    assert "sample-" not in json.dumps(kept)
    alerts = await listed(hub, "alerts")
    assert [(one["ref"], one["incident"]) for one in alerts] == [(mine["ref"], worst["ref"])]
    links = [one for one in await listed(hub, "links") if one["state"] != "expired"]
    assert links == []


async def test_incidents_that_were_merged_or_split_go_with_the_sample(hub: Hub) -> None:
    before = await tables(hub)
    await hub.services.sample.load(ADMIN)
    one, two, *_ = await listed(hub, "incidents")
    await hub.services.incidents.merge(one["ref"], (two["ref"],), ADMIN)
    many = max(await listed(hub, "incidents"), key=lambda one: one["alerts_total"])
    some = await hub.services.board.page(
        "alerts", ListQuery(filters={"incident": (many["ref"],)}, limit=1)
    )
    assert not isinstance(some, Refusal)
    split = (json.loads(some.items[0])["ref"],)
    assert not isinstance(await hub.services.incidents.split(many["ref"], split, ADMIN), Refusal)
    await hub.services.sample.remove(ADMIN)
    await hub.intake.tick()
    assert await tables(hub) == before


async def test_a_load_that_fails_half_way_is_taken_back(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await tables(hub)

    async def fails(*_: object) -> None:
        raise Transient("the disk is full")

    monkeypatch.setattr(hub.intake, "take", fails)
    refused = await hub.services.sample.load(ADMIN)
    assert isinstance(refused, Refusal)
    assert (refused.why, "the disk is full" in refused.detail) == (Why.UNAVAILABLE, True)
    assert await tables(hub) == before


async def test_a_load_that_is_cancelled_while_its_alerts_are_stored_is_taken_back(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await tables(hub)
    reached, go_on = asyncio.Event(), asyncio.Event()
    commit = hub.stores.ingest.commit

    async def slow(*args: Any) -> Any:
        reached.set()
        await go_on.wait()
        return await commit(*args)

    monkeypatch.setattr(hub.stores.ingest, "commit", slow)
    load = asyncio.ensure_future(hub.services.sample.load(ADMIN))
    await reached.wait()
    load.cancel()
    await asyncio.sleep(0.1)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await load
    monkeypatch.undo()
    await hub.intake.tick()
    assert await tables(hub) == before
    assert (await hub.services.sample.state()).offered


async def test_a_half_loaded_sample_is_taken_back_at_the_next_start(
    empty_store: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = empty_store()
    hub = await opened(tmp_path / "hub", store)
    before = await tables(hub)

    async def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(hub.intake, "take", killed)
    monkeypatch.setattr(hub.stores.sample, "remove", killed)
    with pytest.raises(SystemExit):
        await hub.services.sample.load(ADMIN)
    assert (await hub.stores.sample.state()).half
    await closed(hub)
    monkeypatch.undo()
    again = await opened(tmp_path / "hub", store)
    assert await tables(again) == before
    assert (await again.services.sample.state()).offered
    await closed(again)


async def test_a_catalogue_file_wins_over_the_samples(hub: Hub) -> None:
    await hub.services.sample.load(ADMIN)
    text = "services:\n  - {ref: shop-db, name: Shop database}\n"
    offered = await hub.stores.documents.offer("services", "services", "file", text)
    assert offered.outcome == "applied"
    await hub.services.sample.remove(ADMIN)
    assert [one["ref"] for one in await listed(hub, "services")] == ["shop-db"]


@pytest.mark.parametrize("name", [PLAN, ALERTS])
def test_the_samples_connectors_cannot_be_configured(name: str, tmp_path: Path) -> None:
    file = write(tmp_path, "sqlite", connectors={name: {"type": "prometheus"}})
    with pytest.raises(Misconfigured) as refused:
        load(file)
    assert any(f"connectors.{name}" in problem for problem in refused.value.problems)
