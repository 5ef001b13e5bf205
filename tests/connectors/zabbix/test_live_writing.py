"""Writing back to a real Zabbix 6.0 and 7.0."""

import asyncio
import contextlib
from typing import Any

import pytest

from connectors.zabbix.parse import marker
from connectors.zabbix.writer import Writer
from hub.contract import Known, Operation, Record
from hub.errors import Misconfigured, Transient
from tests.connectors.zabbix.conftest import Near, opened, wanted

pytestmark = pytest.mark.slow


async def event(near: Near, record: Record) -> dict[str, Any]:
    select = "select_acknowledges" if near.release == "6.0" else "selectAcknowledges"
    asked = {"eventids": [record.key], "output": "extend", select: "extend"}
    (found,) = near.api("event.get", asked)
    return dict(found)


async def test_an_acknowledgement_with_its_message_is_there_and_is_found_again(near: Near) -> None:
    source, writer = near.source(), near.writer()
    record = await near.problem(source, near.host())
    ack = wanted(record, "acknowledge", message="taken", by="Li Lei")
    assert not await writer.holds(ack)
    assert await writer.apply(ack) == {"eventids": [record.key], "action": 6}
    assert await writer.holds(ack)
    found = await event(near, record)
    assert found["acknowledged"] == "1"
    assert [one["message"] for one in found["acknowledges"]] == [f"taken (Li Lei) {marker('op-1')}"]
    shown = (await opened(source))[record.key]
    assert shown.body["ack"]["message"] == "taken (Li Lei)"  # type: ignore[index]
    assert shown.version == record.version


async def test_what_somebody_acknowledged_already_still_gets_the_message(near: Near) -> None:
    record = await near.problem(near.source(), near.host())
    near.api("event.acknowledge", {"eventids": [record.key], "action": 2})
    writer = near.writer()
    assert await writer.holds(wanted(record, "acknowledge"))
    with_words = wanted(record, "acknowledge", message="me too")
    assert not await writer.holds(with_words)
    await writer.apply(with_words)
    assert await writer.holds(with_words)


async def test_a_comment_is_written_once_and_told_by_its_own_mark(near: Near) -> None:
    record = await near.problem(near.source(), near.host())
    writer = near.writer()
    first, second = (wanted(record, "comment", key, message="same") for key in ("a", "b"))
    await writer.apply(first)
    assert (await writer.holds(first), await writer.holds(second)) == (True, False)
    assert (await event(near, record))["acknowledged"] == "0"


async def test_a_severity_is_changed_at_the_event(near: Near) -> None:
    source, writer = near.source(), near.writer()
    record = await near.problem(source, near.host())
    change = wanted(record, "severity", severity=5, severity_raw="5", by="Li")
    assert not await writer.holds(change)
    await writer.apply(change)
    assert await writer.holds(change)
    shown = (await opened(source))[record.key]
    assert shown.body["severity"] == "5"
    assert shown.version != record.version  # the row has to show it
    with pytest.raises(Misconfigured, match="severities 0 to 5"):
        await writer.holds(wanted(record, "severity", "op-2", severity_raw="High"))


async def test_closing_ends_the_problem_where_the_trigger_allows_it(near: Near) -> None:
    source, writer = near.source(), near.writer()
    record = await near.problem(source, near.host())
    close = wanted(record, "close", message="over", by="Li")
    assert not await writer.holds(close)
    await writer.apply(close)
    await done(writer, close)
    (ended,) = await near.wait(source, 1)
    assert (ended.key, ended.body["value"]) == (record.key, "0")
    assert await writer.holds(wanted(record, "close", "another"))


async def done(writer: Writer, operation: Operation) -> None:
    """Look until the server has carried out what the API wrote down; until then it is no "no"."""
    async with asyncio.timeout(30):
        while True:
            try:
                holds = await writer.holds(operation)
            except Transient:
                await asyncio.sleep(0.2)
            else:
                assert holds
                return


async def test_closing_is_done_when_the_server_has_done_it_and_not_when_it_was_asked(
    near: Near,
) -> None:
    record = await near.problem(near.source(), near.host())
    writer, close = near.writer(), wanted(record, "close", by="Li")
    await writer.apply(close)
    with contextlib.suppress(Transient):
        # The server may be faster than this question.
        assert await writer.holds(close)
        assert (await event(near, record))["r_eventid"] != "0"
    await done(writer, close)
    assert (await event(near, record))["r_eventid"] != "0"


async def test_what_ended_before_the_close_arrived_is_closed(near: Near) -> None:
    source, writer, host = near.source(), near.writer(), near.host()
    record = await near.problem(source, host)
    near.send(host, 1)
    await near.wait(source, 1)
    answer = await writer.apply(wanted(record, "close", by="Li"))
    assert await writer.holds(wanted(record, "close"))
    assert answer["eventids"] in ([], [record.key])


async def test_closing_is_refused_with_a_sentence_where_the_trigger_does_not(near: Near) -> None:
    host = near.host()
    record = await near.problem(near.source(), host)
    near.api("trigger.update", {"triggerid": host.triggers["loss"], "manual_close": 0})
    with pytest.raises(Misconfigured, match="does not allow closing by hand"):
        await near.writer().holds(wanted(record, "close"))


async def test_suppressing_works_from_6_2_on_and_is_refused_with_a_sentence_before(
    near: Near,
) -> None:
    source, writer = near.source(), near.writer()
    record = await near.problem(source, near.host())
    hide = wanted(record, "suppress", until="2099-01-01T00:00:00+08:00", by="Li")
    show = wanted(record, "unsuppress", "op-2", by="Li")
    if near.release == "6.0":
        with pytest.raises(Misconfigured, match=r"6\.0.* cannot suppress"):
            await writer.holds(hide)
        return
    assert not await writer.holds(hide)
    await writer.apply(hide)
    assert not await writer.holds(show), "the server has not hidden it yet, and will"
    await done(writer, hide)
    hidden = await near_suppressed(near, record)
    assert hidden == [{"maintenanceid": "0", "suppress_until": str(2**31 - 1)}]
    assert (await opened(source))[record.key].body["suppressed"] == "1"
    assert not await writer.holds(show)
    await writer.apply(show)
    again = wanted(record, "suppress", "op-4", until="2099-01-01T00:00:00+08:00", by="Li")
    assert not await writer.holds(again), "the server has not shown it yet, and will"
    near.corner.zabbix.until(
        f"SELECT count(*) FROM event_suppress WHERE eventid = {record.key}",  # noqa: S608
        "0",
    )
    await done(writer, show)
    assert await writer.holds(hide), "it came about, and was changed since"
    assert await writer.holds(wanted(record, "unsuppress", "op-3"))


async def near_suppressed(near: Near, record: Record) -> list[dict[str, str]]:
    near.corner.zabbix.until(
        f"SELECT count(*) FROM event_suppress WHERE eventid = {record.key}",  # noqa: S608
        "1",
    )
    select = ["maintenanceid", "suppress_until"]
    asked = {"eventids": [record.key], "output": [], "selectSuppressionData": select}
    (found,) = near.api("problem.get", asked)
    return list(found["suppression_data"])


async def test_whoever_may_not_is_told_which_right_lacks(near: Near) -> None:
    token = near.reader()
    record = await near.problem(near.source(), near.host())
    writer = near.writer(token=token, host_groups=[])
    ack = wanted(record, "acknowledge", message="taken")
    assert not await writer.holds(ack)
    with pytest.raises(Misconfigured, match="acknowledge"):
        await writer.apply(ack)
    assert (await event(near, record))["acknowledges"] == []


async def test_a_problem_that_is_not_there_can_not_be_written_to(near: Near) -> None:
    on = Known("problem", "1", "99999999")
    with pytest.raises(Misconfigured, match="no problem 99999999"):
        await near.writer().holds(Operation("op", "acknowledge", on, {}))


async def test_a_very_long_message_keeps_its_mark(near: Near) -> None:
    record = await near.problem(near.source(), near.host())
    writer = near.writer()
    long = wanted(record, "comment", "key with spaces/✓", message="语" * 5000)
    await writer.apply(long)
    assert await writer.holds(long)
