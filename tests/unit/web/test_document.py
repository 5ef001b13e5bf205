"""The API document: valid, complete, and the one that is committed."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from hub.web.api import COMMITTED, OPERATIONS, openapi
from hub.web.document import document
from hub.web.openapi import rendered
from hub.web.operations import Operations
from hub.web.reference import rendered as page_of
from hub.web.shapes.words import Asked
from tests.unit.web.conftest import Client

DOCUMENT = openapi()
WRITTEN = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_the_document_is_valid() -> None:
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)
    assert DOCUMENT["openapi"] == "3.1.0"


def test_the_committed_copy_is_what_the_code_says() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == rendered(), "run `python -m hub.web.openapi`"


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_tag() -> None:
    names = [operation["operationId"] for _, _, operation in WRITTEN]
    assert len(set(names)) == len(names) == len(OPERATIONS)
    assert all(operation["summary"] and operation["tags"] for _, _, operation in WRITTEN)


def test_every_operation_says_what_a_problem_looks_like() -> None:
    for _, _, operation in WRITTEN:
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
    problem = DOCUMENT["components"]["responses"]["Problem"]["content"]
    assert list(problem) == ["application/problem+json"]


def test_what_needs_a_log_in_says_so_and_what_does_not_says_that() -> None:
    for _, _, operation in WRITTEN:
        guarded = bool(operation["security"])
        assert guarded == ("x-roles" in operation) == ("403" in operation["responses"])
    assert set(DOCUMENT["components"]["securitySchemes"]) == {"token", "session"}


def test_the_stream_is_declared_as_one() -> None:
    good = DOCUMENT["paths"]["/api/v1/events"]["get"]["responses"]["200"]["content"]
    assert list(good) == ["text/event-stream"]
    shape = good["text/event-stream"]["x-event-data"]["$ref"].rpartition("/")[2]
    assert "merged" in DOCUMENT["components"]["schemas"][shape]["properties"]


def test_every_shape_that_is_named_is_there_and_no_other() -> None:
    text = json.dumps(DOCUMENT)
    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named == set(DOCUMENT["components"]["schemas"])


def test_a_parameter_never_says_null_and_a_list_may_repeat() -> None:
    parameters = DOCUMENT["paths"]["/api/v1/alerts"]["get"]["parameters"]
    schemas: dict[str, Any] = {parameter["name"]: parameter["schema"] for parameter in parameters}
    assert schemas["cursor"]["type"] == "string"
    assert schemas["status"]["type"] == "array"
    assert "null" not in json.dumps(schemas)


def test_a_field_called_title_is_not_lost() -> None:
    assert "title" in DOCUMENT["components"]["schemas"]["Alert"]["properties"]
    assert "title" in DOCUMENT["components"]["schemas"]["Alert"]["required"]


def test_a_typed_path_parameter_is_written_with_its_type() -> None:
    subject = Operations("demo")

    class Asking(Asked):
        """Nothing much."""

    @subject.op("GET", "/demo/{number}", roles=(), query=Asking)
    async def demo(call: object, number: int, query: Asking) -> None:
        """Show how."""

    [parameter] = document(subject.all, "Demo", "1")["paths"]["/demo/{number}"]["get"]["parameters"]
    assert (parameter["in"], parameter["schema"]) == ("path", {"type": "integer"})


async def test_the_document_is_served_to_everybody(client: Client) -> None:
    answer = await client.get("/api/openapi.json")
    assert (answer.status, await answer.json()) == (200, DOCUMENT)


async def test_the_page_is_ours_alone_and_names_every_operation(client: Client) -> None:
    answer = await client.get("/api/docs")
    text = await answer.text()
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert all(f'id="{operation["operationId"]}"' in text for _, _, operation in WRITTEN)
    assert "<script" not in text
    assert "//" not in text.replace("/api/v1//", "")


async def test_every_problem_has_its_place_on_the_page(client: Client) -> None:
    text = await (await client.get("/api/docs")).text()
    problem = await (await client.get("/api/v1/nothing")).json()
    assert f'id="{problem["type"].partition("#")[2]}"' in text


@pytest.mark.parametrize("field", ["summary", "description"])
def test_words_of_the_document_cannot_become_markup(field: str) -> None:
    changed = json.loads(json.dumps(DOCUMENT))
    changed["paths"]["/api/v1/alerts"]["get"][field] = "<script>alert(1)</script>"
    assert "<script" not in page_of(changed)


def test_the_reference_lists_every_operation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "reference" / "api.md").read_text("utf-8")
    missing = [f"{o.method} {o.path}" for o in OPERATIONS if f"`{o.method} {o.path}`" not in text]
    assert not missing
