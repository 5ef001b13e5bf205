"""Atlassian's own OpenAPI documents, held against what the simulator is asked and answers.

Strict: a property that a schema does not list is a fault. The document says of some values that
they are never null that are; `NULLS` names them (facts of real sites).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import jsonschema_rs

from tests.simulators.jira.server import Asked

PLATFORM: Final = "jira-openapi.json"
AGILE: Final = "jira-software-openapi-2022.json"
IN_ISSUES: Final[Mapping[str, tuple[str, bool]]] = {
    "status": ("StatusDetails", False),
    "issuetype": ("IssueTypeDetails", False),
    "project": ("ProjectDetails", False),
    "priority": ("Priority", False),
    "assignee": ("UserDetails", False),
    "reporter": ("UserDetails", False),
    "resolution": ("Resolution", False),
    "fixVersions": ("Version", True),
    "components": ("ProjectComponent", True),
    "issuelinks": ("IssueLink", True),
    "comment": ("PageOfComments", False),
    "worklog": ("PageOfWorklogs", False),
    "timetracking": ("TimeTrackingDetails", False),
}
"""Fields of an issue and what each is; whether a list of it. The document leaves them open."""
NULLS: Final = frozenset(
    {("ChangeDetails", name) for name in ("from", "fromString", "to", "toString")}
)

HALVES: Final = ("IssueLink",)


@dataclass
class Vendor:
    """One document."""

    paths: Mapping[str, Any]
    components: Mapping[str, Any]
    _made: dict[str, jsonschema_rs.Draft202012Validator] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a document of OpenAPI 3.0."""
        told = json.loads(path.read_text("utf-8"))
        schemas = told["components"]["schemas"]
        for name, schema in schemas.items():
            for part, inner in (schema.get("properties") or {}).items():
                if (name, part) in NULLS:
                    inner["nullable"] = True
        for name in HALVES:  # an issue shows the other end of a link only
            schemas.get(name, {}).pop("required", None)
        return cls(told["paths"], {"schemas": _nullable(schemas)})

    def faults(self, asked: Asked, status: int, answer: bytes) -> list[str]:
        """Say what is not as the document has it, in the question and in the answer."""
        path, operation = self._operation(asked)
        if operation is None:
            return [f"{asked.method} {asked.path}: the document has no such operation"]
        known = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        found = [f"{path}: no parameter {name!r}" for name in sorted(set(asked.query) - known)]
        content = (operation.get("requestBody") or {}).get("content", {}).get("application/json")
        if asked.body and content:
            found += self._against(_nullable(content["schema"]), json.loads(asked.body), path)
        responses = operation["responses"]
        said = responses.get(str(status))
        if said is None:
            return [*found, f"{path}: no answer {status} is documented"]
        schema = (said.get("content") or {}).get("application/json", {}).get("schema")
        if schema and answer:
            found += self._against(_nullable(schema), json.loads(answer), f"{path} {status}")
        return found

    def issue_faults(self, fields: Mapping[str, Any]) -> Iterator[str]:
        """Say what is wrong with the fields of an issue."""
        for name, (schema, is_list) in IN_ISSUES.items():
            value = fields.get(name)
            for one in (value or ()) if is_list else (value,):
                if one is not None:
                    ref = {"$ref": f"#/components/schemas/{schema}"}
                    yield from self._against(ref, one, f"fields.{name}")

    def _operation(self, asked: Asked) -> tuple[str, Any]:
        path = asked.path.replace("/rest/api/2/", "/rest/api/3/")
        for template, methods in sorted(self.paths.items(), key=lambda pair: "{" in pair[0]):
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and asked.method.lower() in methods:
                return template, methods[asked.method.lower()]
        return path, None

    def _against(self, schema: Mapping[str, Any], value: Any, where: str) -> list[str]:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._made:
            whole = {**schema, "components": self.components}
            self._made[key] = jsonschema_rs.Draft202012Validator(whole)
        return [
            f"{where}{''.join(f'/{step}' for step in one.instance_path)}: {one.message[:200]}"
            for one in self._made[key].iter_errors(value)
        ]


def _nullable(schema: Any) -> Any:
    """Turn `nullable` of OpenAPI 3.0 into JSON Schema."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _nullable(one) for name, one in schema.items() if name != "nullable"}
    if schema.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made
