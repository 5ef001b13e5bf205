"""The reference page says what the code does: each key, converter and field, with true examples."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from hub.mapping import checking, document, load
from hub.mapping.converters import CONVERTERS
from hub.mapping.words import vocabulary
from hub.model.targets import TARGETS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "mapping.md").read_text(
    encoding="utf-8"
)
SECTIONS = {
    part.split("\n", 1)[0]: part for part in re.split(r"^#{2,3} ", PAGE, flags=re.MULTILINE)[1:]
}


@pytest.mark.parametrize("name", [*document.KEYS, *checking.KEYS, *CONVERTERS])
def test_every_key_and_converter_has_a_heading_and_an_example(name: str) -> None:
    assert "```yaml" in SECTIONS[name]


@pytest.mark.parametrize("name", CONVERTERS)
def test_the_example_of_a_converter_is_true(name: str) -> None:
    (example,) = re.findall(r"^`(.*)` gives `(.*)`$", SECTIONS[name], flags=re.MULTILINE)
    found = CONVERTERS[name].convert(json.loads(example[0]))
    plain = found.isoformat() if isinstance(found, date) else found
    assert json.dumps(plain) == example[1]


def test_the_first_example_loads() -> None:
    (example,) = re.findall(
        r"^```yaml\n(mapping: .*?to: .*?)```", PAGE, flags=re.MULTILINE | re.DOTALL
    )[:1]
    assert load(example, name="example").mapping == "zabbix.problem"


@pytest.mark.parametrize("target", TARGETS)
def test_every_field_of_a_target_is_listed_with_its_type(target: str) -> None:
    for name, field in TARGETS[target].items():
        words = ", ".join(f"`{word}`" for word in vocabulary(field.words)) if field.words else ""
        mark = "*" if field.required else ""
        assert f"| `{name}`{mark} | {words or field.holds} |" in SECTIONS[target]
