"""Bad weather on the way to a tool, met by both forms of asking."""

import asyncio
import gc
import gzip
import tracemalloc
from datetime import timedelta

import pytest

from hub.errors import Anomalous, HubError, Misconfigured, Transient
from tests.integration.wire.conftest import Ask
from tests.simulators.weather import (
    Answers,
    answering,
    deaf,
    dripping,
    dripping_head,
    endless,
    plain,
    raw,
    silence,
)

LOGIN = b"<!DOCTYPE html><title>Single Sign-On</title><input type='password'>"
SAML = b"<html><form method=post><input type=hidden name='SAMLRequest' value='x'></form></html>"
MEMORY = b"<html><b>Fatal error</b>: Allowed memory size of 134217728 bytes exhausted</html>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GZIP = HEAD + b"Content-Encoding: gzip\r\n"
SLOW = r"no whole answer within timeout_seconds, 0\.4 s"
CUT = "cut off before the answer was whole"


async def test_a_good_answer_comes_through(ask: Ask) -> None:
    async with answering(plain("200 OK", b'{"a": 1}', "X-Made-By: tool")) as server:
        answer = await ask(server.url)
    assert (answer.status, answer.body) == (200, b'{"a": 1}')
    assert answer.headers["x-made-by"] == "tool"


async def test_a_compressed_answer_is_unpacked(ask: Ask) -> None:
    body = gzip.compress(b'{"a": 1}')
    async with answering(plain("200 OK", body, "Content-Encoding: gzip")) as server:
        assert (await ask(server.url)).body == b'{"a": 1}'


@pytest.mark.parametrize(
    "status", ["412 Precondition Failed", "422 Unprocessable", "404 Not Found", "400 Bad Request"]
)
async def test_a_status_that_only_the_caller_understands_is_left_to_him(
    ask: Ask, status: str
) -> None:
    """Fact 3: a Zabbix answers 412 with an empty body, and the connector says what it means."""
    async with answering(plain(status)) as server:
        answer = await ask(server.url)
    assert (answer.status, answer.body) == (int(status[:3]), b"")


CASES: dict[str, tuple[Answers, type[HubError], str]] = {
    "black hole": (silence, Transient, SLOW),
    "one byte at a time": (dripping(), Transient, SLOW),
    "a head without an end": (dripping_head(), Transient, SLOW),
    "reset in mid-body": (
        raw(HEAD + b"Content-Length: 100\r\n\r\nabc", reset=True), Transient, CUT,
    ),
    "cut off in mid-body": (raw(HEAD + b"Content-Length: 100\r\n\r\nabc"), Transient, CUT),
    "cut off between chunks": (
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"), Transient, CUT,
    ),
    "cut off in the head": (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), HubError, "127.0.0.1"),
    "hung up without a word": (raw(), Transient, CUT),
    "reset without a word": (raw(reset=True), Transient, CUT),
    "no HTTP": (raw(b"\x00\x01\x02 SSH-2.0\r\n\r\n"), Anomalous, "does not answer in HTTP"),
    "chunks that are none": (
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nhello\r\nworld\r\n"),
        Anomalous, "does not answer in HTTP",
    ),
    "no gzip": (
        raw(GZIP + b"Content-Length: 9\r\n\r\nnot gzip!"), Anomalous, "cannot be unpacked",
    ),
    "a length that is none": (
        raw(HEAD + b"Content-Length: many\r\n\r\n{}"), Anomalous, "does not answer in HTTP",
    ),
    "log-in page with 200": (
        plain("200 OK", LOGIN, kind="text/html"), Misconfigured, "log-in page .*Single Sign-On",
    ),
    "a page on the way to the log-in": (
        plain("200 OK", SAML, kind="text/html"), Misconfigured, "log-in page",
    ),
    "redirect to a log-in page": (
        plain("302 Found", b"", "Location: https://sso.example/login?next=hunter2"),
        Misconfigured, r"leads to https://sso\.example \(302\)",
    ),
    "redirect to nowhere": (plain("301 Moved"), Misconfigured, r"leads to nowhere \(301\)"),
    "PHP ran out of memory": (
        plain("500 Internal Server Error", MEMORY, kind="text/html"),
        Transient, "cannot answer now .500: .Fatal error : Allowed memory size",
    ),
    "broken while it refuses": (
        raw(b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nabc"), Transient, r"\(503",
    ),
    "a web page where data was expected": (
        plain("200 OK", b"<html><title>It works!</title></html>", kind="text/html"),
        Anomalous, "a web page instead of data: .It works!",
    ),
    "unknown token": (plain("401 Unauthorized", b"hunter2"), Misconfigured, "check token"),
    "no rights": (plain("403 Forbidden"), Misconfigured, "give the account the right"),
    "time-out of a balancer": (plain("504 Gateway Time-out"), Transient, r"\(504\)"),
    "too many questions": (plain("429 Too Many Requests"), Transient, r"\(429\)"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_weather_is_one_of_the_four_errors(ask: Ask, case: str) -> None:
    answers, kind, says = CASES[case]
    slow = says is SLOW
    async with answering(answers) as server:
        with pytest.raises(kind, match=says):
            await ask(server.url, timeout_seconds=0.4 if slow else 10)


@pytest.mark.parametrize("case", CASES)
async def test_trap_22_no_secret_is_in_a_message_or_a_log(
    ask: Ask, case: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    answers, _, says = CASES[case]

    async def echoing(head: bytes, out: asyncio.StreamWriter) -> None:
        if case in {"no HTTP", "PHP ran out of memory"}:
            lead = b"" if case == "no HTTP" else b"HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n"
            out.write(lead + head.replace(b"\r\n", b" ") + b"\r\n\r\n")
        else:
            await answers(head, out)

    async with answering(echoing) as server:
        with pytest.raises(HubError) as met:
            await ask(
                f"{server.url}hunter2?token=hunter2",
                told={"Authorization": "Bearer hunter3", "X-Auth-Token": "hunter4"},
                headers={"X-Key": "hunter2"},
                timeout_seconds=0.4 if says is SLOW else 10,
            )
    told = f"{met.value!r} {getattr(met.value, 'evidence', '')} {met.value.__cause__!r}"
    seen = "".join(capfd.readouterr())
    for secret in ("hunter2", "hunter3", "hunter4"):
        assert secret not in told + seen + caplog.text


async def test_a_port_that_nobody_listens_on_is_transient(ask: Ask, free_tcp_port: int) -> None:
    with pytest.raises(Transient, match="refuses the connection"):
        await ask(f"http://127.0.0.1:{free_tcp_port}/")


async def test_a_connection_that_never_comes_to_be_is_transient(ask: Ask) -> None:
    with deaf() as port, pytest.raises(Transient, match=r"no connection within connect_seconds"):
        await ask(f"http://127.0.0.1:{port}/", connect_seconds=0.2)


async def test_a_name_that_nobody_knows_is_transient(ask: Ask) -> None:
    with pytest.raises(Transient, match="its name cannot be found"):
        await ask("http://nobody.invalid/")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1", "http://", "http://[::1/"])
async def test_an_address_that_is_none_is_the_admins(ask: Ask, url: str) -> None:
    with pytest.raises(Misconfigured, match="is no address to ask"):
        await ask(url)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["Retry-After: 7"], 7),
        (["Retry-After: 0"], 0),
        (["Retry-After: 999999999999999999999999"], 3600),
        (["Retry-After: soon"], None),
        (["Retry-After: -5"], None),
        ([], None),
        # Its own clock counts: ours may be wrong.
        (
            ["Date: Mon, 01 Jan 2001 00:00:00 GMT", "Retry-After: Mon, 01 Jan 2001 00:00:30 GMT"],
            30,
        ),
        (["Retry-After: Mon, 01 Jan 2001 00:00:30 GMT"], 0),
        (["Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"], 3600),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_the_tools_wish_when_to_come_again_is_handed_on(
    ask: Ask, status: str, headers: list[str], seconds: float | None
) -> None:
    async with answering(plain(status, b"", *headers)) as server:
        with pytest.raises(Transient) as met:
            await ask(server.url)
    assert met.value.retry_after == (None if seconds is None else timedelta(seconds=seconds))


async def test_nothing_follows_a_redirect_with_the_token(ask: Ask) -> None:
    async with answering(plain("200 OK", b"{}")) as stranger:
        away = plain("307 Temporary Redirect", b"", f"Location: {stranger.url}")
        async with answering(away) as server:
            with pytest.raises(Misconfigured, match="leads to"):
                await ask(server.url, headers={"Authorization": "Bearer hunter2"})
        assert stranger.asked == []


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers be of a mebibyte at most."""
    monkeypatch.setattr("hub.wire.sessions.MOST", 1 << 20)
    monkeypatch.setattr("hub.wire.opened.MOST", 1 << 20)


@pytest.mark.usefixtures("bounded")
async def test_an_answer_without_an_end_is_cut_at_what_was_promised(ask: Ask) -> None:
    async with answering(endless) as server:
        with pytest.raises(Anomalous, match="more than 1048576 bytes"):
            await ask(server.url)


@pytest.mark.usefixtures("bounded")
async def test_a_compressed_answer_is_bounded_by_what_comes_out(ask: Ask) -> None:
    bomb = gzip.compress(bytes(64 << 20))
    async with answering(plain("200 OK", bomb, "Content-Encoding: gzip")) as server:
        await _too_large(ask, server.url)  # what is imported at first counts too
        tracemalloc.start()
        await _too_large(ask, server.url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 << 20


async def _too_large(ask: Ask, url: str) -> None:
    with pytest.raises(Anomalous, match="more than 1048576 bytes"):
        await ask(url)


async def test_bytes_after_an_answer_are_not_taken_for_the_next_one(ask: Ask) -> None:
    """A Content-Length too short by some bytes, on a connection that stays open."""
    more = b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"liar"'
    async with answering(raw(HEAD + b"Content-Length: 2\r\n\r\n{}", more, pause=0.05)) as server:
        for _ in range(2):
            assert (await ask(server.url)).body == b"{}"


async def test_variables_of_the_environment_send_nobody_through_a_proxy(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, free_tcp_port: int
) -> None:
    """Trap 11 of starting the tools."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_tcp_port}")
    async with answering(plain("200 OK", b"{}")) as server:
        assert (await ask(server.url)).status == 200


@pytest.mark.parametrize("case", ["black hole", "reset in mid-body", "no HTTP", "unknown token"])
async def test_bad_weather_leaves_no_connection_behind(ask: Ask, case: str) -> None:
    answers, kind, says = CASES[case]
    async with answering(answers) as server:
        with pytest.raises(kind):
            await ask(server.url, timeout_seconds=0.4 if says is SLOW else 10)
        gc.collect()  # what was left open says so here, and a warning is an error
