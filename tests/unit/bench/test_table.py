"""What the bench says of its runs."""

from dataclasses import replace

from deploy.bench.ingest import Run
from deploy.bench.lists import Pages
from deploy.bench.meters import quantile, spread
from deploy.bench.plans import Meanwhile
from deploy.bench.table import all_right, ratios, report
from deploy.bench.tools import Reached

RUN = Run("sqlite", "floor", 10, 0, 900, 1000.0, 4.0, 9.0, 0.1, 0.0, 0.05, True, 0, 0)
RUNS = [
    RUN,
    replace(RUN, target="hub", rate=600.0),
    replace(RUN, round=1, rate=400.0),
    replace(RUN, round=1, target="hub", rate=100.0),
]


def test_a_ratio_is_taken_within_its_own_round() -> None:
    assert ratios(RUNS) == {("sqlite", 10): [0.6, 0.25]}


def test_the_table_gives_the_median_and_the_range() -> None:
    text = report({"ingest": RUNS})
    assert "| sqlite | 10 | hub | 0.42 (0.25-0.60) | - |" in text
    assert "2/2" in text


def test_a_wrong_end_state_fails_the_bench() -> None:
    assert all_right({"ingest": RUNS})
    assert not all_right({"ingest": [*RUNS, replace(RUN, right=False)]})


def test_a_peer_is_divided_by_where_it_ran_and_fails_nothing() -> None:
    peer = replace(RUN, target="alerta", rate=10.0, right=False)
    runs = [*RUNS, peer, replace(peer, round=1, rate=5.0)]
    assert ratios(runs) == ratios(RUNS)
    assert "| 0.42 (0.25-0.60) | 40.00 (20.00-60.00) |" in report({"ingest": runs})
    assert all_right({"ingest": runs})


def test_a_refused_webhook_during_an_import_fails_the_bench() -> None:
    busy = Meanwhile("sqlite", 40.0, 140.0, [1.0], [2.0], 1)
    assert not all_right({"plans": [busy]})


def test_pages_are_compared_in_pairs() -> None:
    pages = [Pages("sqlite", 10_000, [1.0, 2.0, 4.0]), Pages("sqlite", 100_000, [2.0, 4.0, 8.0])]
    assert "| sqlite | 2.00 | 4.00 | 2.00 |" in report({"lists": pages})


def test_an_absent_peer_is_named() -> None:
    assert "Alerta: not installed" in report({"peers": ["Alerta"]})


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert spread([3.0, 1.0, 2.0], ".0f") == "2 (1-3)"


def test_a_tool_is_compared_by_the_difference_of_the_medians() -> None:
    text = report({"tools": [Reached("Zabbix 6.0", [1, 2, 3], [1.5, 2.25, 9], [4, 5, 6])]})
    assert "| Zabbix 6.0 | 3 | 2.00 (1.00-3.00) | 2.25 (1.50-9.00) |" in text
    assert "| +0.25 |" in text
