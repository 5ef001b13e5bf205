"""The schema for editors says the same as the check when loading."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from hub.errors import Misconfigured
from hub.mapping import load, schema
from hub.mapping.converters import CONVERTERS, fits
from hub.model.targets import TARGETS
from tests.unit.mapping.samples import ALERT_YAML, ZABBIX

SHIPPED = sorted(ALERT_YAML.parents[1].glob("*/*.yaml"))
VALIDATOR = jsonschema_rs.validator_for(schema())


def test_the_schema_is_a_valid_schema() -> None:
    jsonschema_rs.meta.validate(schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_document_loads_and_is_valid_for_an_editor(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = load(text, name=path.name)
    assert document.mapping == f"{path.parent.name}.{path.stem}"
    VALIDATOR.validate(yaml.safe_load(text))


def test_the_example_of_the_manual_is_valid() -> None:
    VALIDATOR.validate(yaml.safe_load(ZABBIX))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("to: alert", "to: alerts"),
        ("version: 1", "version: 0"),
        ("version: 1", "versions: 1"),
        ("mapping: zabbix.problem", "mapping: Zabbix"),
        ("  title:     {path: name}\n", ""),
        ("title:", "titel:"),
        ("{path: name}", "{path: name, value: x}"),
        ("{path: name}", "{}"),
        ("{path: name}", "{path: name, optional: true}"),
        ("{path: name}", "{path: name, as: instant}"),
        ("{path: name}", "{path: name, az: text}"),
        ("{value: firing}", "{value: burning}"),
    ],
)
def test_what_an_editor_marks_is_refused_when_loaded_too(old: str, new: str) -> None:
    text = ZABBIX.replace(old, new, 1)
    assert text != ZABBIX
    assert not VALIDATOR.is_valid(yaml.safe_load(text))
    with pytest.raises(Misconfigured):
        load(text, name="a.yaml")


def test_every_target_field_and_converter_is_offered() -> None:
    offered: set[str] = set()
    branches: Any = schema()["allOf"]
    assert len(branches) == len(TARGETS)
    for branch in branches:
        target = branch["if"]["properties"]["to"]["const"]
        fields = branch["then"]["properties"]["fields"]["properties"]
        assert set(fields) == set(TARGETS[target])
        for rule in fields.values():
            offered |= set(rule["properties"].get("as", {"enum": []})["enum"])
    held = {field.holds for target in TARGETS.values() for field in target.values()}
    assert offered == {
        name for name, known in CONVERTERS.items() if any(fits(known.gives, one) for one in held)
    }
