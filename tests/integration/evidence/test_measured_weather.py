"""Bad weather between a hub that measures and a real Prometheus: unknown, in words, and no point.

Clear sky is the lab's Prometheus, byte for byte; a fault is bytes in the place of its own.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import orjson
import pytest

from connectors.prometheus.queries import Queries
from connectors.prometheus.settings import Settings
from deploy.lab.prometheus import Prometheus
from hub.objectives import Declared, Indicator, Objective, Query
from hub.services.measuring import line as lines
from hub.services.measuring import objectives as judging
from hub.services.measuring import series as asking
from hub.services.measuring.objectives import Objectives
from hub.services.measuring.series import KeptSeries
from hub.services.measuring.standing import Watched
from hub.services.measuring.turns import Kept, Wanted
from hub.wire import open_wire
from tests.simulators.weather import Answers, answering, dripping, plain, raw, silence
from tests.unit.services.measuring.tools import Clock, Store, wanted

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("prometheus")]
DAY: Final = timedelta(days=1)
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BUSY: Final = b'{"status":"error","errorType":"unavailable","error":"TSDB not ready"}'
SAMPLES: Final = (
    b'{"status":"error","errorType":"execution","error":"query processing would load too many'
    b' samples into memory in query execution"}'
)
LESS: Final = (
    b'{"status":"success","warnings":["store eu-1 is away"],'
    b'"data":{"resultType":"vector","result":[]}}'
)
NULL: Final = b'{"status":"success","data":{"resultType":"matrix","result":null}}'
LOGIN: Final = b"<!DOCTYPE html><title>Sign in</title><input type='password'>"
SLOW: Final = "no whole answer within timeout_seconds"
CUT: Final = "cut off before the answer was whole"

WEATHER: Final[dict[str, tuple[Answers, str]]] = {
    "503": (plain("503 Service Unavailable", BUSY), "503.*TSDB not ready"),
    "503 that says when": (plain("503 Busy", BUSY, "Retry-After: 1"), "503.*TSDB not ready"),
    "429": (plain("429 Too Many Requests", b"", "Retry-After: 1"), "429"),
    "422": (plain("422 Unprocessable Entity", SAMPLES), "422: query processing would load"),
    "redirect to a log-in page": (
        plain("302 Found", b"", "Location: https://sso.example/login"),
        r"leads to https://sso\.example",
    ),
    "log-in page with 200": (plain("200 OK", LOGIN, kind="text/html"), "log-in page.*Sign in"),
    "black hole": (silence, SLOW),
    "one byte at a time": (dripping(), SLOW),
    "reset in mid-body": (raw(HEAD + b"Content-Length: 99\r\n\r\n{", reset=True), CUT),
    "cut off between chunks": (
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{'sta\r\n"), CUT,
    ),
    "a part of the truth": (plain("200 OK", LESS), "warning.*store eu-1 is away"),
    "null for a result": (plain("200 OK", NULL), "a result of Prometheus is a list"),
    "half of the JSON": (plain("200 OK", NULL[:30]), "what it never promised"),
}  # fmt: skip

TWO: Final = 'label_replace(vector(1), "a", "b", "", "") or vector(2)'
NO_NUMBERS: Final = {
    "vector(0) / 0": ("not_a_number", None),
    "vector(1) / 0": ("not_a_number", None),
    "-vector(1) / 0": ("not_a_number", None),
    "no_such_metric": ("no_data", None),
    "absent(vector(1))": ("no_data", None),
    "sum(": ("failing", "Prometheus answered 400: .*unclosed left parenthesis"),
    f"({TWO}) + on() ({TWO})": ("failing", "Prometheus answered 422: .*duplicate series"),
    TWO: ("failing", "answers 2 series"),
}
"""What a real Prometheus answers that is no number of one series."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probe often, and wait little for what is slow."""
    monkeypatch.setattr(lines, "PROBE_SECONDS", 0.05)
    monkeypatch.setattr(asking, "SLOW_SECONDS", 0.05)
    monkeypatch.setattr(judging, "PROBE_SECONDS", 0.0)


@dataclass
class Sky:
    """What stands between: nothing, or the weather."""

    port: int
    weather: Answers | None = None

    async def __call__(self, head: bytes, out: asyncio.StreamWriter) -> None:
        if self.weather is not None:
            await self.weather(head, out)
            return
        far_in, far_out = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"connection:")]
        far_out.write(b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]))
        try:
            while data := await far_in.read(65536):
                out.write(data)
                await out.drain()
        finally:
            far_out.close()


@asynccontextmanager
async def under(sky: Sky) -> AsyncIterator[Queries]:
    async with answering(sky) as server:
        wire = open_wire("prom", Settings(timeout_seconds=2))
        try:
            yield Queries(wire, server.url)
        finally:
            await wire.close()


@dataclass
class Measured:
    """Series that are asked for whenever a test looks."""

    series: KeptSeries
    store: Store

    async def seen(self, one: Wanted, state: str) -> Kept:
        """Look until a series is in a state."""
        line = self.series.lines["prom"]
        async with asyncio.timeout(30):
            while one.ref not in self.store.kept or self.store.kept[one.ref].state != state:
                line.due.clear()
                line.bell.set()
                await asyncio.sleep(0.05)
        return self.store.kept[one.ref]


@asynccontextmanager
async def measuring(queries: Queries, wishes: Sequence[Wanted]) -> AsyncIterator[Measured]:
    async def wish() -> Sequence[Wanted]:
        return wishes

    store = Store()
    series = KeptSeries({"prom": queries}, store, wish)
    await series.start()
    try:
        yield Measured(series, store)
    finally:
        await series.stop()


@pytest.mark.parametrize("case", WEATHER)
async def test_fact_22_bad_weather_makes_a_number_unknown_and_writes_no_point(
    prometheus: Prometheus, case: str
) -> None:
    """Trap 6: the tool's words stand beside the last known value, and good weather is seen."""
    answers, says = WEATHER[case]
    sky, one = Sky(prometheus.port), wanted("vector(7)")
    async with under(sky) as queries, measuring(queries, [one]) as measured:
        await measured.seen(one, "ok")
        sky.weather = answers
        kept = await measured.seen(one, "failing")
        newest = max(measured.store.points[one.ref])
        assert kept.now(datetime.now(UTC)) == "failing"
        assert kept.value == 7.0
        assert re.search(says, kept.message or ""), kept.message
        sky.weather = None
        again = await measured.seen(one, "ok")
    assert again.message is None
    assert max(measured.store.points[one.ref]) >= newest
    assert set(measured.store.points[one.ref].values()) == {7.0}


async def test_fact_22_what_prometheus_says_that_is_no_number_leaves_no_point(
    prometheus: Prometheus,
) -> None:
    """NaN, both infinities, no data, 400, 422 and several series; what is sound goes on."""
    sky, sound = Sky(prometheus.port), wanted("vector(7)")
    odd = {query: wanted(query, service=f"s{n}") for n, query in enumerate(NO_NUMBERS)}
    async with under(sky) as queries, measuring(queries, [sound, *odd.values()]) as measured:
        for query, (state, says) in NO_NUMBERS.items():
            kept = await measured.seen(odd[query], state)
            assert (kept.at, kept.value) == (None, None), query
            assert re.search(says or "^$", kept.message or ""), kept.message
        await measured.seen(sound, "ok")
    assert [ref for ref, points in measured.store.points.items() if points] == [sound.ref]


def watched(bad: str, total: str) -> Watched:
    objective = Objective(Fraction("0.99"), 30 * DAY, 1)
    # A comment names the window: these numbers need none, and are asked for as they stand.
    part, whole = (Query(f"{query} # $window", counter=False) for query in (bad, total))
    indicator = Indicator(part, False, whole)
    return Watched(Declared("answers", "shop", objective, indicator, "Answers"), "shop", "prom")


@dataclass
class Judged:
    """One objective that is judged whenever a test looks, each time a day later."""

    objectives: Objectives
    store: Store
    clock: Clock

    async def seen(self, state: str) -> dict[str, Any]:
        """Judge until it is in a state."""
        async with asyncio.timeout(30):
            while "answers" not in self.store.said or self.store.said["answers"].state != state:
                self.clock.move(DAY)
                await self.objectives.wish()
                await self.objectives.judge("prom")
        said: dict[str, Any] = orjson.loads(self.store.said["answers"].body)
        return said


def judged(queries: Queries, one: Watched) -> Judged:
    async def wish() -> Sequence[Watched]:
        return [one]

    store, clock = Store(), Clock()
    return Judged(Objectives({"prom": queries}, store, wish, now=clock), store, clock)


HUNDRED: Final = "vector(100)"
NONE_BAD: Final = "vector(0)"


@pytest.mark.parametrize("case", WEATHER)
async def test_fact_22_bad_weather_makes_an_objective_unknown_and_never_calm(
    prometheus: Prometheus, case: str
) -> None:
    """Trap 6, scenario 15."""
    answers, says = WEATHER[case]
    sky = Sky(prometheus.port)
    async with under(sky) as queries:
        answers_well = judged(queries, watched(NONE_BAD, HUNDRED))
        assert (await answers_well.seen("calm"))["budget"]["left"] == 1.0
        sky.weather = answers
        said = await answers_well.seen("unknown")
        assert said["budget"]["left"] is None
        assert re.search(says, said["message"] or ""), said["message"]
        assert {rule["long_burn"] for rule in said["rules"]} == {None}
        sky.weather = None
        assert (await answers_well.seen("calm"))["message"] is None


@pytest.mark.parametrize("query", NO_NUMBERS)
async def test_fact_22_an_objective_that_counts_what_is_no_number_is_unknown(
    prometheus: Prometheus, query: str
) -> None:
    """Bad events that are NaN, infinite or not there are not the same as none."""
    async with under(Sky(prometheus.port)) as queries:
        for bad, total in ((query, HUNDRED), (NONE_BAD, query)):
            said = await judged(queries, watched(bad, total)).seen("unknown")
            assert said["budget"]["left"] is None
        assert (await judged(queries, watched(NONE_BAD, HUNDRED)).seen("calm"))["message"] is None
