"""Each converter, with what it takes and what it refuses."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.converters import CONVERTERS, fits, fitting
from hub.mapping.refused import Refused
from hub.model.targets import TARGETS

TAKEN = [
    ("text", "Disk full", "Disk full"),
    ("text", "", ""),
    ("text", "磁盘已满 🔥 👩‍💻", "磁盘已满 🔥 👩‍💻"),
    ("text", "two\nlines\tand a tab\r\n", "two\nlines\tand a tab\r\n"),
    ("text", "nul\x00 escape\x1b[31m delete\x7f", "nul␀ escape␛[31m delete␡"),
    ("text", "c1\x9b", "c1\\x9b"),
    ("text", "half a pair \ud83d", "half a pair \\ud83d"),
    ("text_or_number", "12", "12"),
    ("text_or_number", 12, "12"),
    ("text_or_number", 1.5, "1.5"),
    ("integer", 3, 3),
    ("integer", 3.0, 3),
    ("integer", "-12", -12),
    ("integer", "0.00", 0),
    ("integer", str(2**63 - 1), 2**63 - 1),
    ("number", 3, 3.0),
    ("number", "12.5", 12.5),
    ("number", "6e+01", 60.0),
    ("number", ".5", 0.5),
    ("boolean", True, True),
    ("boolean", "false", False),
    ("boolean", 1, True),
    ("boolean", "0", False),
    ("instant", "2026-01-05T10:00:00Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
    ("instant", "2026-01-05T10:00:00+08:00", datetime(2026, 1, 5, 2, tzinfo=UTC)),
    ("instant", "2026-01-05t10:00:00z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
    (
        "instant",
        "2026-11-22T08:07:22.764422999Z",
        datetime(2026, 11, 22, 8, 7, 22, 764422, tzinfo=UTC),
    ),
    (
        "instant_milliseconds",
        "2026-11-22T08:07:22.764422356Z",
        datetime(2026, 11, 22, 8, 7, 22, 764000, tzinfo=UTC),
    ),
    ("epoch_seconds", "1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ("epoch_seconds", 1700000000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ("epoch_seconds", 1700000000.25, datetime(2023, 11, 14, 22, 13, 20, 250000, tzinfo=UTC)),
    ("wall", "2024-01-05T08:00:00", datetime(2024, 1, 5, 8)),  # noqa: DTZ001 - a plan date has none
    ("wall", "2149-12-31T23:59:00", datetime(2149, 12, 31, 23, 59)),  # noqa: DTZ001
    ("day", "2024-02-29", date(2024, 2, 29)),
    ("iso_duration_minutes", "PT96H0M0S", 5760),
    ("iso_duration_minutes", "PT0H15M29.99S", 15),
    ("iso_duration_minutes", "PT0H15M30S", 16),
    ("iso_duration_minutes", "-PT8H", -480),
    ("iso_duration_minutes", "P0Y0M0DT8H0M0S", 480),
    ("seconds_minutes", 5400, 90),
    ("seconds_minutes", "29", 0),
    ("seconds_minutes", 90, 2),
    ("tenths_of_minutes", "48000", 4800.0),
    ("tenths_of_minutes", -5, -0.5),
    ("hundredths", "120000", 1200.0),
    ("hundredths", 4350, 43.5),
    ("text_map", {}, {}),
    ("text_map", {"a": "1", "服务": "🔥"}, {"a": "1", "服务": "🔥"}),
    ("text_map", {"a\x00": "b\x01"}, {"a␀": "b␁"}),
    ("text_list", ["a", "b\x00"], ["a", "b␀"]),
    ("text_list", ("a",), ["a"]),
    ("text_lists", {"a": ["b\x00", "c"]}, {"a": ["b␀", "c"]}),
    (
        "tag_value_list",
        [
            {"tag": "service", "value": "a"},
            {"tag": "service", "value": "b"},
            {"tag": "x", "value": ""},
        ],
        {"service": ["a", "b"], "x": [""]},
    ),
    ("split_commas", " a, b ,,c", ["a", "b", "c"]),
    ("raw", {"a": [1, None, {"b\x00": "c\x00"}]}, {"a": [1, None, {"b␀": "c␀"}]}),
    ("raw", 0, 0),
]

REFUSED = [
    ("text", 12, "is a number, not text; use text_or_number"),
    ("text", {"a": "b"}, "is an object, not text"),
    ("text_or_number", True, "is a boolean, not text"),
    ("integer", "3.5", "is no whole number; use number"),
    ("integer", 3.5, "is no whole number"),
    ("integer", True, "is a boolean"),
    ("integer", "1e3", "is no whole number"),
    ("integer", "٣", "is no whole number"),
    ("integer", str(2**63), "does not fit into 64 bits"),
    ("integer", 2**63, "does not fit into 64 bits"),
    ("integer", float("nan"), "is no whole number"),
    ("integer", [], "is no whole number"),
    ("number", "NaN", "is no number; .*absent_if"),
    ("number", float("nan"), "is not finite"),
    ("number", "1e999", "is not finite"),
    ("number", 10**400, "is not finite"),
    ("number", "1,5", "is no number"),
    ("number", True, "is a boolean"),
    ("number", [], "is no number"),
    ("boolean", "yes", "is neither true, false, 1 nor 0; use a table"),
    ("boolean", 2, "is neither"),
    ("boolean", None, "is neither"),
    ("instant", "2026-01-05T10:00:00", "has no offset from UTC"),
    ("instant", "2026-01-05", "is no RFC 3339 time"),
    ("instant", "2026-01-05T10:00Z", "is no RFC 3339 time"),
    ("instant", "2026-02-30T10:00:00Z", "is no time: day"),
    ("instant", "2026-01-05T10:00:00+99:00", "is no time"),
    ("instant", "0001-01-01T00:00:00Z", "is the zero time; .*absent_if"),
    ("instant", "9999-12-31T23:59:59-12:00", "is no time"),
    ("instant", 1700000000, "is not text"),
    ("instant_milliseconds", "2026-11-22T08:07:22.764422356", "has no offset"),
    ("epoch_seconds", "1700000000000", "lies after the year 9999; .*not milliseconds"),
    ("epoch_seconds", "-1", "is not a count of seconds"),
    ("epoch_seconds", True, "is not a count of seconds"),
    ("epoch_seconds", None, "is not a count of seconds"),
    ("epoch_seconds", [1], "is not a count of seconds"),
    ("wall", "2024-01-05T08:00:00+08:00", "has an offset"),
    ("wall", "2024-01-05", "is no plan date"),
    ("wall", "0001-01-01T00:00:00", "years 1984 to 2149 that MS Project can hold; .*absent_if"),
    ("wall", "9999-12-31T00:00:00", "years 1984 to 2149 that MS Project can hold"),
    ("wall", "2024-02-30T08:00:00", "is no date: day"),
    ("wall", 20240105, "is not text"),
    ("day", "2024-02-30", "is no day: day"),
    ("day", "20240105", "is no day; it is written"),
    ("day", 5, "is no day"),
    ("iso_duration_minutes", "P1DT8H0M0S", "counts in days or more"),
    ("iso_duration_minutes", "PT", "is no span of time"),
    ("iso_duration_minutes", "P", "is no span of time"),
    ("iso_duration_minutes", f"PT{'9' * 5000}H", "is no span of time"),
    ("iso_duration_minutes", "8h", "is no span of time"),
    ("iso_duration_minutes", 480, "is no span of time"),
    ("seconds_minutes", 1.5, "is no whole number"),
    ("tenths_of_minutes", "many", "is no number"),
    ("hundredths", None, "is no number"),
    ("text_map", {"a": 1}, "is a number, not text; send text, or use raw"),
    ("text_map", {1: "a"}, "has a name that is a number"),
    ("text_map", "a=b", "is text, not names with text"),
    ("text_list", ["a", None], "is null, not text"),
    ("text_lists", {"a": "b"}, "is text, not a list"),
    ("text_lists", ["a"], "is a list, not names"),
    ("tag_value_list", {"tag": "a"}, "is an object, not a list of tags"),
    ("tag_value_list", [{"tag": "a"}], "is null, not text"),
    ("tag_value_list", ["a"], "is text, not an object"),
    ("text_list", "a,b", "is text, not a list; use split_commas"),
    ("split_commas", ["a"], "is a list, not text"),
    ("raw", {1: 1}, "has a name that is a number"),
]


@pytest.mark.parametrize(("name", "source", "value"), TAKEN)
def test_a_converter_reads_what_the_tools_write(name: str, source: object, value: object) -> None:
    found = CONVERTERS[name].convert(source)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("name", "source", "message"), REFUSED)
def test_a_converter_says_what_is_wrong_and_what_to_do(
    name: str, source: object, message: str
) -> None:
    with pytest.raises(Refused) as caught:
        CONVERTERS[name].convert(source)
    assert re.search(message, f"{caught.value.what}; {caught.value.remedy}")
    assert caught.value.remedy


def test_every_converter_is_tried_with_good_and_with_bad_input() -> None:
    assert {name for name, _, _ in TAKEN} == set(CONVERTERS)
    assert {name for name, _, _ in REFUSED} == set(CONVERTERS)


def test_raw_refuses_what_nobody_could_walk_through() -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(Refused, match="nested deeper"):
        CONVERTERS["raw"].convert(deep)


def test_a_bad_part_of_a_map_is_named() -> None:
    with pytest.raises(Refused) as caught:
        CONVERTERS["text_map"].convert({"good": "1", "app.kubernetes.io/name": {"a": 1}})
    assert caught.value.where == '."app.kubernetes.io/name"'
    assert caught.value.part == {"a": 1}


def test_every_field_of_the_model_has_a_converter_or_words() -> None:
    fields = [field for target in TARGETS.values() for field in target.values()]
    assert all(field.words or field.holds in fitting(field.holds) for field in fields)


def test_a_whole_number_fits_a_field_of_numbers_but_not_the_other_way_round() -> None:
    assert fits("integer", "number")
    assert not fits("number", "integer")
    assert not fits("text", "enum")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.from_regex(r"[-0-9.PTHMSZ:+e]+"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(CONVERTERS)), JSON)
def test_a_converter_gives_a_value_or_refuses_and_never_crashes(name: str, source: object) -> None:
    try:
        value = CONVERTERS[name].convert(source)
    except Refused as refused:
        value = refused.what
    assert value is not None or (name, source) == ("raw", None)


ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates included


@given(ANY_TEXT)
def test_kept_text_can_be_stored_and_shown_everywhere(text: str) -> None:
    kept = CONVERTERS["text"].convert(text)
    assert isinstance(kept, str)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert CONVERTERS["text"].convert(kept) == kept


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9990, 1, 1)),  # noqa: DTZ001
    st.integers(-23 * 60, 23 * 60),
)
def test_an_instant_is_the_same_moment_in_utc(naive: datetime, minutes: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = CONVERTERS["instant"].convert(at.isoformat())
    assert found == at
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


@given(st.integers(0, 10**6), st.integers(0, 59), st.integers(0, 59))
def test_a_span_is_the_nearest_whole_minute(hours: int, minutes: int, seconds: int) -> None:
    found = CONVERTERS["iso_duration_minutes"].convert(f"PT{hours}H{minutes}M{seconds}S")
    assert found == hours * 60 + minutes + (seconds >= 30)


def test_a_span_longer_than_a_plan_can_last_is_refused() -> None:
    with pytest.raises(Refused, match="longer than a plan can last"):
        CONVERTERS["iso_duration_minutes"].convert("PT99999999H0M0S")


@given(st.dictionaries(ANY_TEXT, ANY_TEXT))
def test_a_map_is_the_record_s_own_or_a_cleaned_one_and_never_the_same_object(
    source: dict[str, str],
) -> None:
    before = dict(source)
    found = CONVERTERS["text_map"].convert(source)
    assert found is not source
    assert source == before
    assert isinstance(found, dict)
    text = CONVERTERS["text"].convert
    assert found == {text(name): text(value) for name, value in source.items()}
