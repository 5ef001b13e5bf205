"""Objectives: what their windows counted, and what is said of them."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import orjson
import pytest

from hub.errors import Misconfigured, Transient
from hub.objectives import Declared, Indicator, Objective, Query
from hub.services.measuring import objectives as module
from hub.services.measuring.objectives import Objectives
from hub.services.measuring.standing import Watched, every
from tests.unit.services.measuring.tools import Clock, Store, Tool

DAY = timedelta(days=1)
NAMES = ("[300s]", "[1800s]", "[3600s]", "[7200s]", "[21600s]", "[86400s]", "[259200s]")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.0)


def watched(name: str = "answers", *, good: bool = False, least: float = 1) -> Watched:
    objective = Objective(Fraction("0.999"), 30 * DAY, least)
    part = Query(f"{name}_part", counter=True)
    indicator = Indicator(part, good, Query(f"{name}_total", counter=True))
    return Watched(Declared(name, "shop", objective, indicator, name), "shop", "prom")


class Bench:
    """Objectives that are judged when a test says so."""

    def __init__(self, *mine: Watched, counts: dict[str, float | None] | None = None) -> None:
        self.tool, self.store, self.clock = Tool(counts=counts or {}), Store(), Clock()
        self.mine = list(mine)
        self.objectives = Objectives({"prom": self.tool}, self.store, self.wish, now=self.clock)

    async def wish(self) -> Sequence[Watched]:
        return self.mine

    async def judged(self, span: timedelta = timedelta(0)) -> dict[str, Any]:
        self.clock.move(span)
        await self.objectives.wish()
        await self.objectives.judge("prom")
        return {name: orjson.loads(one.body) for name, one in self.store.said.items()}


@pytest.mark.parametrize(
    ("bad", "state", "left"),
    [(0.0, "calm", 1.0), (2.0, "ticket", -1.0), (7.0, "page", -6.0), (100.0, "page", -99.0)],
)
async def test_both_windows_decide_and_the_budget_is_that_of_the_period(
    bad: float, state: str, left: float
) -> None:
    bench = Bench(watched(), counts={"answers_part": bad, "answers_total": 1000.0})
    said = (await bench.judged())["answers"]
    assert said["state"] == state
    assert said["budget"]["left"] == pytest.approx(left)
    assert said["budget"]["minutes"] == pytest.approx(43.2)
    assert said["budget"]["left_minutes"] == pytest.approx(left * 43.2)
    assert said["budget"]["whole"] is True


async def test_a_short_window_that_recovered_clears_the_page() -> None:
    """The long window still burns; that it goes on is what the short one says."""
    counts: dict[str, float | None] = {f"part{span}": 50.0 for span in NAMES}
    counts |= {"part[300s]": 0.0, "part[1800s]": 0.0, "part[7200s]": 0.0, "part[21600s]": 0.0}
    bench = Bench(watched(), counts={**counts, "part": 50.0, "total": 1000.0})
    said = (await bench.judged())["answers"]
    assert said["state"] == "calm"
    assert said["rules"][0]["long_burn"] == pytest.approx(50)
    assert said["rules"][0]["short_burn"] == 0


@pytest.mark.parametrize("counts", [{}, {"total": 0.0, "part": 0.0}, {"total": 9.0}, {"part": 1.0}])
async def test_no_traffic_and_missing_data_are_unknown_and_never_calm(
    counts: dict[str, float | None],
) -> None:
    """Scenario 15: no traffic is unknown, never green."""
    said = (await Bench(watched(), counts=counts).judged())["answers"]
    assert said["state"] == "unknown"
    assert said["budget"]["left"] is None


async def test_too_few_events_are_unknown() -> None:
    bench = Bench(watched(least=100), counts={"part": 0.0, "total": 99.0})
    assert (await bench.judged())["answers"]["state"] == "unknown"


async def test_good_events_are_counted_from_the_other_side() -> None:
    bench = Bench(watched(good=True), counts={"part": 980.0, "total": 1000.0})
    assert (await bench.judged())["answers"]["rules"][0]["long_burn"] == pytest.approx(20)


async def test_a_vanished_tool_leaves_unknown_and_since_when() -> None:
    bench = Bench(watched(), counts={"part": 0.0, "total": 1000.0})
    calm = (await bench.judged())["answers"]
    bench.tool.fault = Transient("refuses the connection")
    away = (await bench.judged(timedelta(minutes=2)))["answers"]
    assert (calm["state"], away["state"]) == ("calm", "unknown")
    assert away["budget"]["left"] is None
    assert away["message"] == "refuses the connection"
    still = (await bench.judged(timedelta(minutes=2)))["answers"]
    assert still["since"] == away["since"] != calm["since"]
    bench.tool.fault = None
    assert (await bench.judged(timedelta(minutes=2)))["answers"]["state"] == "calm"


async def test_one_query_that_fails_holds_up_no_other_objective() -> None:
    bench = Bench(watched("bad"), watched("fine"), counts={"part": 0.0, "total": 1000.0})
    bench.tool.faults["sum(increase(bad_total[300s]))"] = Misconfigured("422: no")
    said = await bench.judged()
    assert (said["bad"]["state"], said["bad"]["message"]) == ("unknown", "422: no")
    assert said["fine"]["state"] == "calm"


async def test_a_tool_that_is_away_is_not_asked_for_every_objective() -> None:
    bench = Bench(*(watched(f"o{n}") for n in range(20)))
    bench.tool.fault = Transient("took no connection")
    said = await bench.judged()
    assert {one["message"] for one in said.values()} == {"took no connection"}
    assert len(bench.tool.asked) == module.STRIKES


async def test_long_windows_are_counted_less_often_and_old_counts_say_nothing() -> None:
    bench = Bench(watched(), counts={"part": 0.0, "total": 1000.0})
    await bench.judged()
    bench.tool.asked.clear()
    await bench.judged(timedelta(minutes=1))
    asked = " ".join(query for query, _, _ in bench.tool.asked)
    assert "[300s]" in asked
    assert "[2592000s]" not in asked
    assert every(timedelta(minutes=5)) == timedelta(minutes=1)
    assert every(30 * DAY) == timedelta(minutes=15)


async def test_data_that_do_not_go_back_for_the_whole_period_are_told() -> None:
    bench = Bench(watched(), counts={"[600s]": None, "part": 0.0, "total": 1000.0})
    said = (await bench.judged())["answers"]
    assert said["budget"]["whole"] is False
    assert said["budget"]["left"] == 1.0


async def test_since_when_survives_a_restart_and_what_is_gone_is_forgotten() -> None:
    bench = Bench(watched(), watched("other"), counts={"part": 0.0, "total": 1000.0})
    first = await bench.judged()
    again = Bench(watched(), counts={"part": 0.0, "total": 1000.0})
    again.store = bench.store
    again.objectives = Objectives({"prom": again.tool}, again.store, again.wish, now=again.clock)
    again.objectives.told = dict(await again.store.told())
    later = await again.judged(timedelta(minutes=3))
    assert later["answers"]["since"] == first["answers"]["since"]
    assert set(again.store.said) == {"answers"}
