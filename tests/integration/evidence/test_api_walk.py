"""Every readable address of the API, with refs that need escaping, against its own document."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from tests.integration.hub.client import Client
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, day, envelope, plan

pytestmark = pytest.mark.slow

PROJECT = "ERP/上线 100%"
SERVICE = "组件:default/商店 50%"
MUST_HAVE = (
    "projects", "milestones", "tasks", "alerts", "incidents", "services", "links", "connectors",
    "mappings", "quarantine", "audit",
)  # fmt: skip


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    made = shared_hub(start=False, quiet_seconds=3600)
    made.services(
        {
            "ref": SERVICE,
            "match": {"labels": {"service": ["shop"]}},
            "delivers": [{"project": PROJECT, "milestone": "上线 100%"}],
        }
    )
    made.start()
    made.api.upload(plan({"上线 100%": day(4)}, work=("甲", "b")), project=PROJECT, name="p.xml")
    odd = alert("Shop/Down 100%", severity="critical", service="shop", instance="db/1%20", pod="☃")
    assert made.post(envelope([odd, {"status": "firing"}])).json["accepted"] == 1
    return made


@pytest.fixture(scope="module")
def document(hub: RunningHub) -> Any:
    answer = Client(hub.base, "").send("GET", "/api/openapi.json")
    assert answer.status == 200
    return answer.json


def readable(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield the addresses that are read and answer with JSON, with what is said of the reading."""
    for path, methods in document["paths"].items():
        reading = methods.get("get", {})
        content = reading.get("responses", {}).get("200", {}).get("content", {})
        if "application/json" in content:
            yield path, reading


def faults(document: Any, schema: Any, answer: Any) -> list[str]:
    whole = {**schema, "components": document["components"]}
    found = Draft202012Validator(whole).iter_errors(answer)
    return [f"{one.json_path}: {one.message}"[:300] for one in found]


def test_the_document_is_a_valid_openapi_document(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_answer_is_what_the_document_says(hub: RunningHub, document: Any) -> None:
    walked = set()
    for path, reading in readable(document):
        schema = reading["responses"]["200"]["content"]["application/json"]["schema"]
        for address in addresses(hub, path, reading):
            answer = hub.api.send("GET", address, headers=bearer(hub))
            assert answer.status == 200, (address, answer.body)
            assert faults(document, schema, answer.json) == [], address
            walked.add(path)
    kinds = {path.split("/")[3] for path in walked if path.startswith("/api/v1/")}
    assert kinds >= {
        *MUST_HAVE,
        "topology",
        "search",
        "changes",
        "me",
        "intake",
        "unmapped",
        "sample",
    }


def bearer(hub: RunningHub) -> dict[str, str]:
    return {"Authorization": f"Bearer {hub.token}"}


def addresses(hub: RunningHub, path: str, reading: Any) -> list[str]:
    """Fill a path with the refs of all that is there; a list is asked to count and for its most."""
    if path.endswith("/search"):
        return [f"{path}?q={quote('上线')}"]
    if path.endswith("/coverage"):
        return [path.replace("{id}", quote("prometheus/alert", safe=""))]
    if path.endswith("/onboarding"):
        return [path.replace("{id}", "am")]
    if path.endswith(("/series", "/survey")):
        return []  # of a tool that answers queries, or knows hosts: other tests have one
    if "{" not in path:
        taken = {one["name"] for one in reading.get("parameters", ())}
        return [f"{path}?limit=100&count=1" if {"limit", "count"} <= taken else path]
    (kind,) = re.findall(r"^/api/v1/(\w+)/", path)
    refs = [one.get("ref") or one["id"] for one in hub.api.items(kind)]
    return [re.sub(r"{\w+}", quote(ref, safe=""), path) for ref in refs]


def test_every_list_counts_pages_and_says_as_of_when_it_is_true(hub: RunningHub) -> None:
    for kind in MUST_HAVE:
        page = hub.api.get(f"/{kind}", limit=1, count=1)
        assert set(page) == {"items", "next", "total", "as_of"}, kind
        assert page["as_of"].endswith("+00:00"), kind
        assert page["total"] == len(hub.api.items(kind)) > 0, kind
        assert (page["next"] is None) == (page["total"] == 1), kind
        assert hub.api.get(f"/{kind}", limit=1)["total"] is None, kind


def test_refs_with_a_slash_percent_or_chinese_are_one_segment(hub: RunningHub) -> None:
    project = f"file:project:{PROJECT}"
    assert hub.api.one("projects", project)["ref"] == project
    assert hub.api.one("services", SERVICE)["ref"] == SERVICE
    (milestone,) = hub.api.items("milestones", project=project)
    assert milestone["ref"] == f"file:milestone:{PROJECT}/101"
    (incident,) = hub.api.items("incidents")
    assert [one["ref"] for one in incident["milestones"]] == [milestone["ref"]]
    half = hub.api.ask("GET", f"/projects/{quote(project, safe='/')}")
    assert half.status == 404


REFUSED = [
    ("GET", "/api/v1/nothing", 404),
    ("GET", "/api/v1/alerts/am%3Aalert%3Anone", 404),
    ("DELETE", "/api/v1/tasks", 405),
    ("POST", "/api/v1/replays", 415),
    ("GET", "/api/v1/tasks?colour=red", 422),
    ("GET", "/api/v1/tasks?sort=colour", 422),
    ("GET", "/api/v1/alerts?severity=9", 422),
    ("GET", "/api/v1/tasks?cursor=made-up", 422),
]


def test_every_refusal_is_a_problem_document(hub: RunningHub) -> None:
    for method, address, status in REFUSED:
        answer = hub.api.send(method, address, b"x" if method == "POST" else None, bearer(hub))
        assert answer.status == status, (address, answer.body)
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert set(answer.json) >= {"type", "title", "status", "detail", "errors"}
        assert answer.json["status"] == status
    other = {**bearer(hub), "Accept": "text/csv"}
    assert hub.api.send("GET", "/api/v1/tasks", headers=other).status == 406


def test_a_viewer_reads_and_changes_nothing_and_nobody_else_reads(hub: RunningHub) -> None:
    made = hub.told("token", "create", "--role", "viewer")
    viewer, stranger = Client(hub.base, made["token"]), Client(hub.base, "made-up")
    (incident,) = hub.api.items("incidents")
    ref = quote(incident["ref"], safe="")
    for method, path, body in (
        ("PATCH", f"/incidents/{ref}", {"priority": 1}),
        ("POST", f"/incidents/{ref}/split", {"alerts": []}),
        ("PUT", "/mappings", {"text": ""}),
        ("POST", "/replays", {}),
        ("POST", "/imports", {}),
        ("GET", "/audit", None),
    ):
        assert viewer.ask(method, path, body).status == 403, path
        assert stranger.ask(method, path, body).status == 401, path
        assert Client(hub.base, "").send(method, f"/api/v1{path}").status == 401, path
    assert hub.api.one("incidents", incident["ref"])["version"] == incident["version"]
    assert viewer.get("/me")["role"] == "viewer"
    for path in ("/healthz", "/readyz", "/api/openapi.json", "/api/docs", "/login"):
        assert Client(hub.base, "").send("GET", path).status == 200, path
    assert Client(hub.base, "").send("GET", "/metrics").status == 401
