"""The table of moves, read as a whole; and that nothing else decides a state."""

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hub
from hub.linking import SETTLED, TIMED_OUT, end_kind
from hub.linking.states import BASIS, MOVES, Basis, move
from hub.model.words import ENDED, AlertStatus, EndKind, Refused, Telling

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PAIRS = [(state, telling) for state in (None, *AlertStatus) for telling in Telling]
ANSWERS = {Telling.SETTLED, Telling.TIMED_OUT}
SAID = [telling for telling in Telling if telling not in ANSWERS]


def test_every_pair_of_a_state_and_a_telling_is_decided() -> None:
    assert set(MOVES) == {None, *AlertStatus}
    assert all(isinstance(MOVES[state][telling], AlertStatus | Refused) for state, telling in PAIRS)
    assert set(BASIS) == set(Telling)


def test_every_state_can_be_reached_and_every_reason_is_given() -> None:
    told = {MOVES[state][telling] for state, telling in PAIRS}
    assert told == {*AlertStatus, *Refused} - {Refused.TOLD_EARLIER}
    assert move(AlertStatus.FIRING, NOON, Telling.SUPPRESSED, NOON - timedelta(1)) in Refused


def test_a_source_key_that_is_resolved_stays_so() -> None:
    """Fact 15."""
    after = {MOVES[AlertStatus.RESOLVED][telling] for telling in Telling}
    assert {to for to in after if isinstance(to, AlertStatus)} == {AlertStatus.RESOLVED}


def test_only_the_tools_word_a_look_or_the_clock_ends_a_doubt() -> None:
    """Fact 21."""
    leaves = {
        BASIS[telling]
        for telling in Telling
        if isinstance(to := MOVES[AlertStatus.UNVERIFIED][telling], AlertStatus)
        and to is not AlertStatus.UNVERIFIED
    }
    assert leaves == {Basis.WORD, Basis.LOOK, Basis.CLOCK}


@pytest.mark.parametrize("state", [None, *AlertStatus])
def test_silence_leads_to_no_end(state: AlertStatus | None) -> None:
    """Fact 21; trap 6."""
    if state is AlertStatus.RESOLVED:
        return
    for telling in Telling:
        if BASIS[telling] is Basis.NOTHING:
            assert MOVES[state][telling] not in ENDED
        if BASIS[telling] is Basis.CLOCK:
            assert MOVES[state][telling] is not AlertStatus.RESOLVED


def test_what_is_no_longer_there_expires_and_is_not_called_resolved() -> None:
    """Fact 9."""
    for state in AlertStatus:
        if state is not AlertStatus.RESOLVED:
            assert MOVES[state][Telling.GONE] is AlertStatus.EXPIRED


def test_the_hubs_own_answers_count_only_where_something_is_doubted() -> None:
    asked = {state for state, telling in PAIRS if telling in ANSWERS and _moves(state, telling)}
    assert asked == {AlertStatus.UNVERIFIED}


def _moves(state: AlertStatus | None, telling: Telling) -> bool:
    return isinstance(MOVES[state][telling], AlertStatus)


Told = tuple[Telling, int]


def after(tellings: list[Told]) -> AlertStatus | None:
    """Let one source key hear tellings one after another."""
    state, since = None, NOON
    for telling, minute in tellings:
        at = NOON + timedelta(minutes=minute)
        to = MOVES[None][telling] if state is None else move(state, since, telling, at)
        if isinstance(to, Refused):
            continue
        since = max(since, at) if to is state and to is not AlertStatus.RESOLVED else at
        state = to
    return state


@given(
    st.lists(st.tuples(st.sampled_from(SAID), st.integers(0, 9)), max_size=8),
    st.randoms(use_true_random=False),
)
def test_any_order_of_tellings_ends_in_the_state_of_the_sorted_order(
    tellings: list[Told], chance: random.Random
) -> None:
    shuffled = tellings + chance.choices(tellings, k=2) if tellings else []
    chance.shuffle(shuffled)
    assert after(shuffled) == after(sorted(tellings, key=lambda one: one[1]))


def test_an_end_says_how_it_is_known() -> None:
    expired = AlertStatus.EXPIRED
    assert end_kind(AlertStatus.RESOLVED, "") is EndKind.REPORTED
    assert end_kind(AlertStatus.RESOLVED, SETTLED) is EndKind.REPORTED
    assert end_kind(expired, TIMED_OUT) is EndKind.TIMEOUT
    assert end_kind(expired, "ended") is EndKind.INFERRED_POLL
    assert {end_kind(expired, why) for why in ("deleted", "unwatched", "left")} == {EndKind.GONE}
    assert {end_kind(state, "") for state in set(AlertStatus) - ENDED} == {None}


def test_a_state_is_made_where_the_table_is_asked_and_nowhere_else() -> None:
    """Rows are read back in `words`; in a hub without records the sample is told as records are."""
    root = Path(hub.__file__).parent
    texts = {str(one.relative_to(root)): one.read_text("utf-8") for one in root.rglob("*.py")}
    made = {name for name, text in texts.items() if re.search(r"\bSourceState\(", text)}
    assert made == {"linking/episodes.py", "services/ingest/words.py"}
    asked = {name for name, text in texts.items() if re.search(r"\bMOVES\[|[^_.\w]move\(k", text)}
    assert asked == {"linking/episodes.py", "linking/states.py"}
    named = re.compile(r"status=AlertStatus\.|update\(alert\)[^#]{0,80}status=")
    assert [name for name, text in texts.items() if named.search(text)] == []
