"""The heartbeat of a Prometheus, as its Alertmanagers hear it. Pure: the clock is Alertmanager's.

That Alertmanager lists the heartbeat proves nothing: it lists it for minutes after its Prometheus
died. When it was told of it last (`updatedAt`) does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.prometheus import parse
from connectors.prometheus.identity import fingerprint
from connectors.prometheus.listing import ZERO_TIME, Listed, Listing
from hub.contract import Record

KIND: Final = "heartbeat"
# Two Prometheus servers that watch the same are one heart: it beats while one of them does.
_REPLICA: Final = frozenset({"replica", "prometheus_replica"})
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heart:
    """The heartbeat of one Prometheus or of one pair.

    Shape: `seen_at` is when an Alertmanager was told of it last, `age` how long ago that was, both
           by that Alertmanager's clock. Not `heard`: only waited for, since `seen_at`. `lasts` is
           for how long Alertmanager takes it to fire if nobody repeats it, `since` its beginning.
    """

    series: str
    labels: Mapping[str, str]
    seen_at: datetime
    age: timedelta
    heard: bool = True
    lasts: timedelta = timedelta(0)
    since: datetime = _LONG_AGO

    @property
    def vouches_until(self) -> datetime:
        """Return up to when no alert of its Prometheus can have run out.

        Source: Prometheus, `rules/alerting.go`: an alert is told of anew once the resend delay is
                over, and runs out after four times the longer of that delay and its interval. So
                what is told of last before a death runs out two delays after it or later.
        """
        return self.seen_at + self.lasts / 2


def beats(labels: Mapping[str, object] | None, wanted: Mapping[str, str]) -> bool:
    """Tell whether an alert of these labels is a heartbeat."""
    if labels is None:
        return False
    return all(labels.get(name) == value for name, value in wanted.items())


def heard(listings: Iterable[Listing], wanted: Mapping[str, str]) -> dict[str, Heart]:
    """Find each heart, as the Alertmanager knows it that was told last."""
    found: dict[str, Heart] = {}
    for listing in listings:
        for alert in listing.alerts:
            if beats(alert.labels, wanted):
                heart = _heart(alert, listing.at)
                known = found.get(heart.series)
                if known is None or heart.age < known.age:
                    found[heart.series] = heart
    return found


def _heart(alert: Listed, at: datetime) -> Heart:
    labels = {name: value for name, value in alert.labels.items() if name not in _REPLICA}
    seen_at = _read(alert.updated_at) or at
    return Heart(
        series(labels),
        labels,
        seen_at,
        age=max(at - seen_at, timedelta(0)),
        lasts=max((_read(alert.ends_at) or seen_at) - seen_at, timedelta(0)),
        since=_read(alert.starts_at) or seen_at,
    )


def _read(text: str) -> datetime | None:
    found = parse.instant(text)
    return None if found is None else datetime.fromisoformat(found)


def series(labels: Mapping[str, str]) -> str:
    """Name the heart of these labels, replica labels taken out."""
    return f"{KIND}/{fingerprint(labels)}"


def is_heart(name: str) -> bool:
    """Tell whether a series is one of a heartbeat; a fingerprint has no slash."""
    return name.startswith(f"{KIND}/")


def missing(heart: Heart) -> Record:
    """Say that a heartbeat stays away, from when it was heard last."""
    since = _written(heart.seen_at)
    return _record(heart, since, {"status": "firing", "startsAt": since, "endsAt": ZERO_TIME})


def back(heart: Heart, key: str) -> Record:
    """Say that the heartbeat of this key is back."""
    since = key.rpartition("/")[2]
    body = {"status": "resolved", "startsAt": since, "endsAt": _written(heart.seen_at)}
    return _record(heart, since, body)


def _record(heart: Heart, since: str, body: dict[str, str]) -> Record:
    # What it is grouped and owned by is its Prometheus's; its severity "none" is the Watchdog's.
    labels = {name: value for name, value in heart.labels.items() if name != "severity"}
    whole = {**body, "labels": labels | {"heartbeat": "missing"}}
    return Record(KIND, f"{heart.series}/{since}", whole, body["status"], heart.series)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
