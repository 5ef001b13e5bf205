"""Wiring of surveys: which connectors know hosts and services, and over which wire."""

from collections.abc import Iterable, Mapping

from hub.app.settings import Configured
from hub.contract import Surveyor, Wire


def surveyors(connectors: Iterable[Configured], wires: Mapping[str, Wire]) -> dict[str, Surveyor]:
    """Make the surveyor of every connector that has one."""
    return {
        one.id: one.connector.surveyor(one.settings, wires[one.id])
        for one in connectors
        if one.connector.surveyor is not None and one.id in wires
    }
