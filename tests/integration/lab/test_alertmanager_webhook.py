"""What real Alertmanagers post, read by the connector."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.prometheus import CONNECTOR
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Gauge, Posted, Sink
from deploy.lab.ports import request
from deploy.lab.prometheus import Prometheus, Rule
from hub.contract import Receiver, Record

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("prometheus", "alertmanager")]

SECRET = "a secret with blanks"  # noqa: S105 - of these tests only
RULE = Rule(
    "QueueBacklog",
    "lab_value > 5",
    labels={"severity": "critical", "service": "shop-db"},
    annotations={"summary": "Backlog of {{ $value }}"},
)


@pytest.fixture
def receiver() -> Receiver:
    assert CONNECTOR.receiver
    return CONNECTOR.receiver(CONNECTOR.settings.model_validate({"webhook_secret": SECRET}))


Pair = Callable[[str, str], tuple[Alertmanager, Alertmanager]]
Watching = Callable[[Gauge, Rule, tuple[Alertmanager, ...]], Prometheus]


async def test_two_alertmanagers_and_a_rule_give_one_key_that_fires_then_resolves(
    alertmanager_pair: Pair,
    prometheus_with_rule: Watching,
    gauge: Gauge,
    sink: Sink,
    receiver: Receiver,
) -> None:
    prometheus_with_rule(gauge, RULE, alertmanager_pair(sink.url, SECRET))

    gauge.value = 9
    await sink.until(lambda posted: len(senders(receiver, posted, "firing")) == 2)
    gauge.value = 0
    await sink.until(lambda posted: len(senders(receiver, posted, "resolved")) == 2)

    assert all(receiver.authentic(call.headers, call.body) for call in sink.posted)
    told = [*records(receiver, sink.posted, "firing"), *records(receiver, sink.posted, "resolved")]
    assert len({record.key for record in told}) == 1
    assert told[0].body["labels"] == {
        "alertname": "QueueBacklog",
        "instance": gauge.target,
        "job": "lab",
        "service": "shop-db",
        "severity": "critical",
    }


def senders(receiver: Receiver, posted: list[Posted], state: str) -> set[str]:
    """Return which Alertmanagers have told of an alert in this state."""
    return {
        json.loads(call.body)["externalURL"] for call in posted if records(receiver, [call], state)
    }


def records(receiver: Receiver, posted: list[Posted], state: str) -> list[Record]:
    pages: Iterator[tuple[Record, ...]] = (receiver.unpack(call.body).records for call in posted)
    return [record for page in pages for record in page if record.version == state]


async def test_a_webhook_that_fails_is_called_again(
    alertmanager_pair: Pair, sink: Sink, receiver: Receiver
) -> None:
    """Fact 20, the tool: a 5xx is delivered again."""
    sink.status = 503
    one, _other = alertmanager_pair(sink.url, SECRET)
    one.push([an_alert("Refused")])
    await sink.until(lambda posted: len(posted) >= 2)
    sink.status = 202
    await sink.until(lambda posted: len(posted) >= 3)
    assert len({r.key for r in records(receiver, sink.posted, "firing")}) == 1


async def test_a_start_with_nanoseconds_has_the_key_that_the_api_would_give_it(
    alertmanager_pair: Pair, sink: Sink, receiver: Receiver
) -> None:
    one, _other = alertmanager_pair(sink.url, SECRET)
    one.push([an_alert("Fine", startsAt=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.123456789Z")])
    await sink.until(lambda posted: len(posted) >= 1)
    (record,) = records(receiver, sink.posted, "firing")
    (known,) = json.loads(request(one.port, "GET", "/api/v2/alerts")[1])
    assert str(record.body["startsAt"]).endswith(".123456789Z")
    assert record.key == f"{known['fingerprint']}/{known['startsAt']}"


def an_alert(name: str, **fields: object) -> dict[str, object]:
    ends_at = datetime.now(UTC) + timedelta(hours=1)
    return {"labels": {"alertname": name}, "endsAt": ends_at.isoformat(), **fields}
