"""Kill the hub under load: nothing that was answered is lost, nothing is double."""

import asyncio
import http.client
import json
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert
from tests.integration.hub.stored import Rows, dump, named
from tests.soak.load import Load, Told

KILLS = [
    pytest.param(2, marks=pytest.mark.slow, id="short"),
    pytest.param(20, marks=[pytest.mark.soak, pytest.mark.timeout(3600)], id="full"),
]


@pytest.mark.parametrize("kills", KILLS)
def test_a_killed_hub_has_everything_that_it_answered_and_nothing_twice(
    running_hub: Callable[..., RunningHub], kills: int
) -> None:
    hub = running_hub(quiet_seconds=1)
    chance = random.Random(kills)  # noqa: S311 - no secret
    load = Load(kills)
    for number in range(kills):
        seen = hub.api.get("/changes", after=0, limit=1)["last_seq"]
        asyncio.run(load.until_gone(hub.base, chance.randrange(20, 300), hub.kill))
        hub.start()
        follows_from(hub, seen, f"Heartbeat{number}")
    stored = dump(hub)
    nothing_lost(load.told, stored)
    nothing_double(load.told, stored)
    counters_are_right(stored)


def follows_from(hub: RunningHub, seq: int, news: str) -> None:
    """Take up the live stream where it was before the kill: no change is left out."""
    place = urlsplit(hub.base)
    assert place.hostname
    plug = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    headers = {"Authorization": f"Bearer {hub.token}", "Last-Event-ID": str(seq)}
    plug.request("GET", "/api/v1/events", headers=headers)
    stream = plug.getresponse()
    before = hub.api.get("/changes", after=seq, limit=1)["last_seq"]
    hub.tell(alert(news, environment="heartbeat"))
    # Not every number is a change (a journal entry has one too), so wait for one that is.
    last = max(one["seq"] for one in hub.api.get("/changes", after=before)["items"])
    newest = seq
    while newest < last:
        line = stream.readline()
        assert line, "the stream broke off"
        if line.startswith(b"data: {"):
            newest = json.loads(line[6:]).get("seq", newest)
        if line.strip() == b"event: resync":
            break  # more was missed than is resumed: the client is told to read anew
    plug.close()


def nothing_lost(told: Told, stored: dict[str, Rows]) -> None:
    alerts = by_fingerprint(stored)
    assert set(told.answered) <= set(alerts)
    for fingerprint, times in told.answered.items():
        row = alerts[fingerprint]
        if fingerprint in told.ended:
            assert row["status"] == "resolved", row
        if fingerprint not in told.ending:  # what is told again after the end counts no more
            assert row["seen"] >= times, (row, times)
    kept = {f"{row['connector']}:{row['id']}" for row in named(stored, "journal")}
    assert set(told.receipts) <= kept


def nothing_double(told: Told, stored: dict[str, Rows]) -> None:
    for fingerprint, row in by_fingerprint(stored).items():
        assert row["seen"] <= told.sent[fingerprint], row
    assert len(told.receipts) == len(set(told.receipts))
    events = [
        (row["alert"], row["episode"], row["event"], row["source_key"])
        for row in named(stored, "occurrence")
    ]
    assert len(events) == len(set(events))
    numbers = [row["seq"] for row in named(stored, "change")]
    assert numbers == sorted(set(numbers))


def by_fingerprint(stored: dict[str, Rows]) -> dict[str, dict[str, Any]]:
    """Return the alerts of the load; each of them has one source, named by its fingerprint."""
    found: dict[str, dict[str, Any]] = {}
    for row in named(stored, "alert"):
        if row["title"].startswith("Heartbeat"):
            continue
        (fingerprint,) = json.loads(row["sources"])
        assert fingerprint not in found, "one fingerprint, two alerts"
        found[fingerprint] = row
    return found


def counters_are_right(stored: dict[str, Rows]) -> None:
    """Count the alerts of each incident anew."""
    members: dict[int | None, list[str]] = defaultdict(list)
    for row in named(stored, "alert"):
        members[row["incident"]].append(row["status"])
    for row in named(stored, "incident"):
        states = members[row["no"]]
        assert (row["alerts"], row["firing"]) == (len(states), states.count("firing")), row
