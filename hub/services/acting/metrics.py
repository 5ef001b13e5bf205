"""Writes to tools as metrics: what the alert rules in `deploy/alerts` look at."""

import asyncio
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from hub.errors import HubError
from hub.services.acting.ports import Outbox, Waiting
from hub.services.acting.sender import Sender
from hub.services.acting.words import WriteState

ENDS: Final = (
    WriteState.CONFIRMED,
    WriteState.FAILED,
    WriteState.REFUSED,
    WriteState.SUPERSEDED,
)
"""How a write can end that a sender has in hand."""
PATIENCE_SECONDS: Final = 2.0


async def families(outbox: Outbox, sender: Sender) -> Sequence[Metric]:
    """Return how the writes to each tool go.

    Shape: what the store does not tell in time is left out: a scrape must not wait for it, and what
           was true before may not be true now.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            waiting, stopped = await outbox.waiting(), await outbox.stopped()
    except (HubError, TimeoutError):
        return [_ends(sender), *_standing((), {}, {})]
    return [_ends(sender), *_standing(sender.connectors, waiting, stopped)]


def _ends(sender: Sender) -> Metric:
    """Count from 0 on, so that the first one that fails is a rise."""
    family = CounterMetricFamily(
        "milepost_connector_writes",
        "Writes that this process had in hand and that are over, by how they ended.",
        labels=["connector", "state"],
    )
    for name in sender.connectors:
        for state in ENDS:
            family.add_metric([name, state.value], sender.ends[name, state])
    return family


def _standing(
    names: Iterable[str],
    waiting: Mapping[str, Waiting],
    stopped: Container[str],
) -> Sequence[Metric]:
    waits = GaugeMetricFamily(
        "milepost_connector_writes_waiting", "Writes that are not over.", labels=["connector"]
    )
    oldest = GaugeMetricFamily(
        "milepost_connector_write_oldest_timestamp_seconds",
        "When the oldest write was wanted that is not over.",
        labels=["connector"],
    )
    switch = GaugeMetricFamily(
        "milepost_connector_writes_stopped", "1 while an admin stopped the writes to it.",
        labels=["connector"],
    )  # fmt: skip
    for name in names:
        found = waiting.get(name)
        waits.add_metric([name], 0 if found is None else found.operations)
        if found is not None:
            oldest.add_metric([name], found.since.timestamp())
        switch.add_metric([name], float(name in stopped))
    return waits, oldest, switch
