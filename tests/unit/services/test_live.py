"""Counters of an incident while alerts begin, end and move; nothing drifts."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.linking import Catalogue, Topology
from hub.model.words import IncidentStatus
from hub.services.ingest.context import Context
from hub.services.ingest.live import LiveIncident, make_signal
from hub.services.ingest.rows import AlertRow

MINUTE = 60_000_000
ROW = AlertRow(
    "am:alert:a", "am", "A", "firing", 5, "shop", 0.9, 1, 10 * MINUTE, None, 11 * MINUTE,
    12 * MINUTE, 1, 1, 0, False, 1, "am:1#0", b"{}", b"{}",
)  # fmt: skip
EMPTY = Context(1, Catalogue.build(()), Topology(()), (), {}, {})


def incident(no: int = 1, **changes: object) -> LiveIncident:
    made = LiveIncident(no, "T", IncidentStatus.OPEN, 10 * MINUTE, 10 * MINUTE)
    return replace(made, **changes)  # type: ignore[arg-type]


def counts(one: LiveIncident) -> tuple[int, list[int], dict[str, int]]:
    return one.alerts, list(one.firing), {ref: known.firing for ref, known in one.services.items()}


def test_an_incident_made_of_an_ended_alert_becomes_quiet_and_has_its_service() -> None:
    source, goal = incident(alerts=1, ended_at=20 * MINUTE), incident(2)
    goal.take(source, ROW._replace(status="resolved"), 30 * MINUTE)
    assert goal.ended_at == 30 * MINUTE
    assert goal.resolves_itself(31 * MINUTE)
    assert counts(goal) == (1, [0] * 6, {"shop": 0})
    assert counts(source)[0] == 0


def test_the_quiet_time_of_what_is_left_begins_with_the_move() -> None:
    source, goal = incident(), incident(2)
    source.fire(5, "shop", 0.9, 0.0)
    source.alerts = 1
    goal.take(source, ROW, 30 * MINUTE)
    assert (source.ended_at, goal.ended_at) == (30 * MINUTE, None)


@pytest.mark.parametrize("status", [IncidentStatus.RESOLVED, IncidentStatus.ACKNOWLEDGED])
def test_counting_anew_changes_no_status_but_an_alert_that_fires_does(
    status: IncidentStatus,
) -> None:
    one = incident(status=status, held={"status": status.value})
    one.count(5, "shop", 0.9, 0.0)
    assert (one.status, one.held) == (status, {"status": status.value})
    one.fire(4, "shop", 0.9, 0.0)
    resolved = status is IncidentStatus.RESOLVED
    assert one.status is (IncidentStatus.OPEN if resolved else status)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["shop", "pay", None])), max_size=20),
    st.randoms(use_true_random=False),
)
def test_what_is_moved_away_and_back_counts_as_before(
    told: Sequence[tuple[int, str | None]], order: object
) -> None:
    one, other = incident(), incident(2)
    rows = [ROW._replace(severity=severity, service=service) for severity, service in told]
    for row in rows:
        one.alerts += 1
        one.fire(row.severity, row.service, 0.9, row.starts_at / 1e6)
    before = counts(one)
    order.shuffle(rows)  # type: ignore[attr-defined]
    for row in rows:
        other.take(one, row, 30 * MINUTE)
    assert counts(other) == before
    assert (one.alerts, one.firing_count) == (0, 0)
    for row in rows:
        one.take(other, row, 30 * MINUTE)
    assert counts(one) == before


def test_a_start_in_the_far_future_is_an_onset_no_later_than_its_arrival() -> None:
    far = ROW._replace(starts_at=10**9 * MINUTE)
    assert make_signal(EMPTY, far, {}, {}).onset == far.last_seen_at / 1e6
    assert make_signal(EMPTY, ROW, {}, {}).onset == ROW.starts_at / 1e6
