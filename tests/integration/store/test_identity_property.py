"""Applying a rule to what is stored, and replaying from zero under it, give the same alerts."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub.store import open_database
from tests.integration.store.bench import Bench, opened
from tests.integration.store.test_identity_rules import ruled, told

pytestmark = pytest.mark.slow

RULES = (
    "{without: [pod]}",
    "{without: [severity]}",
    '[{without: [pod]}, {without: [severity], when: {alertname: ["A*"]}}]',
    "{without: [pod, severity, alertname, service]}",
)
GENTLY = settings(
    # Two hubs an example: to make a failing one smaller would take minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("A", "B")),
        st.sampled_from(("p", "q")),
        st.sampled_from(("warning", "critical")),
        st.integers(0, 40),  # minutes at which it begins
        st.booleans(),
        st.integers(1, 20),  # minutes that it lasts
    ),
    min_size=1,
    max_size=10,
)
ROWS = """
    SELECT ref, title, status, severity, service, starts_at, ends_at, sources, body
    FROM alert ORDER BY ref
"""


def spoken(step: tuple[Any, ...], begin: datetime) -> dict[str, Any]:
    name, pod, severity, at, over, lasts = step
    start = begin + timedelta(minutes=at)
    end = start + timedelta(minutes=lasts) if over else None
    series = f"{pod}-{severity}"
    return told(name, start, series, pod=pod, severity=severity, ends_at=end)


async def alerts(bench: Bench) -> list[tuple[Any, ...]]:
    rows = await bench.rows(ROWS)
    found = []
    for *known, sources, body in rows:
        told_of = {
            series: [*source[:6], *source[8:]]  # not by which delivery, nor when it came
            for series, source in orjson.loads(sources).items()
        }
        # Whose words an alert shows of which a part was never told to fire depends on the order.
        spoken = all(source[6] for source in orjson.loads(sources).values())
        labels = orjson.loads(body)["labels"] if spoken else None
        found.append((*known, told_of, labels))
    return found


async def outcome(
    url: str, begin: datetime, steps: list[tuple[Any, ...]], rules: list[tuple[int, str | None]]
) -> list[tuple[Any, ...]]:
    """Tell all steps; before step n a rule of `rules` comes to count."""
    with TemporaryDirectory() as folder:
        database = open_database(url, Path(folder))
        await database.start(migrate=True)
        try:
            async with opened(database) as bench:
                bench.now = begin + timedelta(hours=2)
                for n in range(len(steps) + 1):
                    for at, rule in rules:
                        if at == n:
                            await ruled(bench, rule)
                    if n < len(steps):
                        await bench.told(spoken(steps[n], begin))
                return await alerts(bench)
        finally:
            await database.stop()


@settings(GENTLY, max_examples=8)
@given(STEPS, st.data())
def test_rules_that_are_applied_give_the_alerts_of_a_replay_from_zero(
    empty_store: Callable[[], str], steps: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    """Any order of tellings and of rules, the last of them perhaps none, ends alike."""
    moment = st.tuples(st.integers(0, len(steps)), st.sampled_from((None, *RULES)))
    rules = sorted(data.draw(st.lists(moment, min_size=1, max_size=3)), key=lambda one: one[0])
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    applied = asyncio.run(outcome(empty_store(), begin, steps, rules))
    assert applied == asyncio.run(outcome(empty_store(), begin, steps, [(0, rules[-1][1])]))
