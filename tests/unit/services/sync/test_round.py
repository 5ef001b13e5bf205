"""One look at one tool: news, what is open, and what became of what is not."""

from datetime import datetime
from typing import Any

import pytest

from hub.contract import Cursor, Gone, Page
from hub.errors import Transient
from hub.services.sync.ports import Held
from hub.services.sync.round import Beside, Looked, look
from tests.unit.services.sync.tools import NOW, Ingest, Tool, polled, record


async def looked(tool: Tool, ingest: Ingest, **how: Any) -> Looked:
    return await look(polled(tool), ingest, ingest, now=lambda: NOW, **how)


async def test_news_is_brought_in_with_its_cursor_and_read_on_from_there() -> None:
    tool, ingest = Tool(), Ingest()
    tool.news = [Page((record("a"),), Cursor("1")), Page((record("b"),), Cursor("2"))]
    tool.listed = [record("a"), record("b")]
    await looked(tool, ingest)
    assert (ingest.brought, ingest.cursors) == (["a", "b"], {"am": Cursor("2")})
    await looked(tool, ingest)
    assert ingest.brought == ["a", "b"]


async def test_an_unchanged_census_stores_nothing() -> None:
    tool, ingest = Tool(listed=[record("a"), record("b"), record("c")]), Ingest()
    await looked(tool, ingest)
    assert ingest.brought == ["a", "b", "c"]
    again = await looked(tool, ingest)
    assert (ingest.brought, again.records, again.open) == (["a", "b", "c"], 0, 3)


async def test_what_is_open_beside_the_newest_of_its_series_is_told_once_a_state() -> None:
    """Zabbix: several problems of one trigger, of which the newest speaks."""

    class Newest(Ingest):
        async def pull(self, connector: str, type_: str, page: Page, asked_at: datetime) -> Any:
            before = dict(self.held)
            taken = await super().pull(connector, type_, page, asked_at)
            self.held |= {name: max(one, self.held[name], key=_key) for name, one in before.items()}
            return taken

    tool, ingest, beside = Tool(page_size=9), Newest(), Beside()
    tool.listed = [record("a", key=f"a/{n}") for n in range(5)]
    counts = []
    for n in range(4):
        if n == 2:
            tool.listed[1] = record("a", "acknowledged", key="a/1")
        counts.append((await looked(tool, ingest, beside=beside)).records)
    assert ingest.held["a"].key == "a/4"
    assert counts == [5, 4, 1, 0]


def _key(held: Held) -> str:
    return held.key


async def test_fact_8_what_changed_without_an_event_is_seen_in_the_next_census() -> None:
    tool, ingest = Tool(listed=[record("a")]), Ingest()
    await looked(tool, ingest)
    tool.listed = [record("a", version="acknowledged")]
    await looked(tool, ingest)
    assert ingest.held["a"].version == "acknowledged"


async def test_trap_5_an_end_that_nobody_told_is_found_out_by_the_census() -> None:
    tool, ingest = Tool(listed=[record("a")]), Ingest()
    ingest.holds("a", "b", "c")
    tool.became = {"b": record("b", version="resolved"), "c": Gone("alert", "c", "c/a", "deleted")}
    found = await looked(tool, ingest)
    assert ingest.held["b"].version == "resolved"
    assert "c" not in ingest.held
    assert found.missing == 2


async def test_what_the_tool_cannot_explain_stays_as_it_is() -> None:
    tool, ingest = Tool(), Ingest()
    ingest.holds("a")
    await looked(tool, ingest)
    assert set(ingest.held) == {"a"}


async def test_what_was_heard_after_the_census_was_asked_for_is_not_missing() -> None:
    tool, ingest = Tool(), Ingest()
    ingest.holds("fresh", ago=-1)
    found = await looked(tool, ingest)
    assert (found.missing, "fate" in tool.asked) == (0, False)


def many(ingest: Ingest, tool: Tool, *, gone: int, of: int) -> None:
    names = [f"s{n}" for n in range(of)]
    ingest.holds(*names)
    tool.listed = [record(name) for name in names[gone:]]
    tool.became = {name: Gone("alert", name, f"{name}/a", "deleted") for name in names[:gone]}


async def test_trap_6_an_empty_answer_ends_nothing_until_an_admin_says_so() -> None:
    tool, ingest = Tool(), Ingest()
    many(ingest, tool, gone=40, of=40)
    held = await looked(tool, ingest)
    assert (held.held_back, len(ingest.held)) == (40, 40)
    accepted = await looked(tool, ingest, accept_gone=True)
    assert (accepted.held_back, len(ingest.held)) == (0, 0)


@pytest.mark.parametrize(("gone", "of", "held_back"), [(9, 9, 0), (10, 20, 0), (11, 20, 11)])
async def test_few_ends_or_less_than_half_are_believed(gone: int, of: int, held_back: int) -> None:
    tool, ingest = Tool(), Ingest()
    many(ingest, tool, gone=gone, of=of)
    found = await looked(tool, ingest)
    assert found.held_back == held_back
    assert len(ingest.held) == (of if held_back else of - gone)


async def test_ends_with_evidence_are_believed_however_many() -> None:
    tool, ingest = Tool(), Ingest()
    names = [f"s{n}" for n in range(50)]
    ingest.holds(*names)
    tool.became = {name: record(name, version="resolved") for name in names}
    found = await looked(tool, ingest)
    assert found.held_back == 0
    assert {one.version for one in ingest.held.values()} == {"resolved"}


@pytest.mark.parametrize("alive", [False, None])
async def test_fact_21_silence_of_a_tool_that_may_be_dead_ends_nothing(
    *, alive: bool | None
) -> None:
    tool, ingest = Tool(alive=alive), Ingest()
    many(ingest, tool, gone=3, of=3)
    await looked(tool, ingest)
    assert (len(ingest.held), set(ingest.doubts), "fate" in tool.asked) == (3, {"am"}, False)
    tool.alive = True
    await looked(tool, ingest)
    assert (len(ingest.held), ingest.doubts) == (0, {})


async def test_a_census_that_is_cut_short_ends_nothing() -> None:
    tool, ingest = Tool(listed=[record("a")]), Ingest()
    ingest.holds("a", "b")
    tool.became = {"b": Gone("alert", "b", "b/a", "deleted")}
    tool.breaks = {"census": Transient("reset in mid-body")}
    with pytest.raises(Transient):
        await looked(tool, ingest)
    assert set(ingest.held) == {"a", "b"}


async def test_what_cannot_be_stored_moves_no_cursor() -> None:
    tool, ingest = Tool(news=[Page((record("a"),), Cursor("1"))]), Ingest()
    ingest.fault = Transient("the store is away")
    with pytest.raises(Transient):
        await looked(tool, ingest)
    assert ingest.cursors == {}
    ingest.fault = None
    await looked(tool, ingest)
    assert ingest.brought == ["a"]


async def test_an_end_that_was_doubted_is_borne_out_by_a_look_however_many_they_are() -> None:
    """They were reported, so they are not ends without evidence."""
    tool, ingest = Tool(), Ingest()
    names = [f"s{n}" for n in range(30)]
    ingest.holds(*names, doubted=True)
    ingest.holds("open")
    tool.listed = [record("open")]
    tool.became = {name: Gone("alert", name, f"{name}/a", "ended") for name in names}
    tool.became["s0"] = Gone("alert", "s0", "s0/a", "deleted")
    found = await looked(tool, ingest)
    assert (found.held_back, set(ingest.held)) == (0, {"open"})
    why = {gone.series: gone.why for page in ingest.pages for gone in page.gone}
    assert (why.pop("s0"), set(why.values())) == ("deleted", {"settled"})


async def test_an_end_that_nobody_can_say_more_about_stays_doubted() -> None:
    tool, ingest = Tool(), Ingest()
    ingest.holds("a", doubted=True)
    await looked(tool, ingest)
    assert ingest.held["a"].doubted


async def test_up_to_when_a_tool_vouches_for_its_ends_is_passed_on() -> None:
    tool, ingest = Tool(vouches_until=NOW), Ingest()
    await looked(tool, ingest)
    assert ingest.vouched == NOW
