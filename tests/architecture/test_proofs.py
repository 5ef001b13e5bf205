"""Each fact and each trap that the project goes by is shown by a test; the page names it."""

import pytest

from deploy.proofs import FACTS, PAGE, TRAPS, page, proofs

FOUND = proofs()


@pytest.mark.parametrize("number", FACTS)
def test_every_fact_is_shown_by_a_test(number: int) -> None:
    assert FOUND.get(("fact", number))


@pytest.mark.parametrize("number", TRAPS)
def test_every_trap_is_shown_by_a_test(number: int) -> None:
    assert FOUND.get(("trap", number))


def test_no_test_speaks_of_a_fact_that_nobody_knows() -> None:
    assert {number for kind, number in FOUND if kind == "fact"} <= set(FACTS)


def test_the_page_is_written_anew_when_a_test_changes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m deploy.proofs"
