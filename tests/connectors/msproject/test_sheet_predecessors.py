"""Predecessors: what is written is read back, in both languages and with either separator."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.msproject.sheet.faults import Unreadable
from connectors.msproject.sheet.predecessors import Link, links

ROWS = [*map(str, range(1, 40)), "1.2", "1.2.3", "A-1", "A-1-2", "SS", "2.FS", "X FF"]
_SIZES = {
    "working": {"m": 1, "h": 60, "d": 480, "w": 2400, "mo": 9600, " 个工作日": 480, "周工时": 2400},
    "elapsed": {
        "em": 1,
        "eh": 60,
        "ed": 1440,
        "ew": 10080,
        " 个连续日": 1440,
        " elapsed days": 1440,
    },
}


def known(ref: str) -> str | None:
    return f"uid-{ref}" if ref in ROWS else None


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Link]:
    """Draw a predecessor, and how somebody may write it."""
    ref = draw(st.sampled_from(ROWS))
    type_ = draw(st.sampled_from(["FS", "SS", "FF", "SF"]))
    kind = draw(st.sampled_from(["none", "working", "elapsed", "percent", "elapsed_percent"]))
    blank = draw(st.sampled_from(["", " "]))
    if kind == "none":
        return draw(
            st.sampled_from([ref, f"{ref}FS"] if type_ == "FS" else [f"{ref}{type_}"])
        ), Link(f"uid-{ref}", type_)
    sign, size = draw(st.sampled_from("+-")), draw(st.integers(1, 500))
    factor = 1 if sign == "+" else -1
    word = draw(st.sampled_from([type_, type_.lower()]))
    if kind in _SIZES:
        unit = draw(st.sampled_from(sorted(_SIZES[kind])))
        lag, tail = size * _SIZES[kind][unit], f"{size}{unit}"
    else:
        lag, tail = size, f"{size}{'e' if kind == 'elapsed_percent' else ''}%"
    return f"{ref}{word}{blank}{sign}{blank}{tail}", Link(f"uid-{ref}", type_, factor * lag, kind)


@given(st.lists(written(), min_size=1, max_size=5), st.sampled_from([",", ";", "，", "；", "; "]))
def test_what_is_written_is_read_back(parts: list[tuple[str, Link]], between: str) -> None:
    said = between.join(text for text, _ in parts)
    assert links(said, known, "ID") == [link for _, link in parts]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("3", [Link("uid-3")]),
        (3, [Link("uid-3")]),
        (3.0, [Link("uid-3")]),
        (1.2, [Link("uid-1.2")]),
        ("3FS+2d", [Link("uid-3", "FS", 960)]),
        ("3SS-1w", [Link("uid-3", "SS", -2400)]),
        ("5FF+50%", [Link("uid-5", "FF", 50, "percent")]),
        ("2;7FS+1ed", [Link("uid-2"), Link("uid-7", "FS", 1440, "elapsed")]),
        ("3FS+2 个工作日", [Link("uid-3", "FS", 960)]),
        ("2，5；7", [Link("uid-2"), Link("uid-5"), Link("uid-7")]),
        ("3FS+1,5d;4", [Link("uid-3", "FS", 720), Link("uid-4")]),
        ("3完成-开始+1d", [Link("uid-3", "FS", 480)]),
        ("3(SS)", [Link("uid-3", "SS")]),
        ("3+2d", [Link("uid-3", "FS", 960)]),
        ("C:\\a\\b.mpp\\12FS", [Link("", "FS", external="C:\\a\\b.mpp\\12")]),
    ],
)
def test_examples_are_read(said: object, found: list[Link]) -> None:
    assert links(said, known, "ID") == found


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("99", '"99" names no task of this sheet by its ID'),
        ("99SS+1d", 'there is no task "99" of this sheet by its ID'),
        ("3FX", "names no task"),
        ("3FS+", "names no task"),
        ("3FS+soon", '"soon" is no lag; write it as 5d'),
        ("3FS+9999999%", "more than a plan can last"),
        (3.5, "Excel made the number 3.5 of this; format the column as text"),
        (datetime(2026, 3, 5), "Excel made a date of this"),  # noqa: DTZ001
    ],
)
def test_what_names_nothing_is_refused_with_the_remedy(said: object, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        links(said, known, "ID")


@given(st.text(alphabet="13FSse+-%dw;,. 个工作日\\()A", max_size=30))
def test_whatever_is_written_is_read_or_refused(said: str) -> None:
    try:
        found = links(said, known, "ID")
    except Unreadable:
        return
    for link in found:
        assert link.words()["Type"] in {"0", "1", "2", "3"}
