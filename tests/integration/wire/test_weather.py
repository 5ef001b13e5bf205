"""Bad weather on the way to a tool, met by both forms of asking."""

import asyncio
import gzip
from datetime import timedelta

import pytest

from hub.contract import Connection
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.wire import open_wire
from tests.integration.wire.conftest import Ask
from tests.simulators.weather import Answers, answering, dripping, plain, raw, silence

LOGIN = b"<!DOCTYPE html><title>Single Sign-On</title><input type='password'>"
MEMORY = b"<html><b>Fatal error</b>: Allowed memory size of 134217728 bytes exhausted"


async def test_a_good_answer_comes_through(ask: Ask) -> None:
    async with answering(plain("200 OK", b'{"a": 1}', "X-Made-By: tool")) as server:
        answer = await ask(server.url)
    assert (answer.status, answer.body) == (200, b'{"a": 1}')
    assert answer.headers["x-made-by"] == "tool"


async def test_a_status_that_only_the_caller_understands_is_left_to_him(ask: Ask) -> None:
    for status in ("412 Precondition Failed", "422 Unprocessable", "404 Not Found"):
        async with answering(plain(status)) as server:
            assert (await ask(server.url)).status == int(status[:3])


CASES: dict[str, tuple[Answers, type[HubError], str]] = {
    "black hole": (silence, Transient, "did not answer within 0.4 s"),
    "one byte at a time": (dripping(), Transient, "did not answer within 0.4 s"),
    "reset in mid-body": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", reset=True),
        Transient,
        "127.0.0.1",
    ),
    "cut off in mid-body": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
        Transient,
        "127.0.0.1",
    ),
    "hung up without a word": (raw(), Transient, "127.0.0.1"),
    "no HTTP": (raw(b"\x00\x01\x02 SSH-2.0\r\n\r\n"), HubError, "127.0.0.1"),
    "log-in page with 200": (
        plain("200 OK", LOGIN, kind="text/html"),
        Misconfigured,
        r'log-in page \("Single Sign-On"\)',
    ),
    "redirect to a log-in page": (
        plain("302 Found", b"", "Location: https://sso.example/login?next=secret"),
        Misconfigured,
        "redirects to https://sso.example; give",
    ),
    "PHP ran out of memory": (
        plain("500 Internal Server Error", MEMORY, kind="text/html"),
        Transient,
        "answered 500",
    ),
    "a web page where data was expected": (
        plain("200 OK", b"<html><title>It works!</title></html>", kind="text/html"),
        Anomalous,
        r'a web page \("It works!"\)',
    ),
    "unknown token": (plain("401 Unauthorized"), Misconfigured, "answered 401"),
    "no rights": (plain("403 Forbidden"), Misconfigured, "its rights"),
    "too many questions": (plain("429 Too Many Requests"), Transient, "answered 429"),
}


@pytest.mark.parametrize("case", CASES)
async def test_weather_is_one_of_the_four_errors(ask: Ask, case: str) -> None:
    answers, kind, says = CASES[case]
    async with answering(answers) as server:
        with pytest.raises(kind, match=says):
            await ask(server.url, timeout_seconds=0.4, connect_seconds=0.3)


async def test_a_port_that_nobody_listens_on_is_transient(ask: Ask, free_tcp_port: int) -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        await ask(f"http://127.0.0.1:{free_tcp_port}/")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("Retry-After: 7", 7), ("Retry-After: 999999999", 3600), ("Retry-After: soon", None)],
)
async def test_the_tools_wish_when_to_come_again_is_handed_on(
    ask: Ask, header: str, seconds: float | None
) -> None:
    async with answering(plain("503 Service Unavailable", b"", header)) as server:
        with pytest.raises(Transient) as met:
            await ask(server.url)
    assert met.value.retry_after == (None if seconds is None else timedelta(seconds=seconds))


async def test_nothing_follows_a_redirect_with_the_token(ask: Ask) -> None:
    async with answering(plain("200 OK", b"{}")) as stranger:
        away = plain("307 Temporary Redirect", b"", f"Location: {stranger.url}")
        async with answering(away) as server:
            with pytest.raises(Misconfigured, match="redirects to"):
                await ask(server.url, headers={"Authorization": "Bearer hunter2"})
        assert stranger.asked == []


async def test_a_compressed_answer_is_bounded_by_what_comes_out(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.wire.sessions.MOST", 1 << 20)
    monkeypatch.setattr("hub.wire.opened.MOST", 1 << 20)
    bomb = gzip.compress(bytes(8 << 20))
    async with answering(plain("200 OK", bomb, "Content-Encoding: gzip")) as server:
        with pytest.raises(Anomalous, match="more than 1048576 bytes"):
            await ask(server.url)


@pytest.mark.parametrize("case", CASES)
async def test_trap_22_no_secret_is_in_a_message_or_a_log(
    ask: Ask, case: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    answers, _, _ = CASES[case]
    async with answering(answers) as server:
        with pytest.raises(HubError) as met:
            await ask(
                f"{server.url}?token=hunter2", headers={"Authorization": "Bearer hunter2"},
                timeout_seconds=0.4,
            )  # fmt: skip
    seen, told = (
        "".join(capfd.readouterr()),
        repr(met.value) + str(getattr(met.value, "evidence", "")),
    )
    assert "hunter2" not in told + caplog.text + seen


async def test_variables_of_the_environment_send_nobody_through_a_proxy(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, free_tcp_port: int
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_tcp_port}")
    async with answering(plain("200 OK", b"{}")) as server:
        assert (await ask(server.url)).status == 200


async def test_a_library_that_hangs_holds_up_nobody_else_and_not_the_end() -> None:
    async with answering(silence) as hole, answering(plain("200 OK", b"{}")) as server:
        wire = open_wire("tool", Connection(timeout_seconds=0.3))
        hanging = asyncio.ensure_future(wire.blocking(lambda session: session.get(hole.url)))
        fine = await wire.blocking(lambda session: session.get(server.url).status_code)
        assert fine == 200
        with pytest.raises(Transient):
            await hanging
        await wire.close()
        with pytest.raises(Transient, match="is being stopped"):
            await wire.blocking(lambda session: session.get(server.url))
