"""`POST /hooks/{connector}`: the checks in their order, and what the sender is told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from hub.errors import Anomalous, Transient
from hub.services.refusals import Fault, Refusal, Why
from tests.unit.web.conftest import Client
from tests.unit.web.fakes import Fakes


async def trickle(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100):
        yield b"x" * 100


async def test_a_delivery_is_accepted_with_its_receipt(client: Client, fakes: Fakes) -> None:
    answer = await client.post("/hooks/am-main", data=b'{"alerts":[]}', headers={"X-Sig": "1"})
    assert (answer.status, await answer.json()) == (202, {"accepted": 3, "receipt": "r-1"})
    [(connector, headers, body)] = fakes.intake.received
    assert (connector, body, headers["x-sig"]) == ("am-main", b'{"alerts":[]}', "1")
    assert all(name == name.lower() for name in headers)


async def test_an_unknown_connector_comes_before_everything_else(
    client: Client, fakes: Fakes
) -> None:
    answer = await client.post("/hooks/nobody", data=b"x" * 5000)
    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert not fakes.intake.received


@pytest.mark.parametrize("size", [1001, 50_000])
async def test_a_body_over_the_limit_never_reaches_the_intake(
    client: Client, fakes: Fakes, size: int
) -> None:
    fakes.intake.answer = Refusal(Why.UNAUTHORISED, "wrong secret")
    answer = await client.post("/hooks/am-main", data=b"x" * size)
    assert (answer.status, (await answer.json())["status"]) == (413, 413)
    assert not fakes.intake.received


async def test_a_body_without_a_length_is_counted_while_it_comes(
    client: Client, fakes: Fakes
) -> None:
    fits = await client.post("/hooks/am-main", data=trickle(1000))
    over = await client.post("/hooks/am-main", data=trickle(1100))
    assert (fits.status, over.status) == (202, 413)
    assert [len(body) for _, _, body in fakes.intake.received] == [1000]


async def test_a_body_of_exactly_the_limit_is_taken(client: Client) -> None:
    assert (await client.post("/hooks/am-main", data=b"x" * 1000)).status == 202


async def test_an_empty_body_is_the_intakes_business(client: Client, fakes: Fakes) -> None:
    assert (await client.post("/hooks/am-main")).status == 202
    assert fakes.intake.received[0][2] == b""


async def test_a_small_compressed_body_that_grows_is_refused(client: Client) -> None:
    answer = await client.post("/hooks/am-main", data=b"0" * 5000, compress="gzip")
    assert answer.status == 413


@pytest.mark.parametrize(
    ("why", "status", "header"),
    [
        (Why.UNAUTHORISED, 401, "WWW-Authenticate"),
        (Why.INVALID, 422, None),
        (Why.UNAVAILABLE, 503, "Retry-After"),
    ],
)
async def test_a_refusal_is_told_as_a_problem(
    client: Client, fakes: Fakes, why: Why, status: int, header: str | None
) -> None:
    fakes.intake.answer = Refusal(why, "no", (Fault("body", "json", "not JSON"),))
    answer = await client.post("/hooks/am-main", data=b"{")
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert (await answer.json())["errors"] == [{"loc": "body", "type": "json", "msg": "not JSON"}]
    assert header is None or header in answer.headers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Transient("the store is busy", retry_after=timedelta(seconds=7)), 503),
        (Anomalous("not an envelope"), 422),
        (RuntimeError("secret-of-the-house"), 500),
    ],
)
async def test_a_failure_is_a_problem_and_a_bug_tells_nothing(
    client: Client, fakes: Fakes, error: Exception, status: int
) -> None:
    fakes.intake.answer = error
    answer = await client.post("/hooks/am-main", data=b"{}")
    assert answer.status == status
    assert "secret-of-the-house" not in await answer.text()
    assert status != 503 or answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_delivery_is_posted_and_nothing_else(client: Client, method: str) -> None:
    answer = await client.request(method, "/hooks/am-main")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert answer.content_type == "application/problem+json"


async def test_an_address_below_a_hook_is_nothing(client: Client) -> None:
    answer = await client.post("/hooks/am-main/more", data=b"{}")
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_cannot_be_unpacked_is_the_senders_fault(
    client: Client, fakes: Fakes, encoding: str
) -> None:
    answer = await client.post(
        "/hooks/am-main", data=b"not compressed", headers={"Content-Encoding": encoding}
    )
    assert (answer.status, fakes.intake.received) == (400, [])


@pytest.mark.parametrize("path", ["/hooks/am-main", "/api/v1/imports"])
async def test_a_sender_who_goes_away_leaves_nothing_and_is_no_bug(
    client: Client, fakes: Fakes, path: str
) -> None:
    url = client.make_url(path)
    with capture_logs() as told:
        _, writer = await asyncio.open_connection(url.host, url.port)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer pm\r\n"
        writer.write(f"{head}Content-Length: 99\r\n\r\nhalf of".encode())
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        async with asyncio.timeout(5):
            while not told:  # noqa: ASYNC110 - a log rings no bell
                await asyncio.sleep(0.01)
    assert [line["status"] for line in told] == [400]
    assert (fakes.intake.received, fakes.plans.uploads) == ([], [])


async def test_a_refusal_bears_the_requests_id_like_every_other_answer(client: Client) -> None:
    for given in ({}, {"X-Request-Id": "mine-1"}):
        answer = await client.post("/hooks/nobody", data=b"{}", headers=given)
        named = (await answer.json())["request_id"]
        assert named
        assert named == answer.headers["X-Request-Id"] == given.get("X-Request-Id", named)
