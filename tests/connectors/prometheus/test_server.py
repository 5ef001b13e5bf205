"""What a Prometheus says of itself, read."""

from datetime import timedelta

import pytest

from connectors.prometheus.server import span


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1m", 60), ("2s", 2), ("1m30s", 90), ("1h0m0s", 3600), ("500ms", 0.5), ("1w2d", 777_600),
        ("", 0), ("1", 0), ("-1m", 0), ("1m ", 0), ("m", 0), ("1234567w", 0), ("\u0661m", 0),
    ],
)  # fmt: skip
def test_a_span_is_read_as_prometheus_writes_it_and_what_is_none_is_nought(
    text: str, seconds: float
) -> None:
    assert span(text) == timedelta(seconds=seconds)
