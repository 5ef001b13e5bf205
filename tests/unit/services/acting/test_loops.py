"""Is a wish new, the same again, or part of a loop."""

from datetime import UTC, datetime, timedelta

from hub.services.acting.loops import (
    MOST_HOPS,
    Earlier,
    Judgement,
    canonical,
    digest_of,
    judge,
)
from hub.services.acting.words import FIELDS, OWNERS, Write, WriteState

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def earlier(number: int, digest: str, state: str = "confirmed", ago: float = 120) -> Earlier:
    return Earlier(number, digest, WriteState(state), NOW - timedelta(seconds=ago))


def test_every_write_changes_a_field_that_somebody_owns() -> None:
    assert set(FIELDS) == set(Write)
    assert set(FIELDS.values()) == set(OWNERS)


def test_blanks_and_the_name_of_who_asks_make_no_other_wish() -> None:
    one = digest_of("suppress", {"message": "on it ", "by": "ada"})
    assert one == digest_of("suppress", {"by": "bob", "message": " on it", "until": None})
    assert one != digest_of("unsuppress", {"message": "on it"})
    assert canonical({"b": " x ", "a": None, "c": 3}) == {"b": "x", "c": 3}


def test_the_same_words_of_two_people_are_two_wishes() -> None:
    for write in ("acknowledge", "comment"):
        one = digest_of(write, {"message": "on it ", "by": "ada"})
        assert one == digest_of(write, {"message": "on it", "by": "ada"})
        assert one != digest_of(write, {"message": "on it", "by": "bob"})


def test_the_first_wish_is_new() -> None:
    assert judge("severity", "a", [], now=NOW).what is Judgement.NEW


def test_a_wish_that_waits_already_is_the_same() -> None:
    for state in ("planned", "sending", "unknown"):
        judged = judge("severity", "a", [earlier(7, "a", state, ago=900)], now=NOW)
        assert (judged.what, judged.same) == (Judgement.SAME, 7)


def test_a_second_press_of_the_button_is_the_same_and_a_later_one_is_not() -> None:
    pressed = judge("comment", "a", [earlier(7, "a", ago=5)], now=NOW)
    assert (pressed.what, pressed.same) == (Judgement.SAME, 7)
    assert judge("comment", "a", [earlier(7, "a", ago=61)], now=NOW).what is Judgement.NEW


def test_what_failed_or_was_cancelled_may_be_wanted_again() -> None:
    for state in ("failed", "cancelled", "refused", "superseded"):
        judged = judge("severity", "a", [earlier(7, "a", state, ago=5)], now=NOW)
        assert judged.what is Judgement.NEW


def test_of_a_burst_only_the_last_wish_is_sent() -> None:
    burst = [earlier(1, "a", "planned", 3), earlier(2, "b", "unknown", 2)]
    judged = judge("severity", "c", burst, now=NOW)
    assert (judged.what, judged.over) == (Judgement.NEW, (1, 2))


def test_what_is_under_way_is_not_replaced() -> None:
    judged = judge("severity", "c", [earlier(1, "a", "sending", 1)], now=NOW)
    assert judged.over == ()


def test_a_field_that_flips_more_than_three_times_in_ten_minutes_is_frozen() -> None:
    flips = [earlier(n, "ab"[n % 2], ago=500 - n * 60) for n in range(4)]
    assert judge("severity", "ab"[3 % 2], flips, now=NOW).what is Judgement.NEW
    assert judge("severity", "ab"[4 % 2], flips, now=NOW).what is Judgement.FROZEN


def test_flips_of_long_ago_do_not_count() -> None:
    flips = [earlier(n, "ab"[n % 2], ago=700 - n) for n in range(4)]
    assert judge("severity", "a", flips, now=NOW).what is Judgement.NEW


def test_what_people_say_has_no_value_to_flip_and_replaces_nothing() -> None:
    many = [earlier(n, f"c{n}", ago=120 - n) for n in range(9)]
    for field in ("comment", "acknowledgement"):
        assert judge(field, "d", many, now=NOW).what is Judgement.NEW
        assert judge(field, "d", [earlier(1, "a", "planned", 3)], now=NOW).over == ()


def test_what_came_through_too_many_systems_goes_no_further() -> None:
    assert judge("severity", "a", [], now=NOW, hops=MOST_HOPS).what is Judgement.NEW
    assert judge("severity", "a", [], now=NOW, hops=MOST_HOPS + 1).what is Judgement.TRAVELLED
