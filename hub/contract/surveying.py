"""Surveys: what a tool knows of hosts, of services and of what they rest on, in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Tags = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Host:
    """Something that the tool watches. Shape: `watched` False: it is switched off there."""

    key: str
    name: str
    title: str
    groups: tuple[str, ...]
    tags: Tags
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """A part that another one rests on. Shape: `any_of`: one of those so marked is enough."""

    key: str
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A service as the tool has it. Shape: `tags` are those of the problems that count for it."""

    key: str
    name: str
    tags: Tags
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed for parts. Units: `target` and `reached` are ratios; None: no data."""

    name: str
    target: float
    parts: tuple[str, ...]
    reached: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Window:
    """A planned maintenance.

    Shape: `hosts` are keys of hosts. `in_force` are those for which it holds now. A window that
           `recurs` lies between `since` and `until` several times.
    """

    name: str
    since: datetime
    until: datetime
    hosts: frozenset[str]
    groups: tuple[str, ...] = ()
    in_force: frozenset[str] = frozenset()
    recurs: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look found. Shape: `hidden` are sentences about what the user may not see."""

    hosts: tuple[Host, ...] = ()
    parts: tuple[Part, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    windows: tuple[Window, ...] = ()
    hidden: tuple[str, ...] = ()


class Surveyor(Protocol):
    """Looks at what a tool knows of the world; changes nothing."""

    async def survey(self) -> Survey:
        """Look once. Raises: Transient, Misconfigured, Anomalous."""
