"""Whole numbers that somebody outside wrote."""

import pytest

from hub.services.numbers import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("0012", 12), ("9" * 18, 10**18 - 1)])
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 1", "1.0", "1e3", "9" * 19, "9" * 5000, "٣", "²"]
)
def test_what_is_none_or_too_large_is_none(text: str) -> None:
    assert whole(text) is None
