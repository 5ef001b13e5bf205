"""Who is let in: tokens, sessions, roles; and all that before a body is looked at."""

import asyncio
import re
from typing import Any

import pytest
from yarl import URL

from hub.errors import Transient
from hub.services.access import Role
from hub.web.api import OPERATIONS
from hub.web.operations import Operation
from tests.unit.web.conftest import Client, bearer
from tests.unit.web.fakes import Fakes

GUARDED = [operation for operation in OPERATIONS if operation.roles]
OPEN = {
    ("POST", "/hooks/{connector}"),
    ("POST", "/api/v1/session"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}
BROKEN = b"this is not JSON"


def named(operation: Operation) -> str:
    return operation.name


def url(operation: Operation) -> str:
    return re.sub(r"{\w+}", "nothing", operation.path)


def test_only_what_the_design_names_is_open() -> None:
    assert {(o.method, o.path) for o in OPERATIONS if not o.roles} == OPEN


@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_nobody_gets_in_without_saying_who_they_are(
    client: Client, operation: Operation
) -> None:
    answer = await client.request(operation.method, url(operation), data=BROKEN)
    assert (answer.status, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_a_wrong_role_is_told_before_the_body_is_looked_at(
    client: Client, operation: Operation
) -> None:
    for role in set(Role) - set(operation.roles):
        answer = await client.request(
            operation.method, url(operation), data=BROKEN, headers=bearer(role.value)
        )
        assert answer.status == 403
        assert role.value in (await answer.json())["detail"]


@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_an_admin_may_do_everything(operation: Operation) -> None:
    assert Role.ADMIN in operation.roles


@pytest.mark.parametrize("header", ["Basic dTpw", "Bearer", "Bearer ", "Bearer stale", "viewer"])
async def test_a_token_that_is_none_is_refused(client: Client, header: str) -> None:
    answer = await client.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status == 401


async def test_a_wrong_token_is_not_rescued_by_a_session(client: Client) -> None:
    await client.post("/api/v1/session", json={"token": "admin"})
    assert (await client.get("/api/v1/me")).status == 200
    answer = await client.get("/api/v1/me", headers={"Authorization": "Bearer stale"})
    assert answer.status == 401


async def test_metrics_need_a_token_and_health_does_not(client: Client) -> None:
    assert (await client.get("/metrics")).status == 401
    told = await client.get("/metrics", headers=bearer("viewer"))
    assert (await told.text(), told.content_type) == ("milepost_up 1\n", "text/plain")
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 200


async def test_a_hub_that_is_not_ready_says_so(client: Client, fakes: Fakes) -> None:
    fakes.health.is_ready = False
    answer = await client.get("/readyz")
    checks = {"store": "ok", "connectors": "failing"}
    told = {"ready": False, "checks": checks, "faults": None}
    assert (answer.status, await answer.json()) == (503, told)


@pytest.mark.parametrize("who", [{}, bearer("stale"), *(bearer(r.value) for r in Role)], ids=str)
async def test_only_an_admin_hears_what_a_tool_said(client: Client, who: dict[str, Any]) -> None:
    answer = await client.get("/readyz", **who and {"headers": who})
    admin = who == bearer("admin")
    assert answer.status == 200
    assert ("zbx" in await answer.text()) is admin
    assert ((await answer.json())["faults"] is not None) is admin


async def test_an_admin_hears_it_by_session_too(client: Client) -> None:
    await client.post("/api/v1/session", json={"token": "admin"})
    assert "zbx.internal" in await (await client.get("/readyz")).text()


async def test_while_the_store_cannot_say_who_asks_nobody_is_an_admin(
    client: Client, fakes: Fakes
) -> None:
    fakes.access.failure = Transient("the store cannot be read: no route to db.internal")
    fakes.health.is_ready = False
    answer = await client.get("/readyz", headers=bearer("admin"))
    assert (answer.status, (await answer.json())["faults"]) == (503, None)


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/alerts"])
async def test_a_stranger_hears_that_the_store_is_away_and_not_where_it_is(
    client: Client, fakes: Fakes, path: str
) -> None:
    fakes.access.failure = Transient("the store cannot be read: no route to db.internal")
    answer = await client.get(path, headers=bearer("made-up"))
    assert answer.status == 503
    told = await answer.json()
    assert "its log says why" in told["detail"]
    assert "db.internal" not in str(told)
    session = await client.post("/api/v1/session", json={"token": "made-up"})
    assert (session.status, "db.internal" in await session.text()) == (503, False)


async def test_a_token_is_exchanged_for_a_cookie_that_no_script_reads(client: Client) -> None:
    answer = await client.post("/api/v1/session", json={"token": "pm"})
    cookie = answer.headers["Set-Cookie"]
    assert answer.status == 201
    assert cookie.startswith("milepost=session-0;")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    me = await (await client.get("/api/v1/me")).json()
    assert (me["role"], me["via"]) == ("pm", "session")
    assert me["csrf"] == (await answer.json())["csrf"]
    assert me["organisation"] == {
        "name": "Example",
        "timezone": "Asia/Shanghai",
        "locale": "zh-CN",
    }


async def test_a_wrong_token_opens_no_session_and_is_not_repeated(client: Client) -> None:
    answer = await client.post("/api/v1/session", json={"token": "hunter2"})
    assert (answer.status, "Set-Cookie" in answer.headers) == (401, False)
    assert "hunter2" not in await answer.text()


async def test_a_log_in_from_another_site_is_refused(client: Client) -> None:
    answer = await client.post(
        "/api/v1/session", json={"token": "pm"}, headers={"Origin": "http://elsewhere.example"}
    )
    assert answer.status == 403


async def test_a_token_has_no_csrf_value(client: Client) -> None:
    me = await (await client.get("/api/v1/me", headers=bearer("ops"))).json()
    assert (me["name"], me["via"], me["csrf"]) == ("ops-person", "token", None)


@pytest.mark.parametrize("role", list(Role))
async def test_who_asks_hears_what_they_may_do_by_the_table_that_the_routes_use(
    client: Client, role: Role
) -> None:
    told = await (await client.get("/api/v1/me", headers=bearer(role))).json()
    assert told["may"] == [one.name for one in OPERATIONS if role in one.roles]
    assert ("pause_connector" in told["may"]) is (role is Role.ADMIN)
    assert "list_connectors" in told["may"]


async def test_a_session_ends_where_it_is_told_to(client: Client, fakes: Fakes) -> None:
    csrf = (await (await client.post("/api/v1/session", json={"token": "pm"})).json())["csrf"]
    answer = await client.delete("/api/v1/session", headers={"X-Milepost-CSRF": csrf})
    assert (answer.status, fakes.access.sessions) == (204, {})
    assert (await client.get("/api/v1/me")).status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Milepost-CSRF": "guess"}, 403),
        ({"X-Milepost-CSRF": "ÿ"}, 403),
        ({"X-Milepost-CSRF": "right"}, 201),
        ({"X-Milepost-CSRF": "right", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"X-Milepost-CSRF": "right", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-Milepost-CSRF": "right", "Sec-Fetch-Site": "same-site"}, 403),
        ({"X-Milepost-CSRF": "right", "Origin": "http://elsewhere.example"}, 403),
        ({"X-Milepost-CSRF": "right", "Origin": "null"}, 403),
        ({"X-Milepost-CSRF": "right", "Origin": "own"}, 201),
    ],
)
async def test_a_session_changes_things_only_from_our_own_page(
    client: Client, headers: dict[str, str], status: int
) -> None:
    csrf = (await (await client.post("/api/v1/session", json={"token": "ops"})).json())["csrf"]
    own = str(client.make_url("/").origin())
    sent = {k: {"right": csrf, "own": own}.get(v, v) for k, v in headers.items()}
    answer = await client.post(
        "/api/v1/incidents/hub:incident:12/split", json={"alerts": ["a"]}, headers=sent
    )
    assert answer.status == status


async def test_a_page_header_that_is_no_text_is_no_page_of_ours(client: Client) -> None:
    answer = await client.post("/api/v1/session", json={"token": "ops"})
    url, cookie = client.make_url("/"), answer.cookies["milepost"].value
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"DELETE /api/v1/session HTTP/1.1\r\nHost: x\r\nCookie: milepost={cookie}\r\n".encode()
    writer.write(head + b"X-Milepost-CSRF: \xff\r\n\r\n")
    async with asyncio.timeout(10):
        assert b" 403 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_a_token_needs_no_page(client: Client) -> None:
    answer = await client.post(
        "/api/v1/incidents/hub:incident:12/split",
        json={"alerts": ["a"]},
        headers=bearer("ops", Origin="http://elsewhere.example"),
    )
    assert answer.status == 201


async def test_an_admin_link_works_once(client: Client) -> None:
    first = await client.get("/login?link=once", allow_redirects=False)
    assert (first.status, first.headers["Location"]) == (303, "/")
    assert (await (await client.get("/api/v1/me")).json())["role"] == "admin"
    again = await client.get("/login?link=once", allow_redirects=False)
    assert (again.status, again.headers["Location"]) == (303, "/login?failed=link")
    assert "Set-Cookie" not in again.headers


async def test_a_link_is_never_in_the_log(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get(URL("/login?link=once"), allow_redirects=False)
    told = capsys.readouterr()
    assert "/login" in told.out + told.err
    assert "once" not in told.out + told.err
