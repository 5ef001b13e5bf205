"""What is remembered of the heartbeats between two looks.

An Alertmanager forgets a heartbeat some minutes after it stops; who has heard it does not. What is
remembered is lost when the hub restarts: then a heartbeat that the admin wrote down is waited for
again, and one that nobody wrote down was never there.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.prometheus import hearts
from connectors.prometheus.hearts import Heart
from connectors.prometheus.listing import Listing
from connectors.prometheus.settings import Settings
from hub.contract import Record, Standing


class Pulse:
    """The heartbeats that one connector listens for."""

    def __init__(self, settings: Settings) -> None:
        self.wanted: Mapping[str, str] = settings.pulse.labels
        self.longest = timedelta(seconds=settings.pulse.seconds)
        self._must_beat = settings.heartbeat is not None
        self._known: dict[str, Heart] = {}

    def owns(self, record: Record) -> bool:
        """Tell whether a record is a heartbeat, which is no alert of the board."""
        labels = record.body.get("labels")
        return isinstance(labels, dict) and hearts.beats(labels, self.wanted)

    def hearts(self, listings: tuple[Listing, ...]) -> dict[str, Heart]:
        """Find the hearts, those too that were heard before and are heard no more."""
        now = max(listing.at for listing in listings)
        found = hearts.heard(listings, self.wanted)
        lost = {
            series: replace(heart, age=max(now - heart.seen_at, timedelta(0)))
            for series, heart in self._known.items()
            if heart.heard or not found
        }
        if self._must_beat and not found and not lost:
            name = hearts.series(self.wanted)
            lost[name] = Heart(name, self.wanted, now, timedelta(0), heard=False)
        self._known = {**lost, **found}
        return self._known

    def beats(self, heart: Heart) -> bool:
        """Tell whether a heart was heard lately."""
        return heart.heard and heart.age <= self.longest

    def missing(self, listings: tuple[Listing, ...]) -> list[Heart]:
        """Return the hearts that stay away for too long."""
        return [one for one in self.hearts(listings).values() if one.age > self.longest]

    def returned(self, series: str, listings: tuple[Listing, ...]) -> Heart | None:
        """Return the heart of a series if it beats.

        Shape: the one that was waited for is back with the first that is heard, whose labels it
               could not know.
        """
        known = self.hearts(listings)
        waited = series == hearts.series(self.wanted) and series not in known
        if not waited:
            found = known.get(series)
            return found if found is not None and self.beats(found) else None
        first = next((heart for heart in known.values() if self.beats(heart)), None)
        return first and replace(first, series=series, labels=self.wanted)

    def _until(self, heart: Heart) -> datetime:
        return min(heart.vouches_until, heart.seen_at + self.longest)

    def proves(self, listings: tuple[Listing, ...]) -> bool | None:
        """Tell whether it proves an end that no Alertmanager lists an alert; None: no heartbeat.

        Shape: nothing can have run out yet, and each Prometheus runs for long enough to have told
               of everything again.
        """
        if not listings:
            return None
        known, now = self.hearts(listings), max(listing.at for listing in listings)
        return (
            None
            if not known
            else all(
                self.beats(heart)
                and self._until(heart) >= now
                and now - heart.since >= self.longest
                for heart in known.values()
            )
        )

    def standing(self, listings: tuple[Listing, ...]) -> Standing | None:
        """Judge by the heartbeats; None where there is none to judge by.

        Shape: the worst of several decides: who knows whose alerts it is that vanish.
        """
        if not listings:
            return None
        known = self.hearts(listings)
        if not known:
            return None
        worst = max(known.values(), key=lambda heart: (not heart.heard, heart.age))
        name = ", ".join(f"{label}={value}" for label, value in self.wanted.items())
        if self.beats(worst):
            why = f"the heartbeat {name} is heard"
            return Standing(True, why, worst.seen_at, min(map(self._until, known.values())))
        since = worst.seen_at.isoformat(timespec="seconds")
        if worst.heard:
            why = f"the heartbeat {name} was heard last at {since}"
            return Standing(alive=False, why=why, seen_at=worst.seen_at)
        alive = None if worst.age <= self.longest else False
        return Standing(alive, f"the heartbeat {name} was never heard since {since}")
