"""Whatever stands in a file: it is read or it is refused, and nothing else happens."""

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import HubError, Unmappable
from hub.mapping import apply
from tests.connectors.msproject import plans

SOURCES = ("rows.xml", "links.xml", "calendars.xml", "people.xml", "custom-fields.xml")
DOCUMENTS = plans.documents()
VALUE = re.compile(rb">([^<>\s][^<>]*)<")
ODD = [
    b"", b" ", b"-1", b"0", b"1", b"7", b"NaN", b"inf", b"1e400", b"9" * 5000, b"-0.5",
    b"2.5", b"PT", b"PT99999999999H0M0S", b"PT" + b"9" * 5000 + b"H0M0S",
    b"-PT8H0M0S", b"P3D", b"true", b"25:61:00",
    b"24:00:00", b"0001-01-01T00:00:00", b"9999-12-31T23:59:59", b"2026-02-30T00:00:00",
    b"2026-03-02T08:00:00+08:00", b"\xf0\x9f\x8e\x89", b"x" * 3000,
]  # fmt: skip


def take_in(data: bytes) -> int:
    """Read and map a file, quarantining what does not fit."""
    quarantined = 0
    with contextlib.suppress(HubError):
        for record in plans.content(data).records:
            try:
                apply(DOCUMENTS[record.kind], record)
            except Unmappable:
                quarantined += 1
    return quarantined


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = (plans.FIXTURES / name).read_bytes()
    places = list(VALUE.finditer(whole))
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4)):
        odd = data.draw(st.sampled_from(ODD))
        start = whole.find(place[0])
        if start >= 0:
            whole = whole[: start + 1] + odd + whole[start + len(place[0]) - 1 :]
    take_in(whole)


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_damage_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = bytearray((plans.FIXTURES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
        if not whole:
            break
    take_in(bytes(whole))
