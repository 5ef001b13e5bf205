"""Writing back: silences. Alertmanager knows no acknowledgement.

A silence of ours matches every label of one alert and carries a mark in its comment, by which it is
found again. What is not found so was made by somebody else, and is never touched.
"""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from connectors.prometheus.alertmanager import About, Alertmanager, Silence
from connectors.prometheus.identity import fingerprint, told
from connectors.prometheus.listing import Listed, Listing
from connectors.prometheus.settings import Settings
from hub.contract import Operation, Wire
from hub.errors import HubError, Misconfigured, Transient

WRITES: Final = ("suppress", "unsuppress")
HANGS: Final = 1.0
LEFT_ALONE: Final = 30.0
"""Seconds: an Alertmanager that takes so long to fail is not asked for so long; both arbitrary."""
_MARK: Final = "[milepost:"
_KEY: Final = re.compile(r"[^A-Za-z0-9._:-]")


@dataclass(frozen=True, slots=True)
class Side:
    """One Alertmanager, or one cluster by the member that answers first.

    Shape: `alert` None: it does not list it. `ours` are the hub's silences of the alert that hold,
           `others` says what else suppresses it. `matchers` match it and no other alert listed.
    """

    manager: Alertmanager
    at: datetime
    alert: Listed | None
    ours: tuple[Silence, ...]
    others: tuple[str, ...]
    matchers: Mapping[str, str]


class Writer:
    """The port `hub.contract.Writer`."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self._managers = [Alertmanager(wire, str(url)) for url in settings.alertmanager_urls]
        self._peers: dict[str, frozenset[str]] = {}
        self._hanging: dict[str, tuple[float, HubError]] = {}

    async def holds(self, operation: Operation) -> bool:
        """Ask whether every Alertmanager is as the operation wants it.

        Raises: Misconfigured too, when it can never be done; its sentence says why. Transient, too,
                when those that answer are so and another, which shares no silences with them, does
                not answer.
        """
        sides, lacking = await self._sides(operation)
        holds = _holds(operation, sides, whole=lacking is None)
        if holds and lacking is not None:
            raise lacking
        return holds

    async def apply(self, operation: Operation) -> Mapping[str, object]:
        """Make or end the silence at each Alertmanager where that is still to be done.

        Raises: Transient, too, when it is done at those that answer, and not at all.
        """
        sides, lacking = await self._sides(operation)
        done: dict[str, object] = {}
        for side in sides:
            if operation.write == "unsuppress":
                for silence in side.ours:
                    await side.manager.expire(silence.id)
                done[side.manager.url] = [silence.id for silence in side.ours]
            elif side.alert is not None:
                done[side.manager.url] = await _silenced(operation, side)
        if lacking is not None:
            raise lacking
        return {"silences": done}

    async def _sides(self, operation: Operation) -> tuple[list[Side], Transient | None]:
        """Look at every Alertmanager that answers, once for each cluster.

        Shape: the second says which do not answer; one whose cluster does is none of them.
        Raises: Misconfigured, when there is none to ask; Transient, when none answers.
        """
        if operation.on.kind != "alert" or not self._managers:
            raise Misconfigured(
                "only an alert that an Alertmanager of this connector lists can be silenced;"
                " set alertmanager_urls, and silence nothing that the hub itself tells of"
            )
        looks = (self._look(manager, operation) for manager in self._managers)
        answers = await asyncio.gather(*looks, return_exceptions=True)
        clusters: dict[frozenset[str], Side] = {}
        faults: dict[str, HubError] = {}
        for manager, answer in zip(self._managers, answers, strict=True):
            if isinstance(answer, tuple):
                about, side = answer
                self._peers[manager.url] = about.peers
                cluster = about.peers or frozenset({manager.url})
                known = clusters.get(cluster)
                if known is None or (known.alert is None and side.alert is not None):
                    clusters[cluster] = side
            elif isinstance(answer, HubError):
                faults[manager.url] = answer
            else:
                raise answer
        if not clusters:
            raise _first(list(faults.values()))
        # A member that comes back is told by its cluster. Who was one is known from earlier looks.
        there = frozenset().union(*clusters)
        lacking = [url for url in faults if not self._peers.get(url, frozenset()) & there]
        return list(clusters.values()), _not_reached(lacking, faults) if lacking else None

    async def _look(self, manager: Alertmanager, operation: Operation) -> tuple[About, Side]:
        """Look at one; one that hung a moment ago must not slow what is asked of the others."""
        began = time.monotonic()
        until, fault = self._hanging.get(manager.url, (0.0, None))
        if fault is not None and began < until:
            raise fault
        try:
            return await _side(manager, operation)
        except HubError as hung:
            if time.monotonic() - began > HANGS:
                self._hanging[manager.url] = time.monotonic() + LEFT_ALONE, hung
            raise


def _holds(operation: Operation, sides: Sequence[Side], *, whole: bool) -> bool:
    """Tell whether those that answer are as wanted; `whole`: that is all there are.

    Raises: Misconfigured, when it can never be done.
    """
    if operation.write == "unsuppress":
        ours = any(side.ours for side in sides)
        if whole and not ours:
            _refuse_what_is_not_ours(sides)
        return not ours
    until = _until(operation)
    telling = [side for side in sides if side.alert is not None]
    mine = [_mine(operation, side) for side in telling]
    if not telling:
        if not whole or any(_mine(operation, side) for side in sides):
            return True  # it ended after it was silenced, or another lists it
        raise Misconfigured("no Alertmanager lists this alert any more: it has ended")
    if until <= max(side.at for side in telling) and not all(mine):
        raise Misconfigured("the silence would end before it begins; choose a later `until`")
    # A longer one of the hub's that still holds would outlive what is wanted.
    alone = all(len(side.ours) == 1 for side in telling)
    return all(mine) and alone


def _not_reached(lacking: Sequence[str], faults: Mapping[str, HubError]) -> Transient:
    said = "; ".join(f"{url}: {faults[url]}" for url in lacking)
    waits = [
        fault.retry_after
        for fault in faults.values()
        if isinstance(fault, Transient) and fault.retry_after is not None
    ]
    return Transient(
        f"not every Alertmanager was reached: {said}", retry_after=max(waits, default=None)
    )


async def _side(manager: Alertmanager, operation: Operation) -> tuple[About, Side]:
    about = await manager.about()
    listing = await manager.alerts()
    holding = [silence for silence in await manager.silences() if silence.holds]
    alert = _listed(listing, operation.on.series)
    ours = tuple(one for one in holding if _is_ours(one, operation.on.series))
    own = {one.id for one in ours}
    by = {one.id: one.created_by for one in holding if one.id not in own}
    state = alert.status if alert else None
    others = [
        f"a silence of {by[one]}" for one in (state.silenced_by if state else ()) if one in by
    ]
    others += ["another alert that inhibits it"] if state and state.inhibited_by else []
    matchers = {} if alert is None else _matching(alert, listing)
    return about, Side(manager, about.at, alert, ours, tuple(others), matchers)


def _matching(alert: Listed, listing: Listing) -> dict[str, str]:
    """Return what matches an alert alone: its labels, and those that only its likes have as empty.

    A silence of all its labels would silence each alert that has these and more.
    """
    likes = [one for one in listing.alerts if alert.labels.items() < one.labels.items()]
    more = {name: "" for one in likes for name in one.labels}
    return {**more, **alert.labels}


def _listed(listing: Listing, series: str) -> Listed | None:
    return next((alert for alert in listing.alerts if alert.fingerprint == series), None)


def _is_ours(silence: Silence, series: str) -> bool:
    """Tell whether the hub made a silence, for this very alert."""
    exact = all(one.is_equal and not one.is_regex for one in silence.matchers)
    labels = {one.name: one.value for one in silence.matchers}
    return _MARK in silence.comment and exact and fingerprint(told(labels, {})) == series


def _mine(operation: Operation, side: Side) -> bool:
    return any(_mark(operation) in silence.comment for silence in side.ours)


def _refuse_what_is_not_ours(sides: Sequence[Side]) -> None:
    """Refuse to lift what the hub did not put there.

    Raises: Misconfigured.
    """
    others = sorted({other for side in sides for other in side.others})
    if others:
        by = ", ".join(others)
        raise Misconfigured(f"the alert is suppressed by {by}; end that itself")


async def _silenced(operation: Operation, side: Side) -> str:
    """Silence an alert at one Alertmanager, once; the hub's older silence of it ends."""
    mine = next((one for one in side.ours if _mark(operation) in one.comment), None)
    if mine is not None:
        for silence in side.ours:
            if silence is not mine:
                await side.manager.expire(silence.id)
        return mine.id
    said = str(operation.values.get("message") or "").strip()
    made = await side.manager.silence(
        {
            "matchers": [
                {"name": name, "value": value, "isRegex": False, "isEqual": True}
                for name, value in side.matchers.items()
            ],
            "startsAt": side.at.isoformat(),
            "endsAt": _until(operation).isoformat(),
            "createdBy": str(operation.values.get("by") or "milepost"),
            "comment": f"{said} {_mark(operation)}".lstrip(),
        }
    )
    for silence in side.ours:
        await side.manager.expire(silence.id)
    return made


def _mark(operation: Operation) -> str:
    return f"{_MARK}{_KEY.sub('-', operation.key)}]"


def _until(operation: Operation) -> datetime:
    """Return when the silence is to end.

    Raises: Misconfigured.
    """
    try:
        return datetime.fromisoformat(str(operation.values.get("until"))).astimezone(UTC)
    except ValueError:
        raise Misconfigured("a silence needs `until`, the instant at which it ends") from None


def _first(faults: Sequence[HubError]) -> HubError:
    """Choose the fault to tell where no Alertmanager answers: one that may pass by itself."""
    return next((fault for fault in faults if isinstance(fault, Transient)), faults[0])
