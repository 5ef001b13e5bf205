"""What is remembered of heartbeats, by an Alertmanager's clock that the test turns."""

from datetime import UTC, datetime, timedelta

from connectors.prometheus import hearts
from connectors.prometheus.listing import Listed, Listing, State
from connectors.prometheus.pulse import Pulse
from connectors.prometheus.settings import Settings

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def pulse(*, written: bool = True) -> Pulse:
    return Pulse(Settings.model_validate({"heartbeat": {} if written else None}))


def heard(at: datetime, *beats: tuple[datetime, dict[str, str]]) -> tuple[Listing, ...]:
    """Make what one Alertmanager lists at an instant: heartbeats, and when it was told of each."""
    alerts = [
        Listed(
            fingerprint="f",
            starts_at="2026-01-01T00:00:00.000Z",
            updated_at=told.isoformat(),
            ends_at=(told + 240 * SECOND).isoformat(),
            status=State("active"),
            labels={"alertname": "Watchdog", "severity": "none", **more},
        )
        for told, more in beats
    ]
    return (Listing(tuple(alerts), (), at),)


def test_a_heartbeat_that_is_listed_and_not_told_of_is_missing() -> None:
    listens = pulse()
    fresh, stale = heard(NOON + 150 * SECOND, (NOON, {})), heard(NOON + 151 * SECOND, (NOON, {}))
    assert listens.standing(fresh).alive is True  # type: ignore[union-attr]
    assert listens.missing(fresh) == []
    assert listens.standing(stale).alive is False  # type: ignore[union-attr]
    assert [heart.seen_at for heart in listens.missing(stale)] == [NOON]


def test_one_of_two_servers_that_died_is_noticed_and_one_of_a_pair_is_none() -> None:
    at = NOON + 300 * SECOND
    two = heard(at, (NOON, {"cluster": "a"}), (at, {"cluster": "b"}))
    assert [heart.labels["cluster"] for heart in pulse().missing(two)] == ["a"]
    pair = heard(at, (NOON, {"replica": "a"}), (at, {"replica": "b"}))
    assert pulse().missing(pair) == []


def test_what_was_written_down_is_waited_for_and_then_missing_until_it_is_heard() -> None:
    listens = pulse()
    assert listens.standing(heard(NOON)).alive is None  # type: ignore[union-attr]
    late = heard(NOON + 151 * SECOND)
    assert listens.standing(late).alive is False  # type: ignore[union-attr]
    (waited,) = listens.missing(late)
    assert waited.series == hearts.series({"alertname": "Watchdog"})
    now = NOON + 200 * SECOND
    came = heard(now, (now, {"cluster": "a"}))
    assert listens.missing(came) == []
    back = listens.returned(waited.series, came)
    assert back is not None
    assert (back.series, back.seen_at) == (waited.series, now)


def test_what_nobody_wrote_down_counts_once_it_was_heard() -> None:
    listens = pulse(written=False)
    assert listens.standing(heard(NOON + 900 * SECOND)) is None
    listens.hearts(heard(NOON, (NOON, {})))
    # Alertmanager has forgotten it; who heard it has not.
    gone = heard(NOON + 900 * SECOND)
    assert listens.standing(gone).alive is False  # type: ignore[union-attr]
    (missing,) = listens.missing(gone)
    assert missing.seen_at == NOON
    assert listens.returned(missing.series, gone) is None


def test_fact_21_a_heartbeat_vouches_for_half_of_its_life_and_for_no_longer_than_is_set() -> None:
    """What was told of last before a death runs out two resend delays after it or later."""
    heart = heard(NOON + 30 * SECOND, (NOON, {}))
    standing = pulse().standing(heart)
    assert standing is not None
    assert standing.vouches_until == NOON + 120 * SECOND
    short = Pulse(Settings.model_validate({"heartbeat": {"seconds": 60}})).standing(heart)
    assert short is not None
    assert short.vouches_until == NOON + 60 * SECOND
    two = heard(
        NOON + 30 * SECOND, (NOON, {"cluster": "a"}), (NOON + 30 * SECOND, {"cluster": "b"})
    )
    worst = pulse().standing(two)
    assert worst is not None
    assert worst.vouches_until == NOON + 120 * SECOND


def test_fact_21_a_heartbeat_that_is_only_remembered_proves_an_end_for_two_delays_only() -> None:
    """Alertmanager lists neither it nor the alert any more: it is not alive because of that."""
    listens = pulse()
    assert listens.proves(heard(NOON, (NOON, {})))
    assert listens.proves(heard(NOON + 120 * SECOND))
    assert not listens.proves(heard(NOON + 121 * SECOND))
    assert listens.standing(heard(NOON + 121 * SECOND)).alive  # type: ignore[union-attr]


def test_a_heartbeat_that_has_just_begun_proves_no_end() -> None:
    """Its Prometheus may not have found again what fires."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    for after, proof in ((149, False), (150, True)):
        at = began + after * SECOND
        assert pulse().proves(heard(at, (at, {}))) is proof


def test_without_a_heartbeat_nothing_is_proved_or_disproved() -> None:
    assert pulse(written=False).proves(heard(NOON)) is None
    assert pulse(written=False).proves(()) is None
