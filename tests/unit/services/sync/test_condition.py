"""How connectors are shown: one vocabulary for what is asked and for what is only sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hub.errors import Transient
from hub.services.sync.condition import Conditions
from hub.services.sync.ports import Polled
from hub.services.sync.syncing import Syncing
from tests.unit.services.sync.test_syncing import Heard
from tests.unit.services.sync.tools import NOW, Ingest, Tool, polled

SENT = Polled("hook", "prometheus", "alert")
FILE = Polled("plan", "msproject", "task")
WRITTEN = {
    "can": ["close"], "may": ["close"], "read_only": False, "stopped": True,
    "stopped_by": "ada", "stopped_at": NOW,
}  # fmt: skip


def conditions(
    tool: Tool,
    *,
    heard: Mapping[str, datetime | None] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> tuple[Syncing, Conditions]:
    ingest = Ingest()
    one = Syncing([polled(tool), SENT, FILE], ingest, ingest, Heard(), now=lambda: NOW)

    async def last() -> Mapping[str, datetime | None]:
        return heard or {}

    async def writes() -> Mapping[str, Mapping[str, object]]:
        return {"am": WRITTEN}

    def problems(name: str) -> tuple[str | None, datetime | None]:
        return ((wrong or {}).get(name), NOW if name in (wrong or {}) else None)

    return one, Conditions(one, problems, last, writes, now=lambda: NOW)


async def test_what_is_asked_is_as_its_looks_say_and_not_as_its_deliveries() -> None:
    tool = Tool(breaks={"read": Transient("refused")})
    one, shown = conditions(tool, heard={"am": NOW})
    await one.once("am")
    found = (await shown.all())["am"]
    assert (found["state"], found["message"], found["polls"]) == ("failing", "refused", True)
    assert found["last_success_at"] is None


async def test_what_is_only_sent_is_well_once_it_was_heard_and_has_no_lag() -> None:
    at = NOW - timedelta(hours=2)
    _, shown = conditions(Tool(), heard={"hook": at})
    found = await shown.all()
    assert (found["hook"]["state"], found["hook"]["last_success_at"]) == ("ok", at)
    assert (found["hook"]["polls"], found["hook"]["lag_seconds"]) == (False, None)
    assert (found["plan"]["state"], found["plan"]["last_success_at"]) == ("idle", None)


async def test_a_file_that_cannot_be_read_says_what_is_wrong_and_since_when() -> None:
    _, shown = conditions(Tool(), heard={"plan": NOW}, wrong={"plan": "line 7: not XML"})
    found = (await shown.all())["plan"]
    assert (found["state"], found["message"]) == ("failing", "line 7: not XML")
    assert found["since"] == NOW


async def test_what_may_be_written_stands_beside_and_nothing_may_where_nothing_can() -> None:
    _, shown = conditions(Tool())
    found = await shown.all()
    assert {name: found["am"][name] for name in WRITTEN} == WRITTEN
    assert (found["plan"]["may"], found["plan"]["read_only"]) == ([], True)
    assert found["plan"]["stopped"] is False


async def test_the_detail_says_what_the_list_says_and_more() -> None:
    one, shown = conditions(Tool(hints={"truncated": 2}, listed=[]))
    one.pulses["am"].failed(NOW, "failing", "refused", "raw")
    listed, detail = (await shown.all())["am"], await shown.one("am")
    assert detail is not None
    assert {name: detail[name] for name in listed} == listed
    assert detail["errors"] == [{"at": NOW, "message": "refused", "times": 1, "raw": "raw"}]
    assert await shown.one("nobody") is None
