"""Paths: our own reader agrees with JMESPath, and knows what a path looks at."""

from types import MappingProxyType

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.paths import EACH, compiled, join
from hub.mapping.refused import Refused

NAMES = st.sampled_from(["a", "b", "labels", "service.name", "x-y", "0"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(NAMES, min_size=1, max_size=4), st.dictionaries(NAMES, JSON, max_size=4))
def test_our_own_reader_of_dotted_paths_agrees_with_jmespath(
    names: list[str], body: dict[str, object]
) -> None:
    text = ".".join(f'"{name}"' for name in names)
    path = compiled(text)
    assert path.touches == {tuple(names)}
    assert path.read(body) == jmespath.search(text, body)


@pytest.mark.parametrize("text", ["a", "a.b", "a.b.c"])
def test_a_path_reads_any_mapping_not_only_a_dict(text: str) -> None:
    body = MappingProxyType({"a": MappingProxyType({"b": MappingProxyType({"c": 1})})})
    assert compiled(text).read(body) == jmespath.search(text, body)
    assert compiled(text).read({"a": 5}) == jmespath.search(text, {"a": 5})


@pytest.mark.parametrize(
    ("text", "touches"),
    [
        ("tags[?tag=='service'].value | [0]", {"tags.tag", "tags.value"}),
        ("labels.*", {"labels.*"}),
        ("tags[].value", {"tags.value"}),
        ("tags[0].value", {"tags.value"}),
        ("tags[1:3].value", {"tags.value"}),
        ("a || b.c", {"a", "b.c"}),
        ("{x: a, y: b.c}", {"a", "b.c"}),
        ("tags[?tag=='x'].value | [0].name", {"tags.tag", "tags.value.name"}),
        ("a[].b[0]", {"a.b"}),
        ("sort_by(tags, &tag)[0].value", {"tags.tag", "tags.value"}),
        ("join(',', tags[].tag)", {"tags.tag"}),
        ("a == 'b' && c", {"a", "c"}),
        ('labels."service.name"', {'labels."service.name"'}),
        ("@", {""}),
    ],
)
def test_what_a_path_looks_at_is_known_before_any_record_comes(
    text: str, touches: set[str]
) -> None:
    assert {join(trail) for trail in compiled(text).touches} == touches


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tags[", "is no JMESPath"),
        ("a..b", "is no JMESPath"),
        ("foo.$", "is no JMESPath"),
        ("app.kubernetes.io/name", "is no JMESPath"),
        ("lenght(a)", r"there is no function lenght\(\)"),
        ("", "is no JMESPath"),
        ("(" * 400, "is no JMESPath"),
        ("a" * 501, "is longer than 500 characters"),
    ],
)
def test_a_bad_path_is_refused_when_it_is_compiled(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compiled(text)


@pytest.mark.parametrize("text", ["length(a)", "b[::0]", "sum(c)"])
def test_an_expression_that_fails_on_a_record_refuses_the_record(text: str) -> None:
    with pytest.raises(Refused, match="cannot be read by"):
        compiled(text).read({"a": None, "b": [1], "c": ["x"]})


def test_an_element_of_a_list_is_written_with_brackets() -> None:
    assert join(("tags", EACH, "a b")) == 'tags[]."a b"'
