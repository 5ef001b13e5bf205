"""Polling as metrics: what the alert rules in `deploy/alerts` look at."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from hub.contract import Budget
from hub.services.sync.health import Pulse
from hub.services.sync.syncing import Syncing

STATES: Final = ("ok", "failing", "misconfigured", "paused", "waiting", "unverified")


def families(syncing: Syncing) -> Iterator[Metric]:
    """Yield how each polled connector is doing. Units: seconds, and shares from 0 to 1."""
    now = datetime.now(UTC)
    made = {
        name: GaugeMetricFamily(f"milepost_connector_{name}", says, labels=["connector"])
        for name, says in (
            ("last_success_timestamp_seconds", "When the last look went well."),
            ("next_poll_timestamp_seconds", "When it is looked at next."),
            ("look_seconds", "How long the last look took."),
            ("error_rate", "Share of failed looks of the last two hours."),
            ("open", "What is open at the tool."),
            ("backlog", "What the hub holds for open and the tool did not name."),
            ("held_back", "Ends without evidence that the guard holds back."),
            ("believed", "1 while the tool's silence is believed."),
            ("paused", "1 while an admin paused it."),
            ("poll_seconds", "How often it is looked at."),
            ("rate_limit", "How often its tool may be asked within its window, as it says."),
            ("rate_limit_remaining", "How often it may still be asked until that is renewed."),
            ("held_until_timestamp_seconds", "When its tool asked to be asked again."),
            ("token_expires_timestamp_seconds", "When the secret ends that the hub shows it."),
        )
    }
    unchecked = GaugeMetricFamily(
        "milepost_connector_tls_unverified", "1 where certificates are not checked.",
        labels=["connector"],
    )  # fmt: skip
    for one in syncing.polled.values():
        if one.tls == "unchecked":
            unchecked.add_metric([one.id], 1)
        if one.source is None:
            continue
        pulse = syncing.pulses[one.id]
        values = {
            "last_success_timestamp_seconds": _epoch(pulse.last_success_at),
            "next_poll_timestamp_seconds": _epoch(pulse.next_poll_at),
            "look_seconds": pulse.seconds,
            "error_rate": pulse.error_rate(now),
            "open": pulse.open,
            "backlog": pulse.missing,
            "held_back": pulse.held_back,
            "believed": None if pulse.last_success_at is None else pulse.alive is True,
            "paused": pulse.paused,
            "poll_seconds": one.poll_seconds,
            **_limits(one.budget() or Budget()),
            "token_expires_timestamp_seconds": _epoch(pulse.expiry.at if pulse.expiry else None),
        }
        for name, value in values.items():
            if value is not None:
                made[name].add_metric([one.id], float(value))
    yield from made.values()
    yield unchecked
    polled = [name for name, one in syncing.polled.items() if one.source is not None]
    yield from _counted({name: syncing.pulses[name] for name in polled})


def _limits(budget: Budget) -> dict[str, float | None]:
    return {
        "rate_limit": budget.limit,
        "rate_limit_remaining": budget.remaining,
        "held_until_timestamp_seconds": _epoch(budget.held_until),
    }


def _epoch(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _counted(pulses: Mapping[str, Pulse]) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "milepost_connector_state", "1 for the state that it is in.", labels=["connector", "state"]
    )
    looks = CounterMetricFamily("milepost_connector_polls", "Looks.", labels=["connector"])
    failures = CounterMetricFamily(
        "milepost_connector_poll_failures", "Looks that failed.", labels=["connector"]
    )
    for name, pulse in pulses.items():
        looks.add_metric([name], pulse.looks)
        failures.add_metric([name], pulse.failures)
        for state in STATES:
            states.add_metric([name, state], float(pulse.state == state))
    yield from (states, looks, failures)
