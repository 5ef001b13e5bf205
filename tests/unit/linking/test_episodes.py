import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.linking.episodes import Observation, observe, state
from hub.model.ops import Alert, SourceState
from hub.model.words import ENDED, AlertStatus, Severity, Telling

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
SUPPRESSED, PENDING = AlertStatus.SUPPRESSED, AlertStatus.PENDING
EXPIRED, UNVERIFIED = AlertStatus.EXPIRED, AlertStatus.UNVERIFIED


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def seen(
    start: float,
    end: float | None = None,
    *,
    series: str = "a",
    severity: Severity = Severity.HIGH,
    told: float | None = None,
    telling: Telling | None = None,
) -> Observation:
    return Observation(
        ref="am:alert:1",
        connector="am",
        identity="1",
        series=series,
        source_key=f"{series}@{start}",
        telling=telling or (Telling.FIRES if end is None else Telling.ENDED),
        starts_at=at(start),
        ends_at=None if end is None else at(end),
        severity=severity,
        received_at=at(end or start) if told is None else at(told),
        title=f"{series} {start}",
    )


def after(*deliveries: Observation) -> tuple[Alert, list[str]]:
    alert, events = None, list[str]()
    for delivery in deliveries:
        observed = observe(alert, delivery)
        alert = observed.alert
        events += [occurrence.event for occurrence in observed.occurrences]
    assert alert is not None
    return alert, events


def test_the_first_firing_opens_the_first_episode() -> None:
    observed = observe(None, seen(0))
    assert (observed.began, observed.changed) == (True, True)
    assert (observed.alert.status, observed.alert.episode) == (FIRING, 1)
    assert [occurrence.event for occurrence in observed.occurrences] == ["fired"]


def test_a_repeat_changes_only_when_it_was_last_seen_and_how_often() -> None:
    alert, _ = after(seen(0))
    observed = observe(alert, seen(0, told=4))
    assert (observed.changed, observed.occurrences) == (False, ())
    assert (observed.alert.count, observed.alert.last_seen_at) == (2, at(4))
    assert observed.alert.sources == alert.sources


WORDS: dict[str, Any] = {
    "title": "Disk full",
    "severity_raw": "page",
    "labels": {"a": "b"},
    "annotations": {"c": "d"},
    "service_hint": "shop",
    "host": "db-01",
    "environment": "prod",
    "url": "http://there",
    "runbook_url": "http://how",
    "onset_uncertainty_seconds": 60.0,
}


def test_an_end_leaves_what_the_alert_shows() -> None:
    alert = replace(observe(None, seen(0)._replace(**WORDS)).alert, episode=3, flaps=2)
    told = observe(alert, seen(0, 10)).alert
    ended: dict[str, Any] = {
        "status": RESOLVED,
        "ends_at": at(10),
        "last_seen_at": at(10),
        "count": 2,
    }
    assert told == replace(alert, sources=told.sources, **ended)


def test_a_later_firing_says_all_that_the_alert_shows() -> None:
    alert, _ = after(seen(0), seen(0, 10), seen(60)._replace(**WORDS))
    assert {name: getattr(alert, name) for name in WORDS} == WORDS


def test_nothing_changes_once_a_source_key_is_resolved() -> None:
    alert, _ = after(seen(0), seen(0, 10))
    assert observe(alert, seen(0, told=20)).alert is alert
    assert observe(alert, seen(0, 10, told=20)).alert is alert


def test_the_alert_fires_while_any_series_fires_with_the_highest_firing_severity() -> None:
    low, high = Severity.WARNING, Severity.CRITICAL
    alert, events = after(
        seen(0, severity=low), seen(1, series="b", severity=high), seen(1, 5, series="b")
    )
    assert (alert.status, alert.severity, alert.ends_at) == (FIRING, low, None)
    assert events == ["fired", "fired", "severity_changed", "resolved", "severity_changed"]


def test_it_ends_with_the_last_of_its_series() -> None:
    alert, _ = after(seen(0), seen(1, series="b"), seen(0, 9), seen(1, 7, series="b"))
    assert (alert.status, alert.starts_at, alert.ends_at) == (RESOLVED, at(0), at(9))


def test_a_firing_within_the_flap_gap_continues_the_episode() -> None:
    alert, events = after(seen(0), seen(0, 10), seen(15))
    assert (alert.episode, alert.flaps, alert.status) == (1, 1, FIRING)
    assert events == ["fired", "resolved", "re_fired"]


def test_a_firing_after_the_flap_gap_opens_the_next_episode() -> None:
    alert, _ = after(seen(0), seen(0, 10), seen(12), seen(12, 13))
    observed = observe(alert, seen(18.1))
    assert observed.began
    assert (observed.alert.episode, observed.alert.flaps) == (2, 0)
    assert observed.alert.starts_at == at(18.1)


def test_a_later_start_without_an_end_between_is_measured_from_the_earlier_start() -> None:
    alert, _ = after(seen(0))
    assert not observe(alert, seen(4)).began
    assert observe(alert, seen(6)).began


def test_a_second_replica_that_starts_within_the_episode_is_no_flap() -> None:
    alert, _ = after(seen(0), seen(0, 10), seen(2, series="b"))
    assert (alert.episode, alert.flaps, alert.status) == (1, 0, FIRING)
    assert alert.starts_at == at(0)


def test_a_start_before_the_last_one_of_its_series_is_late_and_changes_nothing() -> None:
    alert, _ = after(seen(30), seen(30, 40))
    observed = observe(alert, seen(0))
    assert replace(observed.alert, past=()) == alert
    assert not observed.changed
    assert [occurrence.event for occurrence in observed.occurrences] == ["late"]
    assert observe(observed.alert, seen(0)).alert is observed.alert


def test_a_resolve_without_a_firing_is_a_resolved_incomplete_episode() -> None:
    alert, events = after(seen(0, 10))
    assert (alert.status, alert.incomplete, alert.ends_at) == (RESOLVED, True, at(10))
    assert events == ["incomplete"]


def test_the_missing_firing_completes_the_episode_and_does_not_reopen_it() -> None:
    alert, events = after(seen(0, 10), seen(0, told=11))
    assert (alert.status, alert.incomplete, alert.ends_at) == (RESOLVED, False, at(10))
    assert events == ["incomplete", "late"]


def test_an_end_before_its_start_or_without_a_time_is_mended() -> None:
    backwards, _ = after(seen(0), seen(0, -5, told=3))
    assert backwards.ends_at == at(0)


def test_what_the_alert_shows_comes_from_its_latest_firing() -> None:
    alert, _ = after(seen(0), seen(20), seen(20, 25), seen(2, series="b"))
    assert alert.title == "a 20"


def test_a_series_that_is_only_suppressed_does_not_fire() -> None:
    sources = [
        SourceState("a@0", at(0), AlertStatus.SUPPRESSED, Severity.CRITICAL),
        SourceState("b@0", at(0), FIRING, Severity.WARNING),
    ]
    assert state(sources)[:2] == (FIRING, Severity.WARNING)
    assert state(sources[:1])[:2] == (AlertStatus.SUPPRESSED, Severity.CRITICAL)


def test_within_one_key_the_last_telling_wins_whichever_comes_first() -> None:
    """Trap 19: a silence and a severity come and go without a new key."""
    quiet = seen(0, told=2, telling=Telling.SUPPRESSED, severity=Severity.CRITICAL)
    loud = seen(0, told=4, severity=Severity.WARNING)
    for order in ((seen(0), quiet, loud), (loud, quiet, seen(0)), (quiet, seen(0), loud)):
        alert, _ = after(*order)
        assert (alert.status, alert.severity) == (FIRING, Severity.WARNING)
    alert, events = after(seen(0), quiet, loud)
    assert events == ["fired", "suppressed", "severity_changed", "unsuppressed", "severity_changed"]


def test_an_end_is_final_for_its_key_whatever_is_told_later() -> None:
    """Fact 15."""
    alert, _ = after(seen(0), seen(0, 10), seen(0, told=20, telling=Telling.SUPPRESSED))
    assert (alert.status, alert.ends_at) == (RESOLVED, at(10))


def test_what_was_pending_and_fires_is_one_episode_however_long_it_was_pending() -> None:
    """Fact 22: the keys differ, for activeAt is not startsAt."""
    alert, events = after(seen(0, telling=Telling.PENDING), seen(30))
    assert (alert.status, alert.episode, events) == (FIRING, 1, ["pending", "fired"])
    late = observe(alert, seen(0, telling=Telling.PENDING, told=1))
    assert (late.alert, late.occurrences) == (alert, ())


def test_an_inferred_end_is_corrected_by_a_true_end_and_by_a_firing_of_the_same_key() -> None:
    gone = seen(0, 5, telling=Telling.GONE)._replace(why="deleted")
    alert, _ = after(seen(0), gone)
    assert (alert.status, alert.ends_at, alert.sources["a"].why) == (EXPIRED, at(5), "deleted")
    again, _ = after(seen(0), gone, seen(0, told=6))
    assert (again.status, again.ends_at, again.episode) == (FIRING, None, 1)
    ended, _ = after(seen(0), gone, seen(0, 3, told=9))
    assert (ended.status, ended.ends_at, ended.sources["a"].why) == (RESOLVED, at(3), "")


def test_a_doubted_end_is_kept_and_is_no_end() -> None:
    """Fact 21."""
    alert, events = after(seen(0), seen(0, 5, telling=Telling.DOUBTED))
    assert (alert.status, alert.ends_at) == (UNVERIFIED, None)
    assert alert.sources["a"].reported_at == at(5)
    assert events == ["fired", "unverified"]
    assert after(seen(0), seen(0, 5, telling=Telling.DOUBTED), seen(0, told=6))[0].status is FIRING
    assert after(seen(0), seen(0, 5, telling=Telling.DOUBTED), seen(0, 5, told=9))[0].ends_at == at(
        5
    )


ANSWERS = {Telling.SETTLED, Telling.TIMED_OUT}
TOLD = [one for one in Telling if one not in {*ANSWERS, Telling.SILENT}]
DELIVERIES = st.builds(
    seen,
    st.integers(0, 12).map(float),
    st.none() | st.integers(0, 30).map(float),
    series=st.sampled_from("abc"),
    severity=st.sampled_from(Severity),
    told=st.none() | st.integers(0, 30).map(float),
    telling=st.none() | st.sampled_from(TOLD),
)


@given(st.lists(DELIVERIES, min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_ends_in_the_same_state(
    deliveries: list[Observation], chance: random.Random
) -> None:
    shuffled = deliveries + chance.choices(deliveries, k=len(deliveries))
    chance.shuffle(shuffled)
    one, _ = after(*deliveries)
    other, _ = after(*shuffled)
    assert one.sources == other.sources
    for name in ("status", "severity", "starts_at", "ends_at"):
        assert getattr(one, name) == getattr(other, name)


@given(st.lists(DELIVERIES, min_size=1, max_size=10))
def test_an_alert_that_fires_has_no_end_and_one_that_ended_has_one(
    deliveries: list[Observation],
) -> None:
    alert, _ = after(*deliveries)
    assert (alert.ends_at is None) == (alert.status not in ENDED)
    assert alert.starts_at <= (alert.ends_at or alert.starts_at)
    fires = any(source.status is FIRING for source in alert.sources.values())
    assert fires == (alert.status is FIRING)


def test_the_word_of_a_stored_alert_is_found_among_the_ended_states() -> None:
    assert {word for word in AlertStatus if word.value in ENDED} == {"resolved", "expired"}


def numbered(key: int, end: float | None = None, *, told: float = 0) -> Observation:
    """Tell of an event that began at noon, by a tool that numbers what it tells of."""
    return seen(0, end, told=told)._replace(source_key=str(key))


def test_a_tool_that_tells_time_by_the_second_may_begin_two_in_one() -> None:
    """The later one is told by its number, however many digits it has."""
    firing = [numbered(99), numbered(99, 0), numbered(100)]
    alert, events = after(*firing)
    assert (alert.status, alert.sources["a"].key) == (FIRING, "100")
    assert events == ["fired", "resolved", "fired"]
    ended, _ = after(*firing, numbered(100, 3, told=3))
    assert (ended.status, ended.ends_at) == (RESOLVED, at(3))


@given(st.permutations([numbered(99), numbered(99, 0), numbered(100), numbered(100, 0),
                        numbered(101)]))  # fmt: skip
def test_what_began_within_one_second_may_arrive_in_any_order(
    deliveries: list[Observation],
) -> None:
    alert, _ = after(*deliveries)
    assert (alert.status, alert.sources["a"].key, alert.ends_at) == (FIRING, "101", None)
