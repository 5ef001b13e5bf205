"""What the real hub answers, held against the shapes that the API document promises."""

import asyncio
import re
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from deploy.demo.organisation import ALERTS
from hub.web.api import OPERATIONS
from tests.integration.web.conftest import Open
from tests.integration.web.shapes import strangers

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTS = [
    operation
    for operation in OPERATIONS
    if operation.method == "GET"
    and operation.query
    and "items" in getattr(operation.out, "model_fields", {})
]
NOTHING = {"list_quarantine", "list_audit", "list_operations", "list_objectives"}
"""Lists that may be empty in this hub."""
ONES = [
    operation
    for operation in OPERATIONS
    if operation.method == "GET"
    and operation.parameters
    and operation.out
    and operation.name not in {"get_series", "get_survey"}
]
"""Of one thing each. Series and surveys need a tool behind them: the tests that have one look."""


@pytest.mark.parametrize("operation", LISTS, ids=lambda one: one.name)
async def test_every_list_is_as_the_document_says(opened: Open, operation: Any) -> None:
    query = "?q=e" if operation.path.endswith("/search") else "?limit=200"
    answer = await opened.ask("GET", operation.path + query)
    assert answer.status == 200, await answer.text()
    operation.out.model_validate_json(await answer.read())
    found = await answer.json()
    assert strangers(found, operation.out) == []
    assert found["items"] or operation.name in NOTHING


@pytest.mark.parametrize("operation", ONES, ids=lambda one: one.name)
async def test_every_single_answer_is_as_the_document_says(opened: Open, operation: Any) -> None:
    if operation.path.endswith("/coverage"):
        refs = ["prometheus/alert"]
    elif operation.path.endswith("/onboarding"):
        refs = [ALERTS]
    else:
        [kind] = re.findall(r"^/api/v1/(\w+)", operation.path)
        refs = [
            one.get("ref") or one["id"] for one in (await opened.get(f"/api/v1/{kind}"))["items"]
        ]
    assert refs or operation.name == "get_operation"  # this hub writes to no tool
    for ref in refs[:20]:
        path = re.sub(r"{\w+}", quote(ref, safe=""), operation.path)
        answer = await opened.ask("GET", path)
        assert answer.status == 200, await answer.text()
        operation.out.model_validate_json(await answer.read())
        assert strangers(await answer.json(), operation.out) == []


async def test_the_topology_and_who_asks_are_as_the_document_says(opened: Open) -> None:
    for path in ("/api/v1/topology", "/api/v1/me", "/readyz", "/healthz"):
        [operation] = [one for one in OPERATIONS if one.path == path]
        found = await opened.get(path)
        assert operation.out is not None
        operation.out.model_validate(found)
        assert strangers(found, operation.out) == []


@pytest.mark.parametrize("operation", LISTS, ids=lambda one: one.name)
async def test_every_filter_of_the_document_is_known_to_the_store(
    opened: Open, operation: Any
) -> None:
    schema = operation.query.model_json_schema()
    for name, about in schema["properties"].items():
        if "items" not in about and name not in {"critical", "active"}:
            continue
        value = sample(about, schema)
        answer = await opened.ask("GET", f"{operation.path}?{name}={value}")
        assert answer.status == 200, f"{name}={value}: {await answer.text()}"


def sample(about: dict[str, Any], schema: dict[str, Any]) -> str:
    """Return a value that fits a filter."""
    inner = about.get("items", {})
    if "$ref" in inner:
        inner = schema["$defs"][inner["$ref"].rpartition("/")[2]]
    if "=" in inner.get("pattern", ""):
        return "service%3Doa-db"
    return str(inner.get("enum", ["1"])[0])


async def test_pages_follow_one_another_without_a_gap_or_a_repeat(opened: Open) -> None:
    whole = await opened.get("/api/v1/tasks?limit=1000&count=1")
    refs: list[str] = []
    part: dict[str, Any] = {"next": ""}
    while part["next"] is not None:
        onwards = part["next"] and f"&cursor={part['next']}"
        part = await opened.get(f"/api/v1/tasks?limit=7{onwards}")
        refs += [one["ref"] for one in part["items"]]
    assert refs == [one["ref"] for one in whole["items"]]
    assert len(set(refs)) == len(refs) == whole["total"] > 7


async def test_a_cursor_of_another_order_is_refused_by_its_place(opened: Open) -> None:
    first = await opened.get("/api/v1/tasks?limit=3")
    answer = await opened.ask("GET", f"/api/v1/tasks?limit=3&sort=title&cursor={first['next']}")
    assert (answer.status, (await answer.json())["errors"][0]["loc"]) == (422, "query/cursor")


async def test_metrics_are_in_the_text_format(opened: Open) -> None:
    answer = await opened.ask("GET", "/metrics", "viewer")
    assert answer.status == 200
    assert "# TYPE" in await answer.text()


@pytest.mark.parametrize(
    ("line", "header"),
    [
        (b"GET /api/v1/me", b"Authorization: Bearer \xff\xfe"),
        (b"GET /api/v1/me", b"Cookie: milepost=\xff\xfe"),
        (b"DELETE /api/v1/session", b"Cookie: milepost=\xff\r\nX-Milepost-CSRF: \xff"),
        (b"POST /hooks/am-main", b"Authorization: Bearer \xff\xfe"),
    ],
)
async def test_bytes_that_are_no_text_let_nobody_in(
    opened: Open, line: bytes, header: bytes
) -> None:
    place = urlsplit(opened.address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(line + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + header + b"\r\n\r\n")
    async with asyncio.timeout(10):
        assert b" 401 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
