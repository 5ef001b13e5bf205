"""Metric queries to a real Prometheus, and to what stands in its place on a bad day."""

import json
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from connectors.prometheus.queries import MOST_POINTS, Queries, joined, parts, series
from connectors.prometheus.server import Server
from deploy.lab.endpoints import Endpoint
from deploy.lab.ports import LOOPBACK, free_ports
from deploy.lab.prometheus import Prometheus
from hub.contract import Series, Wire
from hub.errors import Anomalous, Misconfigured, Transient
from tests.connectors.prometheus.polling import source

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
real = pytest.mark.needs_system("prometheus")


def values(found: tuple[Series, ...]) -> list[float | None]:
    return [point.value for one in found for point in one.points]


@real
async def test_fact_22_what_is_no_number_is_unknown_and_not_zero(
    prometheus: Prometheus, wire: Wire
) -> None:
    queries = Queries(wire, prometheus.url)
    assert values(await queries.instant("vector(0) / 0")) == [None]
    assert values(await queries.instant("vector(1) / 0")) == [math.inf]
    assert values(await queries.instant("-vector(1) / 0")) == [-math.inf]
    assert await queries.instant("nothing_of_this_name") == ()
    assert values(await queries.instant("vector(60)", NOON)) == [60.0]
    (number,) = await queries.instant("scalar(vector(7))", NOON)
    assert (number.labels, number.points[0].at, number.points[0].value) == ({}, NOON, 7.0)


@real
async def test_fact_22_a_range_of_more_than_11000_points_comes_whole_and_once(
    prometheus: Prometheus, wire: Wire
) -> None:
    end = NOON + 25_000 * SECOND
    (found,) = await Queries(wire, prometheus.url).ranged("vector(time())", NOON, end, SECOND)
    instants = [point.at for point in found.points]
    assert instants == [NOON + n * SECOND for n in range(25_001)]
    assert [point.value for point in found.points] == [at.timestamp() for at in instants]


@real
async def test_a_query_that_cannot_be_answered_says_prometheus_own_sentence(
    prometheus: Prometheus, wire: Wire
) -> None:
    queries = Queries(wire, prometheus.url)
    with pytest.raises(Misconfigured, match=r"400: invalid parameter .*unclosed left parenthesis"):
        await queries.instant("sum(")
    two = 'label_replace(vector(1), "a", "b", "", "") or vector(2)'
    with pytest.raises(Misconfigured, match=r"422: .*duplicate series"):
        await queries.instant(f"({two}) + on() ({two})")


async def test_a_prometheus_that_vanished_is_an_outage(wire: Wire) -> None:
    url = f"http://{LOOPBACK}:{free_ports(1)[0]}"
    with pytest.raises(Transient, match=r"cannot be reached|refuses the connection"):
        await Queries(wire, url).instant("up")
    with pytest.raises(Transient, match=r"cannot be reached|refuses the connection"):
        await Server(wire, url).rules()


@dataclass
class Odd(Endpoint):
    """Answers every path alike."""

    path: str = "/{any:.*}"
    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        del request
        return web.Response(status=self.status, text=self.body, headers=self.headers)


@pytest.fixture
async def odd() -> AsyncIterator[Odd]:
    async with Odd() as endpoint:
        yield endpoint


async def every_way(odd: Odd, wire: Wire) -> list[Exception]:
    """Ask as a query, as a poll and for the rules; return the faults."""
    url = f"http://{odd.target}"
    faults: list[Exception] = []
    for asked in (
        Queries(wire, url).instant("up"),
        Server(wire, url).rules(),
        anext(source(wire, url).census()),
    ):
        with pytest.raises((Transient, Misconfigured, Anomalous)) as raised:
            await asked
        faults.append(raised.value)
    return faults


@pytest.mark.parametrize(("said", "waits"), [({}, None), ({"Retry-After": "7"}, 7)])
async def test_a_503_is_an_outage_and_its_retry_after_is_kept(
    odd: Odd, wire: Wire, said: dict[str, str], waits: int | None
) -> None:
    odd.status, odd.headers = 503, said
    odd.body = json.dumps({"status": "error", "errorType": "timeout", "error": "query timed out"})
    for fault in await every_way(odd, wire):
        assert isinstance(fault, Transient)
        assert fault.retry_after == (None if waits is None else timedelta(seconds=waits))


async def test_a_redirect_to_a_log_in_page_is_the_admins_business(odd: Odd, wire: Wire) -> None:
    odd.status, odd.headers = 302, {"Location": "https://sso.example/login"}
    for fault in await every_way(odd, wire):
        assert isinstance(fault, Misconfigured)
        assert "sso.example" in str(fault)


@pytest.mark.parametrize("body", ["", "[", "7", '{"status":"success"}', '{"data":{"result":7}}'])
async def test_an_answer_of_another_shape_is_never_taken_for_nothing(
    odd: Odd, wire: Wire, body: str
) -> None:
    """Trap 6."""
    odd.body = body
    for fault in await every_way(odd, wire):
        assert isinstance(fault, Anomalous)


@pytest.mark.parametrize(
    "result",
    [7, {}, [7], ["a", "b"], [{}], [{"metric": {}}], [{"metric": {}, "value": [1]}],
     [{"metric": {}, "value": [1, "x"]}], [{"metric": {}, "value": [1e30, "1"]}]],
)  # fmt: skip
def test_a_result_that_is_none_is_refused(result: object) -> None:
    with pytest.raises(Anomalous):
        series(result)


def test_whole_histograms_are_refused_with_a_remedy() -> None:
    with pytest.raises(Misconfigured, match="histogram_quantile"):
        series([{"metric": {}, "histogram": [1, {}]}])


@given(st.integers(0, 10**6), st.integers(1, 10**4), st.integers(1, 50), st.integers(0, 999_999))
def test_the_parts_of_a_range_are_its_points(
    length: int, step: int, most: int, micros: int
) -> None:
    length = min(length, 2000 * step)
    start = NOON.replace(microsecond=micros)
    end = NOON + length * SECOND
    each = step * SECOND
    points: list[datetime] = []
    for first, last in parts(start, end, each, most):
        assert (last - first) // each < most
        assert (last - first) % each == timedelta(0)
        points += [first + n * each for n in range((last - first) // each + 1)]
    assert points == [NOON + n * each for n in range(length // step + 1)]


def test_parts_keep_to_what_prometheus_answers_at_once() -> None:
    (first, last), *_ = parts(NOON, NOON + 30_000 * SECOND, SECOND)
    assert (last - first) // SECOND + 1 == MOST_POINTS


def test_series_that_begin_in_a_later_part_are_joined_by_their_labels() -> None:
    a, b = {"metric": {"x": "a"}}, {"metric": {"x": "b"}}
    first = series([{**a, "values": [[1, "1"]]}])
    second = series([{**b, "values": [[2, "5"]]}, {**a, "values": [[2, "NaN"]]}])
    found = {one.labels["x"]: values((one,)) for one in joined([first, second])}
    assert found == {"a": [1.0, None], "b": [5.0]}


async def test_a_step_finer_than_the_library_knows_is_refused(wire: Wire) -> None:
    with pytest.raises(ValueError, match="whole number of seconds"):
        await Queries(wire, "http://p").ranged("up", NOON, NOON, timedelta(milliseconds=500))


@pytest.mark.parametrize("way", ["instant", "ranged"])
async def test_an_answer_that_is_called_incomplete_is_not_taken_for_all(
    odd: Odd, wire: Wire, way: str
) -> None:
    """Trap 6: what stands in Prometheus's place and lost a part of its stores says so beside."""
    result = {"metric": {}, "value": [1, "1"], "values": [[1, "1"]]}
    said = {"status": "success", "data": {"result": [result]}, "warnings": ["a store is away"]}
    odd.body = json.dumps(said)
    queries = Queries(wire, f"http://{odd.target}")
    asked = queries.instant("up") if way == "instant" else queries.ranged("up", NOON, NOON, SECOND)
    with pytest.raises(Anomalous, match="may not be all: a store is away"):
        await asked
    odd.body = json.dumps({**said, "warnings": []})
    assert values(await queries.instant("up")) == [1.0]
