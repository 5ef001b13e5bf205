"""The JSON Schema of a mapping document, for editors that complete and lint while one types.

Made of the same tables as the check when loading. The check knows more (JMESPath, tables that a
rule names); the schema never refuses what the check takes.
Source: JSON Schema 2020-12.
"""

from collections.abc import Mapping
from typing import Final

from hub.mapping.checking import CONTAINERS
from hub.mapping.converters import CONVERTERS, fitting
from hub.mapping.document import NAME
from hub.mapping.paths import MAX_CHARACTERS
from hub.mapping.words import vocabulary
from hub.model.targets import TARGETS, Field

Schema = dict[str, object]

_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"]}
_PATH: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS}
_FLAG: Final[Schema] = {"type": "boolean"}
_LITERALS: Final[Schema] = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_TABLES: Final[Schema] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": _SCALAR,
    },
}
_WORDS: Final[Schema] = {"anyOf": [_SCALAR, {"type": "array", "minItems": 1, "items": _SCALAR}]}
_CHOICE: Final[Schema] = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_LEAVING: Final[Schema] = {
    "type": "object",
    "required": ["without"],
    "additionalProperties": False,
    "properties": {
        "without": _WORDS,
        "when": {"type": "object", "minProperties": 1, "additionalProperties": _WORDS},
        "connectors": _WORDS,
    },
}


def schema() -> Schema:
    """Build the schema; a rule's keys depend on the target and the type of its field."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Milepost mapping document",
        "type": "object",
        "required": ["mapping", "to", "version", "fields"],
        "additionalProperties": False,
        "properties": {
            "mapping": {"type": "string", "pattern": f"^{NAME}$"},
            "to": {"enum": list(TARGETS)},
            "version": {"type": "integer", "minimum": 1},
            "when": {"type": "object", "minProperties": 1, "additionalProperties": _CHOICE},
            "fields": {"type": "object"},
            "tables": _TABLES,
            "identity": {"anyOf": [_LEAVING, {"type": "array", "minItems": 1, "items": _LEAVING}]},
        },
        "allOf": [_for(target, fields) for target, fields in TARGETS.items()],
    }


def _for(target: str, fields: Mapping[str, Field]) -> Schema:
    return {
        "if": {"properties": {"to": {"const": target}}, "required": ["to"]},
        "then": {
            "properties": {
                "fields": {
                    "properties": {name: _rule(field) for name, field in fields.items()},
                    "required": [name for name, field in fields.items() if field.required],
                    "additionalProperties": False,
                }
            }
        },
    }


def _rule(field: Field) -> Schema:
    constant = _constant(field)
    last: Schema = {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {"value": constant},
    }
    keys: dict[str, Schema] = {
        "path": _PATH,
        "value": constant,
        "first_of": {"type": "array", "minItems": 1, "items": {"anyOf": [_PATH, last]}},
        "absent_if": _LITERALS,
    }
    if converters := fitting(field.holds):
        says = "; ".join(f"{name}: {CONVERTERS[name].says}" for name in converters)
        keys["as"] = {"enum": list(converters), "description": says}
    if field.holds not in CONTAINERS:
        keys |= {"table": {"type": "string"}, "fold": _FLAG, "other": constant}
    if not field.required:
        keys["optional"] = _FLAG
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": keys,
        "oneOf": [{"required": ["path"]}, {"required": ["value"]}, {"required": ["first_of"]}],
    }


def _constant(field: Field) -> Schema:
    if field.words is not None:
        return {"enum": list(vocabulary(field.words))}
    if field.holds == "text_map":
        return {"type": "object", "additionalProperties": _SCALAR}
    if field.holds == "text_list":
        return {"type": "array", "items": _SCALAR}
    if field.holds == "text_lists":
        texts = {"type": "array", "items": _SCALAR}
        return {"type": "object", "additionalProperties": texts}
    return {} if field.holds == "raw" else _SCALAR
