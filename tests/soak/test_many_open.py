"""A hundred thousand open problems of a real Zabbix in a whole hub, cycle after cycle.

Triggers and problems are made in the server's own database; server and frontend are the real ones.
"""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from deploy.lab.processes import House
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Trigger, administrator_token
from tests.figures import Tell
from tests.integration.conftest import MakeHub
from tests.integration.hub.running import RunningHub

pytestmark = pytest.mark.needs_system("zabbix")
_FIRST = 10**9
_ROOM = 48 << 20
"""Bytes that the hub's memory may grow by after the first cycles."""
_SETTLED = 5
_CACHE = {"CacheSize": "512M", "TrendCacheSize": "64M", "ValueCacheSize": "64M"}


@pytest.fixture(scope="module")
def crowded(lab: House) -> Iterator[Zabbix]:
    zabbix = Zabbix(lab, "zabbix-crowded-hub", extra=_CACHE).start()
    yield zabbix
    zabbix.stop()


def fill(zabbix: Zabbix, problems: int) -> None:
    """Make as many triggers, and an open problem with a tag of each, unless they are there."""
    if zabbix.api("problem.get", {"countOutput": True}) != "0":
        return
    corner = Corner.make(zabbix, "crowd")
    hosts = corner.hosts(40, [Trigger(f"v{k}") for k in range(10)])
    items = ",".join(one for host in hosts for one in host.items.values())
    series = f"FROM generate_series(1, {problems}) g"
    zabbix.sql(
        "INSERT INTO triggers (triggerid, expression, description, priority, value) "
        f"SELECT {_FIRST} + g, '{{' || {_FIRST} + g || '}}>80', 'Problem ' || g, 3, 1 {series}"
    )
    zabbix.sql(
        "INSERT INTO functions (functionid, itemid, triggerid, name, parameter) SELECT "
        f"{_FIRST} + g, (ARRAY[{items}])[1 + g % 400], {_FIRST} + g, 'last', '$' {series}"
    )
    columns = "eventid, source, object, objectid, clock, name, severity"
    now = int(time.time())
    rows = f"{_FIRST} + g, 0, 0, {_FIRST} + g, {now} - 86400 + g / 2, 'Problem ' || g, 3"
    zabbix.sql(f"INSERT INTO events ({columns}, value) SELECT {rows}, 1 {series}")
    zabbix.sql(f"INSERT INTO problem ({columns}) SELECT {rows} {series}")
    for table, key in (("problem_tag", "problemtagid"), ("event_tag", "eventtagid")):
        zabbix.sql(
            f"INSERT INTO {table} ({key}, eventid, tag, value) "
            f"SELECT {_FIRST} + g, {_FIRST} + g, 'service', 'svc-' || g % 50 {series}"
        )
    zabbix.sql("ANALYZE")


def sync(hub: RunningHub) -> Any:
    """Have one whole look taken now; return the health after it."""
    place = urlsplit(hub.base)
    assert place.hostname
    plug = http.client.HTTPConnection(place.hostname, place.port, timeout=1800)
    head = {"Authorization": f"Bearer {hub.token}", "Content-Type": "application/json"}
    plug.request("POST", "/api/v1/connectors/zbx/sync", json.dumps({"full": True}), head)
    answer = plug.getresponse()
    told = json.loads(answer.read())
    plug.close()
    assert answer.status == 200, told
    assert (told["state"], told["message"]) == ("ok", None), told
    return told


def firing(hub: RunningHub) -> int:
    return int(hub.api.get("/alerts", status="firing", count=1, limit=1)["total"])


def cycles(hub: RunningHub, zabbix: Zabbix, tell: Tell, problems: int, count: int) -> None:
    fill(zabbix, problems)
    reach = {"url": zabbix.url, "token": administrator_token(zabbix), "timeout_seconds": 120}
    connector = {"type": "zabbix", **reach, "poll_seconds": 3600, "page_size": 5000}
    hub.configure(store=hub.store, connectors={"zbx": connector})
    hub.start()
    process, used, took = psutil.Process(hub.pid), list[int](), list[float]()
    seen = list[tuple[int, int]]()
    for number in range(count):
        began = time.perf_counter()
        health = sync(hub)
        took.append(time.perf_counter() - began)
        used.append(process.memory_info().rss)
        assert (health["open"], health["backlog"], health["guard"]) == (problems, 0, None)
        seen.append((hub.seq(), firing(hub)) if number in {0, count - 1} else seen[-1])
    assert {alerts for _, alerts in seen} == {problems}
    assert seen[-1][0] - seen[0][0] < problems / 100, "cycles without news make changes"
    grown = used[-1] - used[min(_SETTLED, count - 1)]
    tell(
        store=hub.store.partition(":")[0], problems=problems, cycles=count,
        **{"first, s": round(took[0], 1), "longest later, s": round(max(took[1:]), 1),
           "MiB at each tenth": [one >> 20 for one in used[::10]], "bytes grown": grown},
    )  # fmt: skip
    assert grown < _ROOM


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_many_open_problems_are_reconciled_and_make_no_news(
    running_hub: MakeHub, crowded: Zabbix, figures: Tell
) -> None:

    cycles(running_hub(start=False), crowded, figures, 1000, 3)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_hundred_thousand_open_problems_are_reconciled_and_memory_stays_flat(
    running_hub: MakeHub, crowded: Zabbix, figures: Tell
) -> None:
    cycles(running_hub(start=False), crowded, figures, 100_000, 50)
