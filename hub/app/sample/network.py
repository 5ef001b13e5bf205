"""Dates and slack of the demo's plan by the critical path method, in working minutes.

Small on purpose: one calendar, finish-to-start and the three other link types with lag, and
"start no earlier than". Pure: no clock, no file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.app.sample.axis import DAY

_LINK: Final = re.compile(r"(?P<code>\w+)(?:\s+(?P<type>FS|SS|FF|SF))?(?P<lag>[+-]\d+)?\Z")


@dataclass(frozen=True, slots=True)
class Link:
    """A precedence link to a predecessor. Units: `lag` is working minutes."""

    predecessor: str
    type: str
    lag: int


@dataclass(frozen=True, slots=True)
class Node:
    """What the method needs of a task. Units: working minutes."""

    duration: int
    links: tuple[Link, ...]
    not_before: int = 0


@dataclass(frozen=True, slots=True)
class Dates:
    """Early dates and both slacks of a task. Units: working minutes."""

    start: int
    finish: int
    total_slack: int
    free_slack: int


def links(text: str) -> tuple[Link, ...]:
    """Read links written as `A1, B2 SS+3, C1 FF-1`; lags are days.

    Raises: ValueError, when a link is not written like that.
    """
    return tuple(_link(part.strip()) for part in text.split(",") if part.strip())


def _link(text: str) -> Link:
    match = _LINK.match(text)
    if match is None:
        raise ValueError(f"not a link: {text!r}")
    lag = int(match["lag"] or 0) * DAY
    return Link(match["code"], match["type"] or "FS", lag)


def schedule(nodes: Mapping[str, Node]) -> dict[str, Dates]:
    """Compute early dates forwards and slack backwards from the project's end."""
    order = _order(nodes)
    start: dict[str, int] = {}
    for code in order:
        node = nodes[code]
        bounds = (_earliest(link, node, nodes, start) for link in node.links)
        start[code] = max((0, node.not_before, *bounds))
    end = max(start[code] + nodes[code].duration for code in order)
    late = _late_starts(nodes, order, end)
    free = _free_slack(nodes, start, end)
    return {
        code: Dates(
            start[code],
            start[code] + nodes[code].duration,
            late[code] - start[code],
            min(free[code], late[code] - start[code]),
        )
        for code in order
    }


def _earliest(link: Link, node: Node, nodes: Mapping[str, Node], start: Mapping[str, int]) -> int:
    begun = start[link.predecessor] + link.lag
    from_finish = nodes[link.predecessor].duration if link.type in ("FS", "FF") else 0
    to_finish = node.duration if link.type in ("FF", "SF") else 0
    return begun + from_finish - to_finish


def _late_starts(nodes: Mapping[str, Node], order: Sequence[str], end: int) -> dict[str, int]:
    late = {code: end - node.duration for code, node in nodes.items()}
    for code in reversed(order):
        node = nodes[code]
        for link in node.links:
            slack = late[code] - _earliest(link, node, nodes, late)
            late[link.predecessor] = min(late[link.predecessor], late[link.predecessor] + slack)
    return late


def _free_slack(nodes: Mapping[str, Node], start: Mapping[str, int], end: int) -> dict[str, int]:
    free = {code: end - start[code] - node.duration for code, node in nodes.items()}
    for code, node in nodes.items():
        for link in node.links:
            slack = start[code] - _earliest(link, node, nodes, start)
            free[link.predecessor] = min(free[link.predecessor], slack)
    return free


def _order(nodes: Mapping[str, Node]) -> list[str]:
    """Sort predecessors before successors. Raises: ValueError, when links run in a circle."""
    done: dict[str, None] = {}
    while len(done) < len(nodes):
        ready = [
            code
            for code, node in nodes.items()
            if code not in done and all(link.predecessor in done for link in node.links)
        ]
        if not ready:
            raise ValueError(f"a circle among {sorted(set(nodes) - set(done))}")
        done.update(dict.fromkeys(ready))
    return list(done)
