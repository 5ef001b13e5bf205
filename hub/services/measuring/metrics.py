"""Measuring as metrics: what the alert rules in `deploy/alerts` may look at."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import orjson
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from hub.objectives import Burn
from hub.services.measuring.objectives import Objectives
from hub.services.measuring.series import KeptSeries

STATES: Final = ("ok", "no_data", "not_a_number", "failing", "waiting")


def families(series: KeptSeries, objectives: Objectives) -> Iterator[Metric]:
    """Yield how the series of each tool are, and how every budget stands."""
    now = datetime.now(UTC)
    states = GaugeMetricFamily(
        "milepost_series",
        "Metric series of services by their state.",
        labels=["connector", "state"],
    )
    lag = GaugeMetricFamily(
        "milepost_series_lag_seconds", "How far behind the series is that was asked for least.",
        labels=["connector"],
    )  # fmt: skip
    asked = CounterMetricFamily(
        "milepost_series_questions", "Questions for series.", labels=["connector"]
    )
    failed = CounterMetricFamily(
        "milepost_series_question_failures", "Questions that failed.", labels=["connector"]
    )
    for name, line in series.lines.items():
        kept = [series.kept[ref] for ref in line.wanted if ref in series.kept]
        counts = Counter(one.now(now) for one in kept)
        for state in STATES:
            states.add_metric([name, state], counts[state])
        lags = [(now - one.until).total_seconds() for one in kept if one.until is not None]
        if lags:
            lag.add_metric([name], max([*lags, 0.0]))
        asked.add_metric([name], line.questions)
        failed.add_metric([name], line.refused)
    yield from (states, lag, asked, failed)
    yield from _objectives(objectives)


def _objectives(objectives: Objectives) -> Iterator[Metric]:
    says = GaugeMetricFamily(
        "milepost_objectives", "Objectives of services by what their budgets say.", labels=["state"]
    )
    left = GaugeMetricFamily(
        "milepost_objective_budget_left", "Share of the error budget that is left.",
        labels=["objective", "service"],
    )  # fmt: skip
    told = [one for name, one in objectives.told.items() if name in objectives.watched]
    counts = Counter(one.state for one in told)
    for state in Burn:
        says.add_metric([state.value], counts[state.value])
    for one in told:
        known = orjson.loads(one.body)["budget"]["left"]
        if known is not None:
            left.add_metric([one.name, one.service], known)
    yield from (says, left)
