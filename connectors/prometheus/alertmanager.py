"""The I/O to one Alertmanager: what its API v2 lists, and its silences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import msgspec

from connectors.prometheus import parse
from connectors.prometheus.answers import Far, clock, sentence
from connectors.prometheus.listing import Listing, listing
from hub.contract import Wire
from hub.errors import Misconfigured

# Said in full: what an API lists unasked is its own to change.
_ALL: Final = tuple((name, "true") for name in ("active", "silenced", "inhibited", "unprocessed"))


class _Version(msgspec.Struct):
    version: str = ""


class _Config(msgspec.Struct):
    original: str = ""


class _Peers(msgspec.Struct):
    status: str = ""
    peers: list[dict[str, str]] | None = None


class _Status(msgspec.Struct):
    uptime: str
    version: _Version = msgspec.field(name="versionInfo")
    config: _Config = msgspec.field(default_factory=_Config)
    cluster: _Peers = msgspec.field(default_factory=_Peers)


@dataclass(frozen=True, slots=True)
class About:
    """What an Alertmanager says of itself.

    Shape: `up_for` is how long it runs, by its own clock `at`; `config` is YAML with its secrets
           blanked out; `peers` names the members of its cluster, itself included.
    """

    version: str
    up_for: timedelta
    at: datetime
    config: str
    peers: frozenset[str]


class Matcher(msgspec.Struct, frozen=True):
    """One condition of a silence on a label."""

    name: str
    value: str
    is_regex: bool = msgspec.field(name="isRegex")
    is_equal: bool = msgspec.field(default=True, name="isEqual")


class Silence(msgspec.Struct, frozen=True):
    """A silence as Alertmanager keeps it."""

    id: str
    comment: str
    created_by: str = msgspec.field(name="createdBy")
    status: dict[str, str]
    matchers: tuple[Matcher, ...]
    ends_at: str = msgspec.field(name="endsAt")

    @property
    def holds(self) -> bool:
        """Tell whether it silences now or soon."""
        return self.status.get("state") != "expired"


class _Made(msgspec.Struct):
    id: str = msgspec.field(name="silenceID")


class Alertmanager:
    """One Alertmanager. Every method raises Transient, Misconfigured, Anomalous."""

    def __init__(self, wire: Wire, url: str) -> None:
        self._far = Far(wire, url, "Alertmanager")
        self.url = self._far.url

    async def alerts(self, wanted: Mapping[str, str] | None = None) -> Listing:
        """List the alerts that it knows and that have not ended; only those of labels `wanted`."""
        only = tuple(("filter", f"{name}={_quoted(to)}") for name, to in (wanted or {}).items())
        answer = await self._far.get("/api/v2/alerts", (*_ALL, *only))
        try:
            return listing(answer.body, clock(answer))
        except parse.UNREADABLE as fault:
            raise self._far.odd(answer, fault) from fault

    async def about(self) -> About:
        """Ask what it is."""
        answer = await self._far.get("/api/v2/status")
        try:
            said = msgspec.json.decode(answer.body, type=_Status)
            began = datetime.fromisoformat(parse.instant(said.uptime) or "")
        except parse.UNREADABLE as fault:
            raise self._far.odd(answer, fault) from fault
        at = clock(answer)
        up_for = max(at - began, timedelta(0))
        peers = frozenset(peer.get("name", "") for peer in said.cluster.peers or ())
        return About(said.version.version, up_for, at, said.config.original, peers)

    async def silences(self) -> list[Silence]:
        """List its silences, those that are over too."""
        answer = await self._far.get("/api/v2/silences")
        try:
            return msgspec.json.decode(answer.body, type=list[Silence])
        except parse.UNREADABLE as fault:
            raise self._far.odd(answer, fault) from fault

    async def silence(self, wanted: Mapping[str, object]) -> str:
        """Make a silence; return its id.

        Raises: Misconfigured too, when Alertmanager will not, with its own sentence.
        """
        answer = await self._far.send("POST", "/api/v2/silences", wanted)
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise Misconfigured(
                f"Alertmanager at {self.url} will not silence it: {sentence(answer.body)}"
            )
        self._far.well(answer)
        try:
            return msgspec.json.decode(answer.body, type=_Made).id
        except parse.UNREADABLE as fault:
            raise self._far.odd(answer, fault) from fault

    async def expire(self, silence: str) -> None:
        """End a silence; one that is over or forgotten is none."""
        answer = await self._far.send("DELETE", f"/api/v2/silence/{silence}")
        if answer.status != HTTPStatus.NOT_FOUND:
            self._far.well(answer)


def _quoted(value: str) -> str:
    return msgspec.json.encode(value).decode()
