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
