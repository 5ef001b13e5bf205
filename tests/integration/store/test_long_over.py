"""What fires or ends in incidents that are over since long, and what began at odd instants."""

import orjson
import pytest
from sqlalchemy import text

from hub.services.ingest.ports import LiveRows
from hub.services.plans.schedules import schedule
from tests.integration.hub.samples import day, plan
from tests.integration.store.bench import Bench, alert

pytestmark = pytest.mark.slow

NEEDS_SHOP = """
services:
  - ref: shop
    name: Shop
    match: {labels: {service: [shop]}}
    delivers: [{project: ERP, milestone: Go-live, role: environment_for}]
"""


async def test_incidents_that_are_over_are_read_once_for_all_that_ends_in_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"A{n}" for n in range(30)]
    for name in names:
        await bench.told(alert(name, bench.now, environment=name))
    for number in range(1, len(names) + 1):
        await bench.edit(number, status="closed")
    over = text("UPDATE incident SET resolved_at = resolved_at - 7200000000")
    await bench.database.write(lambda w: w.connection.execute(over))
    await bench.edit(1, title="Long over")  # what was known is read again
    looks = []
    read = bench.stores.ingest.live

    async def counted(also: list[int]) -> LiveRows:
        looks.append(len(also))
        return await read(also)

    monkeypatch.setattr(bench.stores.ingest, "live", counted)
    ended = bench.at(1)
    await bench.told(*(alert(n, bench.now, ends_at=ended, environment=n) for n in names))
    assert len(looks) <= 2
    assert await bench.rows("SELECT DISTINCT firing FROM incident") == [(0,)]


@pytest.mark.parametrize("year", ["9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"])
async def test_an_odd_onset_loses_no_alert_and_no_more_days_than_the_work_is_old(
    bench: Bench, year: str
) -> None:
    begun = b"<ActualStart>2026-03-02T08:00:00</ActualStart><PercentComplete>50</PercentComplete>"
    end = b"<Finish>2026-03-02T17:00:00</Finish>"
    data = plan({"Go-live": day(9)}, work=["Build"], links=[(1, 101)]).replace(end, end + begun)
    await bench.bring_in(data)
    await bench.catalogue(NEEDS_SHOP)
    odd = {**alert("Odd", bench.now), "startsAt": year}
    await bench.told(odd, alert("Good", bench.now, service="other"))
    await bench.after(700)
    assert len(await bench.rows("SELECT ref FROM alert")) == 2
    ((body,),) = await bench.rows("SELECT body FROM incident WHERE title = 'Odd'")
    (hurt,) = orjson.loads(body)["milestones"]
    assert 0 <= hurt["slip"]["days"] < 1000


async def test_a_merge_keeps_the_first_beginning_and_every_service(bench: Bench) -> None:
    old = bench.at(-9000)
    await bench.told(alert("Early", old, service="pay"))
    await bench.told(alert("Early", old, service="pay", ends_at=bench.at(-8990)))
    await bench.after(120)
    await bench.told(alert("Early", bench.at(-60), service="pay"))
    await bench.told(alert("Other", bench.at(-60), environment="elsewhere"))
    ((three,),) = await bench.rows("SELECT incident FROM alert WHERE title = 'Other'")
    into = f"hub:incident:{three}"
    assert await bench.stores.verdicts.move(None, ["hub:incident:1"], into, "ada") == into
    found = {no: rest for no, *rest in await bench.rows("SELECT no, opened_at, body FROM incident")}
    opened_at, body = found[three]
    assert opened_at == round(old.timestamp() * 1e6)
    assert orjson.loads(body)["services"] == ["pay", "shop"]


async def test_a_plan_that_reaches_beyond_its_calendar_stops_nothing_else(bench: Bench) -> None:
    chain = [(n, n + 1) for n in range(1, 80)]
    work = [f"Build {n}" for n in range(80)]
    data = plan({"Go-live": day(9)}, work=work, links=[*chain, (80, 101)])
    await bench.bring_in(data.replace(b"<Duration>PT8H", b"<Duration>PT1400000H"))
    await bench.catalogue(NEEDS_SHOP)
    await bench.told(alert("Still heard", bench.now))
    await bench.after(1)
    ((body,),) = await bench.rows("SELECT body FROM incident")
    (hurt,) = orjson.loads(body)["milestones"]
    assert hurt["slip"]["days"] is None
    (project,) = await bench.stores.board.plan("project")
    found = schedule(project, await bench.stores.board.items(project.ref), bench.now)
    assert [reason["code"] for reason in found["reasons"]] == ["schedule_no_dates"]
