"""Every webhook that a real Alertmanager posted for the reference folder."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.prometheus import parse

pytestmark = pytest.mark.needs_reference


@pytest.fixture
def webhooks(reference: Path) -> list[dict[str, object]]:
    path = reference / "data" / "captures" / "prometheus-2.42-alertmanager-0.25.json"
    return list(envelopes(json.loads(path.read_text())))


def envelopes(node: object) -> Iterator[dict[str, object]]:
    """Find the envelopes wherever the recording keeps them."""
    if isinstance(node, dict):
        if "groupKey" in node and "commonLabels" in node:
            yield node
            return
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from envelopes(part)


def test_every_capture_is_read_without_a_fault(webhooks: list[dict[str, object]]) -> None:
    assert len(webhooks) >= 5
    for webhook in webhooks:
        page = parse.page(json.dumps(webhook).encode())
        assert page.rejected == ()
        assert [record.body for record in page.records] == webhook["alerts"]


def test_a_resolve_that_alertmanager_sent_again_is_a_repeat(
    webhooks: list[dict[str, object]],
) -> None:
    """Fact 15: fingerprint, start and state are what is repeated."""
    seen = [
        (record.key, record.version)
        for webhook in webhooks
        for record in parse.page(json.dumps(webhook).encode()).records
    ]
    resolved = [key for key in seen if key[1] == "resolved"]
    assert len(set(resolved)) < len(resolved)
