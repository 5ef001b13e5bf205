import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.prometheus import parse
from hub.contract import Page, Record, Rejected
from hub.errors import Anomalous

TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
ALERT = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["firing", "resolved"]) | JSON,
        "labels": st.dictionaries(TEXT, TEXT, max_size=3) | JSON,
        "annotations": st.dictionaries(TEXT, TEXT, max_size=3) | JSON,
        "startsAt": st.datetimes().map(lambda at: f"{at.isoformat()}Z") | JSON,
        "endsAt": JSON,
        "fingerprint": st.from_regex(r"[0-9a-f]{16}", fullmatch=True) | JSON,
    },
)
ENVELOPE = st.fixed_dictionaries(
    {},
    optional={
        "version": st.just("4") | JSON,
        "alerts": st.lists(ALERT | JSON, max_size=5) | JSON,
        "truncatedAlerts": st.integers(0, 9) | JSON,
    },
)
INDENTS = st.sampled_from([None, 0, 2])


def read(body: bytes) -> Page | None:
    """Read it; whatever comes is a page or the one expected error."""
    try:
        return parse.page(body)
    except Anomalous:
        return None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_refused(body: bytes) -> None:
    read(body)


@given(ENVELOPE, INDENTS)
def test_any_envelope_is_a_page_or_refused(envelope: dict[str, object], indent: int | None) -> None:
    read(json.dumps(envelope, indent=indent).encode())
    read(json.dumps(envelope, indent=indent, ensure_ascii=False).encode())


@pytest.mark.slow
@given(st.lists(ALERT | JSON, max_size=6), INDENTS)
def test_every_element_is_either_a_record_or_rejected(
    alerts: list[object], indent: int | None
) -> None:
    body = json.dumps({"version": "4", "alerts": alerts}, indent=indent).encode()
    page = read(body)
    if page is None:
        return
    parts: list[Record | Rejected] = [*page.records, *page.rejected]
    assert len(parts) == len(alerts)
    spans = sorted(part.span for part in parts if part.span)
    assert [json.loads(body[start:end]) for start, end in spans] == alerts


@given(st.binary(max_size=30), st.integers(0, 10_000))
def test_a_damaged_delivery_is_a_page_or_refused(damage: bytes, at: int) -> None:
    body = json.dumps({"version": "4", "alerts": [{"status": "firing"}] * 20}).encode()
    read(body[: at % len(body)] + damage + body[at % len(body) + len(damage) :])
