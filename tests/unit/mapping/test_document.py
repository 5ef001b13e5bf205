"""A document is checked when it is loaded: all its faults at once, each with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Misconfigured
from hub.mapping import load
from hub.model.words import Severity
from tests.unit.mapping.samples import ZABBIX, one_field, prometheus, zabbix

HEAD = "mapping: tool.task\nto: task\nversion: 1\n"


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        load(text, name="a.yaml")
    return caught.value.problems


def problems_of(rule: str, *, field: str = "notes", tables: str = "{}") -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        one_field(rule, field=field, tables=tables)
    return caught.value.problems


def test_a_document_with_three_errors_reports_all_three_with_their_lines() -> None:
    text = (
        ZABBIX.replace("as: epoch_seconds}", "as: epoch_second}", 1)
        .replace("title:     {path: name}", "titel:     {path: name}")
        .replace('"3": average', '"3": medium')
    )
    found = problems(text)
    assert [line.split(": ", 2)[:2] for line in found] == [
        ["a.yaml:4", "fields.title"],
        ["a.yaml:5", "fields.titel"],
        ["a.yaml:8", "fields.starts_at.as"],
        ["a.yaml:13", "tables.severity.3"],
    ]
    assert found[1].endswith("is no field of alert; did you mean title?")
    assert found[2].endswith("there is no converter epoch_second; did you mean epoch_seconds?")
    assert "use one of unknown, info, warning, average, high, critical" in found[3]


def test_the_message_names_the_file_and_counts_the_problems() -> None:
    with pytest.raises(Misconfigured, match=r"a\.yaml: 5 problem\(s\)"):
        load("a: 1", name="a.yaml")


def test_the_shipped_documents_and_the_example_of_the_manual_load() -> None:
    assert prometheus().mapping == "prometheus.alert"
    assert zabbix().tables["severity"]["5"] == "critical"
    assert [rule.line for rule in zabbix().rules][:3] == [5, 6, 7]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("name", "fields.notes: is not a rule; write it as {path: name}"),
        ("{}", "fields.notes: has no source; write exactly one of path, value, first_of"),
        ("{path: a, value: b}", "fields.notes: has path and value; write exactly one"),
        ("{path: a, optinal: true}", "fields.notes.optinal: is unknown; did you mean optional?"),
        ("{path: a, optional: maybe}", "optional: is neither true nor false"),
        ("{path: [a]}", "fields.notes.path: is not a path"),
        ("{path: 'a['}", "fields.notes.path: 'a[' is no JMESPath"),
        ("{path: 'nope(a)'}", "there is no function nope()"),
        ("{value: }", "fields.notes.value: is empty"),
        ("{value: a, optional: true}", "fields.notes.optional: has no effect on a value"),
        ("{value: {a: b}}", "is an object, not text"),
        ("{first_of: a}", "fields.notes.first_of: is not a list of paths"),
        ("{first_of: []}", "fields.notes.first_of: is not a list of paths"),
        ("{first_of: [{value: a}, b]}", "has a value before its end; move it to the end"),
        ("{first_of: [a, {path: b}]}", "ends in no value"),
        ("{first_of: [a, [b]]}", "fields.notes.first_of: is not a path"),
        ("{first_of: [a, {value: b}], optional: true}", "has no effect beside a value"),
        ("{path: a, as: instant}", "instant gives instant, the field is text; use text or"),
        ("{path: a, as: txt}", "there is no converter txt; did you mean text?"),
        ("{path: a, table: t}", "there is no table t; write it"),
        ("{path: a, fold: true}", "fields.notes.fold: needs a table"),
        ("{path: a, other: b}", "fields.notes.other: needs a table"),
        ("{path: a, absent_if: }", "fields.notes.absent_if: is not a literal"),
        ("{path: a, absent_if: [{}]}", "fields.notes.absent_if: is not a literal"),
    ],
)
def test_a_faulty_rule_is_named_with_its_remedy(rule: str, message: str) -> None:
    found = problems_of(rule)
    assert len(found) == 1
    assert found[0].startswith("task.yaml:8: ")
    assert message in found[0]


@pytest.mark.parametrize(
    ("field", "rule", "tables", "message"),
    [
        ("kind", "{path: a}", "{}", "fields.kind: stands already on line 6; keep one of the two"),
        ("order", "{path: a, table: t}", "{t: {x: many}}", "tables.t.x: 'many' is no whole number"),
        ("order", "{value: many}", "{}", "fields.order.value: 'many' is no whole number"),
        ("notes", "{path: a, table: t}", "{t: {x: }}", "tables.t.x: is empty"),
        ("notes", "{path: a, table: t}", "{t: {}}", "tables.t: is not a table"),
        ("notes", "{path: a, table: t, as: text}", "{t: {x: y}}", "stands beside a table"),
        ("notes", "{path: a, table: s}", "{t: {x: y}}", "there is no table s; use one of t"),
        ("notes", "{path: a}", "{t: {x: y}}", "tables.t: is used by no field; name it in a rule"),
        ("notes", "{path: a}", "[x]", "tables: is not names with tables"),
        (
            "notes",
            "{path: a, table: t, fold: true}",
            "{t: {X: y, x: z}}",
            "tables.t.x: differs from another spelling of it, and fields.notes folds case",
        ),
        (
            "constraint",
            "{path: a, table: t, other: never}",
            "{t: {x: must_start_on}}",
            "fields.constraint.other: 'never' is no word of this field",
        ),
        ("custom", "{path: a, table: t}", "{t: {x: y}}", "gives one word, the field is text_map"),
        ("constraint", "{path: a, as: text}", "{}", "the field is enum; use a table"),
    ],
)
def test_a_faulty_table_or_constant_is_named_with_its_remedy(
    field: str, rule: str, tables: str, message: str
) -> None:
    assert message in "\n".join(problems_of(rule, field=field, tables=tables))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.yaml:1: document: is empty"),
        ("- a", "a.yaml:1: document: is not a mapping"),
        ("a: [", "document: is not YAML"),
        ("a: b\n c: d", "a.yaml:2: document: is not YAML"),
        ("a: \x00", "document: is not YAML"),
        ("a: b\n---\nc: d", "document: is not YAML"),
        ("a: &x b", "a.yaml:1: document: uses an anchor or alias"),
        ("a: b\nc: *x", "a.yaml:2: document: uses an anchor or alias"),
        ("a: !!python/object:os.system b", "document: uses the tag"),
        ("[" * 100_000, "document: is nested deeper than 16"),
        ("a: b\n" * 200_000, "document: is longer than 524288 characters"),
        ("? [a]\n: b", "document: has a key that is not text"),
        ("a: b\na: c", "a.yaml:2: a: stands already on line 1"),
        (HEAD, "fields: is missing"),
        (
            "mapping: Tool\nto: task\nversion: 1",
            "a.yaml:1: mapping: cannot be 'Tool'; write <tool>",
        ),
        ("mapping: a.b\nto: alerts\nversion: 1", "to: there is no target 'alerts'; did you mean"),
        ("mapping: a.b\nto: [task]\nversion: 1", "to: there is no target ['task']"),
        ("mapping: a.b\nto: task\nversion: 0", "a.yaml:3: version: cannot be '0'"),
        ("mapping: a.b\nto: task\nversion: 1\nfield: {}", "a.yaml:4: field: is unknown; did you"),
        (HEAD + "fields: {}", "a.yaml:4: fields.title: is missing; the target task needs it"),
        (HEAD + "fields: {title: {path: a, optional: true}}", "contradicts the model"),
    ],
)
def test_a_faulty_document_is_named_with_its_remedy(text: str, message: str) -> None:
    assert message in "\n".join(problems(text))


def test_a_bomb_of_aliases_is_refused_before_it_is_built() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
    )
    (found,) = problems(bomb)
    assert found.startswith("a.yaml:1: document: uses an anchor or alias (& or *); quote the text")


def test_words_that_yaml_would_turn_into_booleans_and_numbers_stay_words() -> None:
    document = one_field(
        "{path: a, table: t}", field="priority", tables="{t: {no: 1, on: 2, 010: 3, 1e3: 4}}"
    )
    assert set(document.tables["t"]) == {"no", "on", "010", "1e3"}


def test_a_severity_is_written_as_its_word() -> None:
    rule = next(rule for rule in zabbix().rules if rule.field == "severity")
    assert rule.turn("4") is Severity.HIGH


def test_a_document_saved_by_a_windows_editor_loads() -> None:
    text = "\ufeff" + ZABBIX.replace("\n", "\r\n")
    assert [rule.line for rule in load(text, name="a.yaml").rules][:2] == [5, 6]


@given(
    st.sampled_from([ZABBIX, one_field("{first_of: [a, {value: b}], absent_if: x}").text]),
    st.integers(0, 600),
    st.integers(0, 40),
    st.text(alphabet="{}[]:,|>\"'#&*!%@`\n -abt0?~é\x00\ud800", max_size=6),
)
def test_whatever_is_typed_is_a_document_or_a_list_of_problems(
    text: str, at: int, length: int, typed: str
) -> None:
    changed = text[:at] + typed + text[at + length :]
    found: tuple[str, ...] = ("a.yaml: nothing",)
    try:
        load(changed, name="a.yaml")
    except Misconfigured as caught:
        found = caught.problems
    assert found
    assert all(line.startswith("a.yaml:") and line.encode() for line in found)
