"""A changed rule on identity: what goes on is carried over; nothing is doubled, lost or ended."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import orjson
import pytest

from hub.services.access import Principal, Role
from hub.services.ingest.carrying import Carrier
from hub.services.replaying import ReplayDesk
from tests.integration.store.bench import ADA, Bench, alert

pytestmark = pytest.mark.slow

SHIPPED = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
ADMIN = Principal("root", Role.ADMIN, "token", "t2")


def told(name: str, begin: Any, n: str, **labels: Any) -> dict[str, Any]:
    ends = labels.pop("ends_at", None)
    return {
        **alert(name, begin, ends_at=ends, **labels),
        "fingerprint": f"{name}-{n}",
    }


async def ruled(bench: Bench, rule: str | None) -> None:
    text = SHIPPED if rule is None else f"{SHIPPED}identity: {rule}\n"
    documents = bench.stores.documents
    draft = await documents.add_draft("mapping", "prometheus/alert", text, ADMIN.name)
    await documents.activate(draft.id, ADMIN.name)
    bench.intake.outdated()
    await bench.intake.tick()


async def shown(bench: Bench) -> dict[str, Mapping[str, Any]]:
    refs = [row[0] for row in await bench.rows("SELECT ref FROM alert ORDER BY ref")]
    found = [await bench.stores.board.one("alerts", ref) for ref in refs]
    return {ref: orjson.loads(one or b"null") for ref, one in zip(refs, found, strict=True)}


async def only(bench: Bench) -> Mapping[str, Any]:
    (one,) = (await shown(bench)).values()
    return one


async def incidents(bench: Bench) -> list[tuple[Any, ...]]:
    query = "SELECT no, status, alerts, firing FROM incident ORDER BY no"
    return [tuple(row) for row in await bench.rows(query)]


async def test_firing_alerts_become_one_with_the_highest_severity(bench: Bench) -> None:
    await bench.told(told("Disk", bench.at(-20), "w", severity="warning"))
    await bench.told(told("Disk", bench.at(-10), "c", severity="critical"))
    assert len(await shown(bench)) == 2
    await ruled(bench, "{without: [severity]}")
    one = await only(bench)
    assert (one["status"], one["severity"], one["episode"]) == ("firing", 5, 1)
    assert one["starts_at"] == bench.at(-20).isoformat()
    assert [o["event"] for o in one["occurrences"]] == ["fired", "fired"]
    # The critical one ends; the warning goes on.
    ended = told("Disk", bench.at(-10), "c", severity="critical", ends_at=bench.now)
    await bench.told(ended)
    one = await only(bench)
    assert (one["status"], one["severity"]) == ("firing", 2)


async def test_nothing_is_doubled_when_a_tool_repeats_what_fired_before(bench: Bench) -> None:
    before = [told("Disk", bench.at(-20), n, pod=n) for n in "abc"]
    await bench.told(*before)
    await ruled(bench, "{without: [pod]}")
    count = (await only(bench))["count"]
    await bench.told(*before)
    one = await only(bench)
    assert one["count"] == count + 3
    assert len(one["occurrences"]) == 3


async def test_an_acknowledgement_and_its_history_go_along(bench: Bench) -> None:
    await bench.told(told("Disk", bench.at(-20), "a", pod="a"))
    (ref,) = await shown(bench)
    await bench.stores.verdicts.acknowledge(ref, "I look", ADA.name)
    await ruled(bench, "{without: [pod]}")
    one = await only(bench)
    assert one["ref"] != ref
    assert one["ack"]["by"] == ADA.name
    assert [o["event"] for o in one["occurrences"]] == ["fired", "acked"]
    # The ref of before still leads there.
    found = await bench.stores.board.one("alerts", ref)
    assert found is not None
    assert orjson.loads(found)["ref"] == one["ref"]


async def test_the_incident_goes_on_and_nothing_ends_by_it(bench: Bench) -> None:
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n) for n in "abc"))
    assert await incidents(bench) == [(1, "open", 3, 3)]
    await ruled(bench, "{without: [pod]}")
    assert await incidents(bench) == [(1, "open", 1, 1)]
    await bench.after(300)
    assert await incidents(bench) == [(1, "open", 1, 1)]
    await bench.told(*(told("Disk", bench.at(-320), n, pod=n, ends_at=bench.now) for n in "abc"))
    await bench.after(300)
    assert await incidents(bench) == [(1, "resolved", 1, 0)]


async def test_an_open_incident_that_lost_its_alert_is_merged_into_the_other(bench: Bench) -> None:
    await bench.told(told("Disk", bench.at(-4000), "a", pod="a"))
    await bench.told(told("Disk", bench.at(-20), "b", pod="b", service="pay"))
    assert [row[1] for row in await incidents(bench)] == ["open", "open"]
    await ruled(bench, "{without: [pod, service]}")
    assert await incidents(bench) == [(1, "open", 1, 1), (2, "merged", 0, 0)]


async def test_an_incident_that_was_over_keeps_the_alert_it_had(bench: Bench) -> None:
    await bench.told(told("Disk", bench.at(-9000), "a", pod="a"))
    await bench.told(told("Disk", bench.at(-9000), "a", pod="a", ends_at=bench.at(-8000)))
    await bench.after(120)
    await bench.told(told("Disk", bench.now, "b", pod="b"))
    assert [row[1] for row in await incidents(bench)] == ["resolved", "open"]
    await ruled(bench, "{without: [pod]}")
    assert await incidents(bench) == [(1, "resolved", 1, 0), (2, "open", 1, 1)]
    one = await only(bench)
    assert (one["incident"], one["episode"]) == ("hub:incident:2", 2)
    assert await bench.rows("SELECT incident, alert FROM former_member") == [(1, one["ref"])]


async def test_a_rule_that_is_taken_back_parts_what_it_joined(bench: Bench) -> None:
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n) for n in "ab"))
    before = await shown(bench)
    await ruled(bench, "{without: [pod]}")
    one = await only(bench)
    await bench.stores.verdicts.acknowledge(one["ref"], "I look", ADA.name)
    await ruled(bench, None)
    after = await shown(bench)
    assert after.keys() == before.keys()
    for ref, one in after.items():
        for key in ("title", "status", "severity", "starts_at", "labels", "incident", "count"):
            assert one[key] == before[ref][key], key
        assert [o["source_key"] for o in one["occurrences"] if o["event"] == "fired"] == [
            o["source_key"] for o in before[ref]["occurrences"]
        ]
        assert one["ack"]["message"] == "I look"
    assert await incidents(bench) == [(1, "open", 2, 2)]
    # A replay finds nothing to change.
    desk = ReplayDesk(
        bench.stores.deliveries, bench.intake, bench.work, bench.receivers, no_plan, ["am"]
    )  # fmt: skip
    report = await desk.start(None, None, diff=True, who=ADMIN)
    assert isinstance(report, Mapping)
    assert (report["created"], report["changed"]) == (0, 0)


async def no_plan(stored: Any, diff: bool) -> Mapping[str, int]:  # noqa: FBT001
    del stored, diff
    return {"records": 0, "created": 0, "updated": 0, "removed": 0}


async def test_a_changed_mapping_of_labels_makes_no_new_alerts_of_firing_ones(
    bench: Bench,
) -> None:
    await bench.told(told("Disk", bench.at(-20), "a", pod="a"))
    text = SHIPPED.replace(
        "labels: {first_of: [labels, {value: {}}]}",
        'labels: {path: "{name: labels.alertname, service: labels.service}"}',
    )
    assert text != SHIPPED
    draft = await bench.stores.documents.add_draft("mapping", "prometheus/alert", text, "root")
    await bench.stores.documents.activate(draft.id, "root")
    bench.intake.outdated()
    await bench.told(told("Disk", bench.at(-20), "a", pod="a"))
    assert (await only(bench))["count"] == 2


async def test_a_hub_that_starts_later_carries_over_what_it_finds(bench: Bench) -> None:
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n) for n in "ab"))
    text = f"{SHIPPED}identity: {{without: [pod]}}\n"
    draft = await bench.stores.documents.add_draft("mapping", "prometheus/alert", text, "root")
    await bench.stores.documents.activate(draft.id, "root")
    # The ingest heard nothing; a delivery later it does, as after a restart.
    await bench.told(told("Disk", bench.at(-5), "c", pod="c"))
    assert len(await shown(bench)) == 3
    bench.intake.outdated()
    await bench.intake.tick()
    assert len((await only(bench))["occurrences"]) == 3


@pytest.mark.parametrize("over", [False, True], ids=["goes on", "ended"])
async def test_alerts_that_cannot_be_carried_over_keep_out_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, *, over: bool
) -> None:
    async def broken(*_: object) -> int:
        raise LookupError("a fault of our own")

    end = bench.at(-5) if over else None
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n, ends_at=end) for n in "ab"))
    with monkeypatch.context() as patch:
        patch.setattr(bench.stores.carrying, "carry", broken)
        await ruled(bench, "{without: [pod]}")
        await bench.told(told("Other", bench.at(-5), "c", pod="c"))
        await bench.after(120)
    assert [one["title"] for one in (await shown(bench)).values()].count("Disk") == 2
    assert {one["title"] for one in (await shown(bench)).values()} == {"Disk", "Other"}
    # A hub that starts anew makes up for it.
    carrier = bench.intake._carrier = Carrier(bench.stores.carrying, bench.receivers)  # noqa: SLF001
    bench.intake.outdated()
    await bench.intake.tick()
    assert not carrier.due
    assert [one["title"] for one in (await shown(bench)).values()].count("Disk") == 1


async def test_the_service_that_a_person_said_stays(bench: Bench) -> None:
    await bench.told(*(told("Disk", bench.at(-20), n, pod=n) for n in "ab"))
    first, *_ = await shown(bench)
    assert await bench.stores.verdicts.assign(first, "pay", ADA.name) is None
    await bench.intake.look_up_again(first, "pay", ADA.name)
    for rule in ("{without: [pod]}", "{without: [pod, severity]}"):
        await ruled(bench, rule)
        assert (await only(bench))["service"] == "pay"
        await bench.told(told("Disk", bench.at(-5), "c", pod="c"))
        await bench.after(61)
        assert (await only(bench))["service"] == "pay"
    # The ref of long before still leads there.
    found = await bench.stores.board.one("alerts", first)
    assert found is not None
    assert orjson.loads(found)["ref"] == (await only(bench))["ref"]
