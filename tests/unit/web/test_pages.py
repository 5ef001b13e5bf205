"""What a browser is shown, and under which policy."""

import gzip
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient
from yarl import URL

from hub.web import WebSettings, application
from tests.unit.web.conftest import Client, Served
from tests.unit.web.fakes import Fakes

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = b"console.log('milepost');" * 100


@pytest.fixture
async def built(fakes: Fakes, settings: WebSettings) -> AsyncIterator[Client]:
    assets = settings.static / "assets"
    assets.mkdir(parents=True)
    (settings.static / "index.html").write_text('<style nonce="__CSP_NONCE__"></style><p>hub</p>')
    (settings.static / "milepost.svg").write_text("<svg/>")
    (assets / "index-a1b2.js").write_bytes(SCRIPT)
    (settings.static.parent / "secret.txt").write_text("hunter2")
    app = application(fakes.services(), settings)
    async with TestClient(Served(app), auto_decompress=False) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/alerts", "/plan/ERP%2F12", "/login", "/services/a.b"])
async def test_every_page_of_the_dashboard_is_the_same_document(built: Client, path: str) -> None:
    answer = await built.get(URL(path, encoded=True), headers=BROWSER)
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert "<p>hub</p>" in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"


async def test_each_page_has_a_nonce_of_its_own_that_its_policy_knows(built: Client) -> None:
    nonces = set()
    for _ in range(2):
        answer = await built.get("/")
        [nonce] = re.findall(r'nonce="([^"]+)"', await answer.text())
        assert f"style-src 'self' 'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 2


async def test_the_policy_lets_nothing_foreign_in(built: Client) -> None:
    answer = await built.get("/")
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy.pop("style-src").startswith("'self' 'nonce-")
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_a_hashed_file_is_kept_for_ever_and_compressed(built: Client) -> None:
    answer = await built.get("/assets/index-a1b2.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.content_type == "text/javascript"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(await answer.read()) == SCRIPT


async def test_a_client_that_cannot_unpack_gets_it_plain(built: Client) -> None:
    answer = await built.get("/assets/index-a1b2.js", headers={"Accept-Encoding": "identity"})
    assert ("Content-Encoding" in answer.headers, await answer.read()) == (False, SCRIPT)


async def test_another_file_is_asked_for_anew_and_not_sent_twice(built: Client) -> None:
    first = await built.get("/milepost.svg")
    again = await built.get("/milepost.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.headers["Cache-Control"], first.content_type) == ("no-cache", "image/svg+xml")
    assert (again.status, await again.read()) == (304, b"")


async def test_a_file_that_was_built_anew_is_served_anew(
    built: Client, settings: WebSettings
) -> None:
    await built.get("/milepost.svg")
    changed = settings.static / "milepost.svg"
    changed.write_text("<svg id='2'/>")
    os.utime(changed, (1, 1))
    assert await (await built.get("/milepost.svg")).text() == "<svg id='2'/>"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/%2Fetc%2Fpasswd",
        "/a%00b",
        "/" + "x" * 5000,
    ],
)
async def test_no_name_leads_out_of_the_folder(built: Client, path: str) -> None:
    answer = await built.get(URL(path, encoded=True))
    assert answer.status == 404
    assert b"hunter2" not in await answer.read()


async def test_a_link_that_leads_out_is_not_followed(built: Client, settings: WebSettings) -> None:
    (settings.static / "out.txt").symlink_to(settings.static.parent / "secret.txt")
    assert (await built.get("/out.txt")).status == 404


@pytest.mark.parametrize("path", ["/assets/gone.js", "/api/v1/gone", "/hooks/a/b", "/favicon.ico"])
async def test_what_is_missing_is_missing_and_no_page(built: Client, path: str) -> None:
    accept = {"Accept": "image/*"} if path.endswith("ico") else BROWSER
    answer = await built.get(path, headers=accept)
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


async def test_a_head_request_is_answered_without_a_body(built: Client) -> None:
    answer = await built.head("/", headers=BROWSER)
    assert (answer.status, await answer.read()) == (200, b"")


async def test_without_a_build_the_page_says_how_to_get_one(client: Client) -> None:
    answer = await client.get("/", headers=BROWSER)
    text = await answer.text()
    assert "make ui" in text
    assert "仪表盘" in text
    assert "__CSP_NONCE__" not in text


def test_the_shipped_folder_is_the_one_that_the_build_fills() -> None:
    assert WebSettings().static.parts[-3:] == ("hub", "web", "static")
    assert WebSettings().static.parent == Path(__file__).parents[3] / "hub" / "web"
