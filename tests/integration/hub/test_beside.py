"""Other processes on the same store, beside a hub that takes webhooks."""

import threading
import time
from collections.abc import Callable

import pytest

from tests.integration.hub.client import Client, until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, day, plan
from tests.integration.hub.stored import dump, named

pytestmark = pytest.mark.slow

SERVICES = (
    {
        "ref": "pay",
        "name": "Payment",
        "tier": 1,
        "match": {"labels": {"service": ["pay"]}},
        "delivers": [{"project": "ERP", "milestone": "Go-live", "role": "delivers"}],
    },
)


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    made = shared_hub(start=False, quiet_seconds=3600)
    made.services(*SERVICES)
    return made.start()


def test_a_plan_that_the_command_imports_is_seen_and_hurt_without_a_restart(
    hub: RunningHub,
) -> None:
    hub.tell(alert("PayDown", service="pay", severity="critical"))
    assert hub.incident_of("PayDown")["milestones"] == []
    seq = hub.seq()
    path = hub.write("erp.xml", plan({"Go-live": day(9)}))
    assert hub.told("import", str(path), "--project", "ERP")["milestones"] == 1

    def kinds() -> set[str]:
        return {one["kind"] for one in hub.api.get("/changes", after=seq)["items"]}

    until(lambda: {"project", "milestone"} <= kinds(), "the foreign import is told")

    def titles() -> list[str]:
        return [one["title"] for one in hub.incident_of("PayDown")["milestones"]]

    assert until(titles, "the open incident hurts the new milestone") == ["Go-live"]


def test_a_token_that_the_command_makes_is_good_at_once(hub: RunningHub) -> None:
    made = hub.told("token", "create", "--role", "viewer", "--name", "Li")
    client = Client(hub.base, made["token"])
    assert client.get("/me")["role"] == "viewer"
    assert client.ask("POST", "/replays", {"diff": True}).status == 403
    assert client.ask("PATCH", "/incidents/hub%3Aincident%3A1", {"title": "x"}).status == 403


def test_a_stream_beside_commands_loses_nothing_and_keeps_the_order(hub: RunningHub) -> None:
    over = threading.Event()
    receipts: list[str] = []

    def storm() -> None:
        n = 0
        while not over.is_set():
            told = [alert(f"Storm {n}", environment="storm"), alert("Same", environment="storm")]
            receipts.append(hub.tell(*told))
            n += 1
            time.sleep(0.1)

    seen: list[int] = []

    def reader() -> None:
        while not over.is_set():
            found = hub.api.get("/changes", after=seen[-1] if seen else 0, limit=1000)["items"]
            seen.extend(one["seq"] for one in found)
            time.sleep(0.05)

    threads = [threading.Thread(target=storm), threading.Thread(target=reader)]
    for one in threads:
        one.start()
    try:
        for n in range(2):
            hub.told("token", "create", "--role", "ops", "--name", f"n{n}")
            path = hub.write(f"p{n}.xml", plan({"End": day(n)}, work=["A", "B"], title=f"P{n}"))
            hub.told("import", str(path), "--project", f"P{n}")
            hub.told("replay", "--connector", "am")
    finally:
        over.set()
        for one in threads:
            one.join(60)
    stored = dump(hub)
    assert len(receipts) > 10
    kept = {f"am:{row['id']}" for row in named(stored, "journal") if row["connector"] == "am"}
    assert set(receipts) <= kept
    numbers = [row["seq"] for row in named(stored, "change")]
    assert numbers == sorted(set(numbers))
    # A reader that asks for what is after the last number has every change, and each once.
    assert seen == [n for n in numbers if n <= seen[-1]]
    assert hub.alert("Same")["count"] == len(receipts)
    storms = [one for one in hub.alerts(q="Storm") if one["labels"]["alertname"] != "Same"]
    assert sorted(one["count"] for one in storms) == [1] * len(receipts)
    assert [row["status"] for row in named(stored, "alert")] == ["firing"] * len(stored["alert"])
    for row in named(stored, "incident"):
        members = [one for one in named(stored, "alert") if one["incident"] == row["no"]]
        assert (row["alerts"], row["firing"]) == (len(members), len(members)), row["title"]


def test_two_hubs_that_start_at_once_on_one_store_both_come_up(
    running_hub: Callable[..., RunningHub],
) -> None:
    one = running_hub(start=False)
    two = RunningHub(one.folder, one.store)
    one.services()
    two.log = one.folder / "two.log"
    starting = threading.Thread(target=two.start)
    starting.start()
    try:
        one.start()
        starting.join(60)
        one.tell(alert("From one"))
        until(two.alerts, "the other sees it")
        two.tell(alert("From two"))
        assert {a["labels"]["alertname"] for a in one.alerts()} == {"From one", "From two"}
    finally:
        starting.join(60)
        two.stop()
