"""The webhook on a real Zabbix 6.0 and 7.0: installed, told, and told the same as polled."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import yaml

from connectors.zabbix.checker import Checker
from connectors.zabbix.mediatype import NAME
from connectors.zabbix.onboarding import USER, Onboarding
from connectors.zabbix.receiver import Receiver
from deploy.lab.endpoints import Sink
from deploy.lab.zabbix_objects import Trigger
from hub.contract import Record, Step
from tests.connectors.zabbix.conftest import Near, fate_of, opened, wanted
from tests.connectors.zabbix.rows import row_of

pytestmark = pytest.mark.slow
Told = Callable[[int], Awaitable[list[Record]]]


def remove(near: Near) -> None:
    """Take away all that an installation makes."""
    for kind, id_, named in (
        ("action", "actionid", "name"),
        ("user", "userid", "username"),
        ("usergroup", "usrgrpid", "name"),
        ("mediatype", "mediatypeid", "name"),
    ):
        asked = {"output": [id_], "filter": {named: USER if named == "username" else NAME}}
        if found := near.api(f"{kind}.get", asked):
            near.api(f"{kind}.delete", [row[id_] for row in found])


@pytest.fixture
async def told(near: Near, sink: Sink) -> AsyncIterator[Told]:
    """Return a way to wait for so many webhook calls, as the receiver reads them."""
    settings = near.settings()
    steps = [s async for s in Onboarding(settings, near.wire(settings)).install(sink.url)]
    assert [step.done for step in steps] == [True] * 4
    receiver = Receiver(settings)

    async def wait(count: int) -> list[Record]:
        await sink.until(lambda posted: len(posted) >= count)
        assert all(receiver.authentic(one.headers, one.body) for one in sink.posted)
        pages = [receiver.unpack(one.body) for one in sink.posted]
        assert [page.rejected for page in pages] == [()] * len(pages)
        return [record for page in pages for record in page.records]

    yield wait
    remove(near)


async def test_fact_12_and_13_the_whole_life_of_a_problem_is_told_as_it_is_polled(
    near: Near, told: Told
) -> None:
    """Trap 3 at each stage. Fact 12: two posts of a manual close are one transition. Fact 13: the
    hub acknowledges as a user of its own, so the webhook tells it, and it is no news."""
    host = near.host(Trigger("loss", tags={"service": "shop-db", "site": "b"}), site="a")
    source = near.source()
    polled = [await near.problem(source, host)]
    pushed = await told(1)
    assert same(pushed[-1], polled[-1])

    writer = near.writer()
    ack = wanted(polled[-1], "acknowledge", message="taken by the night watch", by="Li Lei")
    await writer.apply(ack)
    polled.append((await opened(source))[polled[0].key])
    pushed = await told(2)
    assert same(pushed[-1], polled[-1])
    assert polled[-1].version == polled[0].version

    near.api("event.acknowledge", {"eventids": [polled[0].key], "action": 8 | 4, "severity": 1,
                                   "message": "a dud\nmaybe"})  # fmt: skip
    polled.append((await opened(source))[polled[0].key])
    pushed = await told(3)
    assert same(pushed[-1], polled[-1])
    assert polled[-1].version != polled[0].version

    await writer.apply(wanted(polled[-1], "close", "op-2", message="over", by="Li Lei"))
    pushed = await told(5)
    (ended,) = (await fate_of(source, polled[0])).records
    assert [same(one, ended) for one in pushed[-2:]] == [True, True]
    assert pushed[-1].body["value"] == "0"


def same(pushed: Record, polled: Record) -> bool:
    """Compare everything that an alert is made of."""
    assert row_of(pushed) == row_of(polled)
    assert pushed.body["ack"] == polled.body["ack"]
    return (pushed.key, pushed.series, pushed.version) == (
        polled.key, polled.series, polled.version
    )  # fmt: skip


async def test_the_zone_of_the_server_does_not_move_the_times(near: Near, told: Told) -> None:
    near.api("settings.update", {"default_timezone": "Asia/Shanghai"})
    try:
        polled = await near.problem(near.source(), near.host())
        (pushed,) = await told(1)
    finally:
        near.api("settings.update", {"default_timezone": "system"})
    assert pushed.body["clock"] == polled.body["clock"]


async def test_installing_twice_makes_nothing_twice_and_mends_what_was_changed(
    near: Near, sink: Sink
) -> None:
    settings = near.settings()
    onboarding = Onboarding(settings, near.wire(settings))

    async def install() -> list[Step]:
        return [step async for step in onboarding.install(sink.url)]

    try:
        await install()
        (action,) = near.api("action.get", {"filter": {"name": NAME}, "output": ["actionid"]})
        near.api("action.update", {**action, "status": 1})
        steps = await install()
        assert [step.done for step in steps] == [True] * 4
        for kind in ("action", "mediatype", "usergroup"):
            assert len(near.api(f"{kind}.get", {"filter": {"name": NAME}})) == 1
        assert len(near.api("user.get", {"filter": {"username": USER}})) == 1
    finally:
        remove(near)


async def test_without_a_secret_or_the_rights_nothing_is_installed(near: Near, sink: Sink) -> None:
    settings = near.settings(webhook_secret=None)
    steps = [s async for s in Onboarding(settings, near.wire(settings)).install(sink.url)]
    assert [(step.done, "webhook_secret" in step.says) for step in steps] == [(False, True)]
    plain = near.settings(token=near.corner.user(f"{near.corner.name}-nobody"))
    steps = [s async for s in Onboarding(plain, near.wire(plain)).install(sink.url)]
    assert [step.done for step in steps] == [False]
    assert "Super admin" in steps[0].says
    assert near.api("mediatype.get", {"filter": {"name": NAME}}) == []


async def test_what_is_printed_is_what_zabbix_imports(near: Near) -> None:
    settings = near.settings()
    text = Onboarding(settings, near.wire(settings)).printed("https://hub.example/hooks/zbx")
    assert "s3cret" not in text
    assert yaml.safe_load(text)["zabbix_export"]["version"] == "6.0"
    rules = {"mediaTypes": {"createMissing": True, "updateExisting": True}}
    try:
        near.api("configuration.import", {"format": "yaml", "source": text, "rules": rules})
        (made,) = near.api("mediatype.get", {"filter": {"name": NAME}, "output": "extend"})
        assert "HttpRequest" in made["script"]
        told = {one["name"]: one["value"] for one in made["parameters"]}
        assert told["url"] == "https://hub.example/hooks/zbx"
        assert told["event_tags"] == "{EVENT.TAGSJSON}"
    finally:
        remove(near)


async def checked(near: Near, **changed: object) -> dict[str, Step]:
    settings = near.settings(**changed)
    return {s.code: s async for s in Checker(settings, near.wire(settings)).check()}


async def test_the_check_says_what_works_step_by_step(near: Near) -> None:
    near.host()
    steps = await checked(near, read_only=False, writes=["acknowledge", "close"])
    assert list(steps) == [
        "reach", "version", "clock", "log-in", "hosts", "groups", "write", "webhook"
    ]  # fmt: skip
    assert [code for code, step in steps.items() if step.done is not True] == ["webhook"]
    assert "by polling only" in steps["webhook"].says
    assert json.loads(json.dumps(steps["version"].says)).startswith(near.release)


async def test_the_check_of_a_reader_says_what_it_may_not_do(near: Near) -> None:
    near.host()
    steps = await checked(
        near, token=near.reader(), read_only=False, writes=["acknowledge", "close"]
    )
    assert steps["write"].done is False
    assert "acknowledge, close" in steps["write"].says
    assert steps["webhook"].done is None


async def test_a_write_that_this_release_cannot_do_is_named_with_the_one_that_can(
    near: Near,
) -> None:
    near.host()
    step = (await checked(near, read_only=False, writes=["close", "suppress"]))["write"]
    if near.release == "6.0":
        assert step.done is False
        assert "cannot suppress, 6.2 and newer can" in step.says
    else:
        assert step.done is True


async def test_a_role_without_the_api_is_named(near: Near) -> None:
    token = near.corner.user(f"{near.corner.name}-guest", role="Guest role")
    steps = await checked(near, token=token)
    assert steps["log-in"].done is False
    assert "role does not allow" in steps["log-in"].says


async def test_after_a_failed_log_in_nothing_more_is_tried(near: Near) -> None:
    steps = await checked(near, token="0" * 64)
    assert [step.done for step in steps.values()] == [True, True, True, False, *[None] * 4]
