"""Lists and single entities, as everybody with a role may read them."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import hdrs
from pydantic import BaseModel
from yarl import URL

from hub.services.board import ListQuery
from hub.web.api import OPERATIONS
from tests.unit.web import examples
from tests.unit.web.conftest import Client, bearer
from tests.unit.web.fakes import Fakes

PATHS = {
    "/api/v1/projects/{ref}": examples.PROJECT["ref"],
    "/api/v1/projects/{ref}/schedule": examples.PROJECT["ref"],
    "/api/v1/projects/{ref}/evm": examples.PROJECT["ref"],
    "/api/v1/projects/{ref}/forecast": examples.PROJECT["ref"],
    "/api/v1/milestones/{ref}": examples.MILESTONE["ref"],
    "/api/v1/alerts/{ref}": examples.ALERT["ref"],
    "/api/v1/incidents/{ref}": examples.INCIDENT["ref"],
    "/api/v1/operations/{ref}": examples.OPERATION["ref"],
    "/api/v1/services/{ref}": examples.SERVICE["ref"],
    "/api/v1/services/{ref}/series": examples.SERVICE["ref"],
    "/api/v1/connectors/{id}/health": "am-main",
    "/api/v1/connectors/{id}/onboarding": "am-main",
    "/api/v1/connectors/{id}/survey": "am-main",
    "/api/v1/mappings/{id}": examples.MAPPING["id"],
    "/api/v1/mappings/{id}/coverage": "prometheus/alert",
}
READ = [
    (operation.path, operation.out)
    for operation in OPERATIONS
    if operation.method == "GET" and operation.out and operation.gives == "application/json"
]


def address(path: str, value: str | None = None) -> URL:
    """Fill a path with a ref as one percent-encoded segment."""
    filled = path
    for name in ("ref", "id"):
        filled = filled.replace(f"{{{name}}}", quote(value or PATHS.get(path, ""), safe=""))
    return URL(filled, encoded=True)


def undeclared(value: Any, shape: type[BaseModel]) -> set[str]:
    """Name the fields of an answer that its shape does not know."""
    return set(value) - set(shape.model_fields)


@pytest.mark.parametrize(("path", "shape"), READ)
async def test_every_answer_has_the_shape_that_the_document_promises(
    client: Client, path: str, shape: type[BaseModel]
) -> None:
    queries = {"search": "?q=ERP", "series": "?name=latency"}
    query = queries.get(path.rpartition("/")[2], "")
    answer = await client.get(URL(f"{address(path)}{query}", encoded=True), headers=bearer("admin"))
    assert answer.status == 200, await answer.text()
    body = await answer.read()
    shape.model_validate_json(body)
    assert not undeclared(await answer.json(), shape)
    assert answer.content_type == "application/json"


@pytest.mark.parametrize(
    "path", ["projects", "milestones", "alerts", "incidents", "services", "links", "connectors"]
)
async def test_a_list_is_the_ready_items_joined(client: Client, fakes: Fakes, path: str) -> None:
    answer = await client.get(f"/api/v1/{path}?count=1", headers=bearer("viewer"))
    body = await answer.json()
    assert body["items"] == [e for (kind, _), e in fakes.board.entities.items() if kind == path]
    assert (body["total"], body["next"]) == (1, None)
    assert body["as_of"] == "2026-03-02T09:30:00+00:00"


async def test_filters_reach_the_board_and_a_repeated_one_means_or(
    client: Client, fakes: Fakes
) -> None:
    await client.get(
        "/api/v1/alerts?status=firing&status=pending&severity=5&service=%E5%95%86%E5%9F%8E"
        "&limit=7&cursor=abc&sort=-starts_at&q=disk&count=1",
        headers=bearer("viewer"),
    )
    assert fakes.board.asked == [
        (
            "alerts",
            ListQuery(
                limit=7,
                cursor="abc",
                filters={"status": ("firing", "pending"), "severity": ("5",), "service": ("商城",)},
                q="disk",
                sort="-starts_at",
                count=True,
            ),
        )
    ]


async def test_a_yes_or_no_filter_reaches_the_board_as_true_or_false(
    client: Client, fakes: Fakes
) -> None:
    await client.get("/api/v1/milestones?critical=1", headers=bearer("viewer"))
    assert fakes.board.asked[0][1].filters == {"critical": ("true",)}


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ("colour=red", "query/colour"),
        ("status=burning", "query/status/0"),
        ("severity=6", "query/severity/0"),
        ("limit=0", "query/limit"),
        ("limit=1001", "query/limit"),
        ("limit=5&limit=6", "query/limit"),
        ("cursor=", "query/cursor"),
        ("sort=%27;drop", "query/sort"),
        ("q=%00", "query/q"),
        ("count=maybe", "query/count"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_refused_by_name(
    client: Client, fakes: Fakes, query: str, loc: str
) -> None:
    answer = await client.get(URL(f"/api/v1/alerts?{query}", encoded=True), headers=bearer("ops"))
    body = await answer.json()
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    assert [fault["loc"] for fault in body["errors"]] == [loc]
    assert all(fault["type"] and fault["msg"] for fault in body["errors"])
    assert not fakes.board.asked


async def test_an_operation_without_parameters_takes_none(client: Client) -> None:
    answer = await client.get("/api/v1/topology?depth=3", headers=bearer("ops"))
    assert (answer.status, (await answer.json())["errors"][0]["loc"]) == (422, "query/depth")


async def test_what_the_board_does_not_know_is_refused_too(client: Client) -> None:
    answer = await client.get("/api/v1/alerts?sort=nonsense", headers=bearer("ops"))
    assert answer.status == 422
    assert (await answer.json())["errors"] == [
        {"loc": "query/sort", "type": "unknown", "msg": "unknown"}
    ]


@pytest.mark.parametrize(
    "ref",
    [
        "file:task:ERP/12",
        "file:task:ERP%2F12",
        "file:task:项目/里程碑 1",
        "file:task:100% {done}?#[x]",
        "a/../../b",
        "file:task:+ &=;,'\"<script>",
    ],
)
async def test_a_ref_is_one_segment_whatever_it_holds(
    client: Client, fakes: Fakes, ref: str
) -> None:
    fakes.board.entities["milestones", ref] = examples.MILESTONE | {"ref": ref}
    answer = await client.get(address("/api/v1/milestones/{ref}", ref), headers=bearer("pm"))
    assert (answer.status, (await answer.json())["ref"]) == (200, ref)


async def test_a_ref_with_an_encoded_slash_keeps_the_address_behind_it(
    client: Client, fakes: Fakes
) -> None:
    ref = "hub:incident:a/b"
    answer = await client.post(
        URL("/api/v1/incidents/hub%3Aincident%3Aa%2Fb/merge", encoded=True),
        json={"incidents": ["hub:incident:2"]},
        headers=bearer("ops"),
    )
    assert answer.status == 200
    assert fakes.incidents.moved == [(ref, ("hub:incident:2",))]


@pytest.mark.parametrize("bad", ["%00", "a%0Ab", "%7F", "x" * 1025])
async def test_a_ref_that_cannot_be_one_is_refused(client: Client, bad: str) -> None:
    answer = await client.get(URL(f"/api/v1/alerts/{bad}", encoded=True), headers=bearer("pm"))
    assert (answer.status, (await answer.json())["errors"][0]["loc"]) == (422, "path/ref")


@pytest.mark.parametrize("path", sorted(PATHS))
async def test_what_is_not_there_is_a_problem_that_names_it(client: Client, path: str) -> None:
    if "coverage" in path:
        return
    query = "?name=latency" if path.endswith("/series") else ""
    url = URL(f"{address(path, 'no:such:thing')}{query}", encoded=True)
    answer = await client.get(url, headers=bearer("admin"))
    body = await answer.json()
    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert "no:such:thing" in body["detail"]
    assert body["type"] == "/api/docs#problem-404"
    assert body["request_id"] == answer.headers["X-Request-Id"]


async def test_a_version_is_an_etag_and_what_has_not_changed_is_not_sent_again(
    client: Client,
) -> None:
    path = address("/api/v1/incidents/{ref}")
    first = await client.get(path, headers=bearer("ops"))
    assert first.headers[hdrs.ETAG] == '"7"'
    again = await client.get(path, headers=bearer("ops", **{"If-None-Match": '"7"'}))
    assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("application/*", 200),
        ("text/csv", 406),
        ("application/json;q=0, text/html", 406),
    ],
)
async def test_an_answer_that_nobody_can_read_is_not_given(
    client: Client, accept: str, status: int
) -> None:
    answer = await client.get("/api/v1/alerts", headers=bearer("ops", Accept=accept))
    assert answer.status == status


async def test_points_are_asked_for_between_two_instants(client: Client, fakes: Fakes) -> None:
    path = address("/api/v1/services/{ref}/series")
    asked = "name=latency&from=2026-01-05T12:00:00Z&to=2026-01-05T13:00:00%2B01:00&step=300"
    url = URL(f"{path}?{asked}", encoded=True)
    assert (await client.get(url, headers=bearer("viewer"))).status == 200
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert fakes.measures.asked == [(examples.SERVICE["ref"], "latency", noon, noon, 300)]


@pytest.mark.parametrize("query", ["", "name=speed", "name=latency&step=7", "name=latency&from=x"])
async def test_points_that_nobody_can_mean_are_refused(client: Client, query: str) -> None:
    url = URL(f"{address('/api/v1/services/{ref}/series')}?{query}", encoded=True)
    assert (await client.get(url, headers=bearer("viewer"))).status == 422


async def test_a_filter_of_many_kilobytes_is_answered_in_the_hubs_own_way(client: Client) -> None:
    wrong = URL(f"/api/v1/alerts?service={quote('数据库' * 2_000)}&page=1", encoded=True)
    assert len(str(wrong)) > 50_000
    answer = await client.get(wrong, headers=bearer("admin"))
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
