"""What grouping takes in and gives out, and its permanent baseline. Pure."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import NamedTuple

from hub.linking.kinship import Kind
from hub.model.links import Reason
from hub.model.ops import Alert


class Signal(NamedTuple):
    """One alert, at the beginning of one of its episodes, as grouping sees it.

    Units: `onset` is epoch seconds, the earliest instant at which the fault may have begun
           (`starts_at` minus its uncertainty: a rule's `for`, an item's interval); it may have
           begun up to `uncertainty` seconds later.
    """

    alert: str
    onset: float
    kind: Kind
    uncertainty: float = 0.0


def signal_of(alert: Alert, *, service: str | None, system: str | None = None) -> Signal:
    """Make the signal of an alert's current episode; its name is the label `alertname`."""
    uncertainty = max(alert.onset_uncertainty_seconds, 0.0)
    name = alert.labels.get("alertname") or alert.title
    kind = Kind(service, alert.service_hint, alert.host, system, alert.environment, name)
    return Signal(alert.ref, alert.starts_at.timestamp() - uncertainty, kind, uncertainty)


class Placement(NamedTuple):
    """Where a signal belongs.

    Shape: `incident` None asks for a new one; `possibly_same` then names an incident of related
           services that was just before it. `components` are T, G, L of the nearest member.
           `suggested` says that a person should look at it.
    """

    incident: int | None
    score: float
    components: Mapping[str, float]
    suggested: bool
    reasons: tuple[Reason, ...]
    possibly_same: int | None = None


class Move(NamedTuple):
    """A signal that belongs elsewhere now that an earlier one has come to light."""

    signal: Signal
    source: int
    target: int


class Regrouping(NamedTuple):
    """What `Window.regroup` changed.

    Shape: `absorbed` maps incidents that are empty now to the one that took most of their alerts.
    """

    moves: tuple[Move, ...] = ()
    absorbed: Mapping[int, int] = {}


def fixed_window(signals: Iterable[Signal], minutes: float) -> list[int]:
    """Group by time alone, the permanent baseline: a window opens at its first signal.

    Shape: one number a signal, in the order given.
    """
    given = list(signals)
    groups, opened, number = [0] * len(given), -inf, -1
    for i in sorted(range(len(given)), key=lambda i: given[i].onset):
        if given[i].onset >= opened + minutes * 60:
            opened, number = given[i].onset, number + 1
        groups[i] = number
    return groups
