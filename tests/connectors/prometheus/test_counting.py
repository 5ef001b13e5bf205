"""Counting events in a window: counters that begin anew are seen, and a real one reads it."""

from datetime import timedelta

import pytest

from connectors.prometheus.counting import counted
from connectors.prometheus.queries import Queries
from deploy.lab.prometheus import Prometheus
from hub.contract import Wire
from hub.errors import Misconfigured

HOUR = timedelta(hours=1)
COUNTERS = [
    "http_requests_total",
    'http_requests_total{code=~"5..", path!="/{x}"}',
    "sum(http_requests_total)",
    ' sum( http_requests_total{job="a \\"b\\""} ) ',
]


def test_the_increase_of_each_counter_is_taken_before_their_sum() -> None:
    assert counted("sum(a_total{b='c'})", HOUR, counter=True) == (
        "sum(increase(a_total{b='c'}[3600s]))"
    )
    assert counted("a_total", HOUR, counter=True) == "sum(increase(a_total[3600s]))"


def test_a_number_that_is_no_counter_is_a_rate() -> None:
    assert counted("x / y", HOUR, counter=False) == ("sum(avg_over_time((x / y)[3600s:])) * 3600")


@pytest.mark.parametrize(
    "query", ["rate(a_total[5m])", "sum by (x) (a_total)", "a_total + b_total", "", "a{"]
)
def test_what_hides_that_a_counter_began_anew_is_refused(query: str) -> None:
    with pytest.raises(Misconfigured, match="began anew"):
        counted(query, HOUR, counter=True)


@pytest.mark.needs_system("prometheus")
@pytest.mark.parametrize("query", COUNTERS)
async def test_prometheus_reads_what_is_written(
    query: str, prometheus: Prometheus, wire: Wire
) -> None:
    asked = Queries(wire, prometheus.url)
    assert await asked.instant(counted(query, HOUR, counter=True)) == ()
    assert await asked.instant(counted(query, HOUR, counter=False)) == ()
