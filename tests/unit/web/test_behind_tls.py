"""Behind a proxy that speaks TLS: the cookie may travel nowhere else."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient

from hub.web import WebSettings, application
from tests.unit.web.conftest import Client, Served
from tests.unit.web.fakes import Fakes

PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hub.example"}


@pytest.fixture
async def proxied(fakes: Fakes, settings: WebSettings) -> AsyncIterator[Client]:
    app = application(fakes.services(), replace(settings, trust_forwarded=True))
    async with TestClient(Served(app)) as running:
        yield running


async def test_the_cookie_is_bound_to_the_host_and_to_tls(proxied: Client) -> None:
    answer = await proxied.post("/api/v1/session", json={"token": "ops"}, headers=PROXY)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-milepost=session-0;")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


async def test_the_page_that_the_browser_sees_counts_as_our_own(proxied: Client) -> None:
    answer = await proxied.post(
        "/api/v1/session", json={"token": "ops"}, headers=PROXY | {"Origin": "https://hub.example"}
    )
    assert answer.status == 201


async def test_a_plain_cookie_is_not_taken_over_tls(proxied: Client) -> None:
    await proxied.post("/api/v1/session", json={"token": "ops"}, headers=PROXY)
    plain = await proxied.get("/api/v1/me", headers=PROXY | {"Cookie": "milepost=session-0"})
    bound = await proxied.get("/api/v1/me", headers=PROXY | {"Cookie": "__Host-milepost=session-0"})
    assert (plain.status, bound.status) == (401, 200)


async def test_forwarded_headers_are_not_believed_unless_told_so(client: Client) -> None:
    answer = await client.post("/api/v1/session", json={"token": "ops"}, headers=PROXY)
    assert answer.headers["Set-Cookie"].startswith("milepost=")
