"""Other words in the same places: what must be the same stays the same, and nothing is shown."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.recordings.redacting import TAKEN, Redactor

KEEP = frozenset({"severity", "critical", "Watchdog"})
KEY = b"k" * 32
TEXT = st.text(max_size=40)


def redactor() -> Redactor:
    return Redactor(KEEP, KEY)


@pytest.mark.parametrize(
    "kept",
    [
        "critical",
        "2026-11-23T10:49:59.371889228Z",
        "2026-11-23 10:49:59+08:00",
        "17.5", "1e+00", "7.0.22", "6.0.14rc1", "v2.45.0", "1763895000", "-3",
        "5m", "1h30m", "200ms",
        "127.0.0.1:9090", "[::1]:9090",
        "", " \n\t{}[]\"'",
    ],
)  # fmt: skip
def test_numbers_instants_and_our_own_words_stay(kept: str) -> None:
    assert redactor().text(kept) == kept


@pytest.mark.parametrize(
    "told",
    ["erp-db-01.corp.cn", "数据库告警", "Zhang San", "a1b2c3d4e5f60718", "ΑΘΗΝΑ", "Москва",
     "00:1a:2b:3c:4d:5e"],
)  # fmt: skip
def test_every_other_word_is_another_of_the_same_shape(told: str) -> None:
    found = redactor().text(told)
    assert len(found) == len(told)
    assert [c for c in found if not c.isalnum()] == [c for c in told if not c.isalnum()]
    for word in re.findall(r"[^\W\d]{2,}", told):
        assert word not in found


def test_an_address_becomes_one_that_nobody_has() -> None:
    text = redactor().text("10.1.2.3:9090, 10.1.2.3 and 10.1.2.4; fe80::1")
    one, again, other, six = re.findall(r"198[\d.]+|2001:[0-9a-f:]+", text)
    assert one == again != other
    assert all(address.startswith(("198.18.", "198.19.")) for address in (one, other))
    assert six.startswith("2001:db8::")


def test_a_name_in_a_label_is_still_the_name_in_an_address() -> None:
    one = redactor()
    told = {"host": "erp-db", "url": "http://erp-db:9090/graph?host=erp-db"}
    found = one.value(told)
    name = found[one.text("host")]
    assert found[one.text("url")].count(name) == 2


@pytest.mark.parametrize("name", ["password", "auth", "api_key", "Set-Cookie", "client_secret"])
def test_what_is_called_a_secret_goes_whole(name: str) -> None:
    assert list(redactor().value({name: "correct horse"}).values()) == [TAKEN]


def test_two_recordings_have_different_words() -> None:
    assert Redactor(KEEP).text("erpdb") != Redactor(KEEP).text("erpdb")


@given(st.lists(TEXT, max_size=30))
def test_different_words_stay_different(texts: list[str]) -> None:
    one = redactor()
    words = {word for text in texts for word in re.findall(r"[^\W_]+", text)}
    assert len({one.text(word) for word in words}) == len(words)


@given(TEXT, TEXT)
def test_a_text_within_another_is_redacted_alike(left: str, right: str) -> None:
    one = redactor()
    assert one.text(f"{left} | {right}") == f"{one.text(left)} | {one.text(right)}"


@given(st.recursive(st.none() | st.booleans() | st.integers() | TEXT,
                    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)))  # fmt: skip
def test_the_shape_of_a_document_stays(value: object) -> None:
    found = redactor().value(value)
    assert _shape(found) == _shape(value)
    json.dumps(found)


def _shape(value: object) -> object:
    match value:
        case dict():
            return [_shape(one) for one in value.values()]
        case list():
            return [_shape(one) for one in value]
        case str():
            return "text"
        case _:
            return value
