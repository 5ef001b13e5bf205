"""A hundred thousand open problems, cycle after cycle: each is named once, and memory stays flat.

The rows are made in the server's own database; the frontend that answers is the real one.
"""

import time
from collections.abc import Iterator

import psutil
import pytest

from connectors.zabbix.settings import Settings
from connectors.zabbix.source import Source
from deploy.lab.processes import House
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Trigger, administrator_token
from hub.wire import open_wire
from tests.figures import Tell

pytestmark = pytest.mark.needs_system("zabbix")
_FIRST = 10**9
_ROOM = 32 << 20
"""Bytes that the hub's memory may grow by after the first cycles."""


@pytest.fixture
def crowded(lab: House) -> Iterator[Zabbix]:
    zabbix = Zabbix(lab, "zabbix-crowded").start()
    yield zabbix
    zabbix.stop()


def fill(zabbix: Zabbix, problems: int) -> None:
    """Make open problems of some triggers, each with two tags."""
    corner = Corner.make(zabbix, "crowd")
    hosts = corner.hosts(40, [Trigger(f"v{k}") for k in range(10)])
    ids = ",".join(one for host in hosts for one in host.triggers.values())
    rows = (
        f"SELECT {_FIRST} + g, 0, 0, (ARRAY[{ids}])[1 + g % 400], 1700000000 + g, "  # noqa: S608
        f"'Problem ' || g, 3 FROM generate_series(1, {problems}) g"
    )
    columns = "eventid, source, object, objectid, clock, name, severity"
    zabbix.sql(f"INSERT INTO events ({columns}, value) {rows.replace(', 3 FROM', ', 3, 1 FROM')}")
    zabbix.sql(f"INSERT INTO problem ({columns}) {rows}")
    for tag in (0, 1):
        zabbix.sql(
            "INSERT INTO problem_tag (problemtagid, eventid, tag, value) "  # noqa: S608
            f"SELECT {_FIRST} + g * 2 + {tag}, {_FIRST} + g, 'tag{tag}', 'value ' || g "
            f"FROM generate_series(1, {problems}) g"
        )
    zabbix.sql("ANALYZE")


async def cycles(zabbix: Zabbix, tell: Tell, problems: int, count: int) -> None:
    fill(zabbix, problems)
    settings = Settings.model_validate(
        {"url": zabbix.url, "token": administrator_token(zabbix), "timeout_seconds": 60}
    )
    wire, process = open_wire("zbx", settings), psutil.Process()
    source, used, took = Source(settings, wire), list[int](), list[float]()
    try:
        for _ in range(count):
            began, named = time.perf_counter(), 0
            last = 0
            async for page in source.census():
                keys = [int(record.key) for record in page.records]
                assert keys == sorted(set(keys))
                assert keys[0] > last
                named, last = named + len(keys), keys[-1]
            assert named == problems
            took.append(time.perf_counter() - began)
            used.append(process.memory_info().rss)
    finally:
        await wire.close()
    settled = used[min(4, count - 1)]
    tell(
        problems=problems, cycles=count, **{"longest, s": round(max(took), 1),
        "MiB at each tenth": [one >> 20 for one in used[::10]], "bytes grown": used[-1] - settled},
    )  # fmt: skip
    assert used[-1] - settled < _ROOM


@pytest.mark.slow
async def test_many_open_problems_are_named_each_once(crowded: Zabbix, figures: Tell) -> None:
    await cycles(crowded, figures, 1500, 3)


@pytest.mark.soak
@pytest.mark.timeout(7200)
async def test_a_hundred_thousand_open_problems_leave_memory_flat(
    crowded: Zabbix, figures: Tell
) -> None:
    await cycles(crowded, figures, 100_000, 50)
