"""A storm on a real Zabbix whose four syncers commit out of order, read through the source alone.

Fact 7: nothing is missed and nothing doubled, counted against the server's own database.
"""

import asyncio
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from connectors.zabbix.settings import Settings
from connectors.zabbix.source import Source
from deploy.lab.fixtures import need_system
from deploy.lab.processes import House
from deploy.lab.zabbix import Value, Zabbix
from deploy.lab.zabbix_objects import Corner, Trigger, administrator_token
from hub.contract import Cursor
from hub.wire import open_wire
from tests.figures import Tell

KEYS, SENDERS, BACKLOG = 10, 4, 12_000
"""Triggers of a host, senders, and the values that the server may be behind."""
SYNCERS = {"StartDBSyncers": 4, "StartTrappers": 5}


@dataclass
class Storm:
    """Every trigger of a corner fires and ends, over and over, from several senders at once.

    Shape: the server is never more than a `BACKLOG` behind: enough that its syncers commit out of
           order, and it can still come to an end.
    """

    corner: Corner
    hosts: int
    sent: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _rounds: threading.Thread | None = None

    def begin(self) -> None:
        names = [host.name for host in self.corner.hosts(self.hosts, triggers())]
        self._rounds = threading.Thread(target=self._blow, args=(names,))
        self._rounds.start()

    def _blow(self, names: list[str]) -> None:
        first = newest(self.corner.zabbix)
        with ThreadPoolExecutor(SENDERS) as senders:
            for value in itertools.cycle((97, 1)):
                values = [[Value(name, f"v{k}", value) for name in names[part::SENDERS]
                           for k in range(KEYS)] for part in range(SENDERS)]  # fmt: skip
                list(senders.map(self.corner.zabbix.send_all, values))
                self.sent += len(names) * KEYS
                while newest(self.corner.zabbix) - first < self.sent - BACKLOG:
                    if self._over.wait(0.05):
                        break
                if self._over.is_set():
                    return

    def end(self) -> None:
        self._over.set()
        if self._rounds is not None:
            self._rounds.join()


def newest(zabbix: Zabbix) -> int:
    """Return the number of the newest event that the server has written."""
    asked = "SELECT max(eventid) FROM events"
    found = [line.strip() for line in zabbix.sql(asked).splitlines()]
    return next((int(line) for line in found if line.isdigit()), 0)


def triggers() -> list[Trigger]:
    return [Trigger(f"v{k}", severity=3) for k in range(KEYS)]


@dataclass
class Seen:
    """What the source told: how often each state of each problem."""

    cursor: Cursor | None = None
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended: dict[str, bool] = field(default_factory=dict)
    holes: int = 0

    async def read(self, source: Source) -> int:
        count = 0
        async for page in source.read(self.cursor):
            self.cursor = page.cursor
            # Here and not at the end: most of what was skipped is read within the same look.
            self.holes = max(self.holes, len(json.loads(page.cursor or '{"holes":[]}')["holes"]))
            for record in page.records:
                count += 1
                self.told[record.key, record.version] += 1
                self.ended[record.key] = record.body["value"] == "0"
        return count


def stored(zabbix: Zabbix) -> dict[str, bool]:
    """Return every problem of the server's own database, and whether it ended."""
    rows = zabbix.sql(
        "SELECT e.eventid, r.r_eventid IS NOT NULL FROM events e "
        "LEFT JOIN event_recovery r ON r.eventid = e.eventid "
        "WHERE e.source = 0 AND e.object = 0 AND e.value = 1"
    )
    found = (line.replace("|", " ").split() for line in rows.splitlines() if line.strip())
    return {one[0]: one[-1] == "t" for one in found if one[0].isdigit()}


async def drained(zabbix: Zabbix, seen: Seen, source: Source) -> None:
    """Read on until the server has nothing more to write, and everything written was read."""
    before, quiet = -1, time.monotonic()
    while time.monotonic() - quiet < 5:
        count = len(await asyncio.to_thread(stored, zabbix))
        if await seen.read(source) or count != before:
            before, quiet = count, time.monotonic()
        await asyncio.sleep(0.2)


@pytest.fixture(params=["6.0", "7.0"])
def stormy(request: pytest.FixtureRequest, lab: House) -> Iterator[Zabbix]:
    need_system("zabbix" if request.param == "6.0" else "zabbix-7.0")
    zabbix = Zabbix(lab, f"zabbix-storm-{request.param[0]}", request.param, SYNCERS).start()
    yield zabbix
    zabbix.stop()


async def weather(zabbix: Zabbix, tell: Tell, hosts: int, seconds: float) -> Seen:
    storm = Storm(Corner.make(zabbix, "storm"), hosts)
    settings = Settings.model_validate(
        {"url": zabbix.url, "token": administrator_token(zabbix), "timeout_seconds": 60}
    )
    wire = open_wire("zbx", settings)
    source, seen = Source(settings, wire), Seen()
    try:
        await seen.read(source)
        await asyncio.to_thread(storm.begin)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await seen.read(source)
            await asyncio.sleep(0.1)
        await asyncio.to_thread(storm.end)
        await drained(zabbix, seen, source)
        there = await asyncio.to_thread(stored, zabbix)
        doubled = {one: n for one, n in seen.told.items() if n > 1}
        tell(
            release=zabbix.release, values=storm.sent, problems=len(there),
            missed=len(there.keys() - seen.ended.keys()), doubled=len(doubled),
            **{"most holes": seen.holes},
        )  # fmt: skip
        assert storm.sent
        assert there == seen.ended
        assert doubled == {}
        opened = {r.key async for page in source.census() for r in page.records}
        assert opened == {key for key, ended in there.items() if not ended}
    finally:
        await asyncio.to_thread(storm.end)
        await wire.close()
    return seen


@pytest.mark.slow
async def test_fact_7_a_short_storm_is_read_whole_and_nothing_twice(
    stormy: Zabbix, figures: Tell
) -> None:
    await weather(stormy, figures, hosts=30, seconds=2)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_fact_7_three_minutes_of_four_thousand_triggers_are_read_whole(
    stormy: Zabbix, figures: Tell
) -> None:
    await weather(stormy, figures, hosts=400, seconds=180)
