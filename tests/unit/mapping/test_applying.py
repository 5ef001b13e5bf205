"""Applying a document: values, absence, refusals; and explaining, which is the same thing."""

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract import Record
from hub.errors import Unmappable
from hub.mapping import Document, Unknown, apply, explain, load
from hub.model.words import AlertStatus, ConstraintType, Severity
from tests.unit.mapping.samples import alert, one_field, problem, prometheus, record, zabbix


def value(
    rule: str, body: dict[str, object], *, field: str = "notes", tables: str = "{}"
) -> object:
    document = one_field(rule, field=field, tables=tables)
    return apply(document, record(**body)).values.get(field)


def refusal(rule: str, body: dict[str, object], *, field: str = "notes") -> Unmappable:
    with pytest.raises(Unmappable) as caught:
        value(rule, body, field=field)
    return caught.value


def test_a_problem_becomes_the_values_of_an_alert() -> None:
    applied = apply(zabbix(), problem())
    assert applied.values == {
        "title": "Disk full",
        "status": AlertStatus.FIRING,
        "severity": Severity.HIGH,
        "starts_at": datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        "labels": {},
        "service": "shop-db",
    }
    assert applied.values["severity"] is Severity.HIGH
    assert applied.unknown == ()


def test_an_unknown_severity_is_refused_not_guessed() -> None:
    with pytest.raises(Unmappable) as caught:
        apply(zabbix(), problem(severity="6"))
    assert caught.value.path == "severity"
    assert str(caught.value) == (
        "severity: severity: '6' is not in the table severity;"
        " add it there, or say with other what all unknown words become"
    )


def test_a_path_that_leads_nowhere_is_refused_unless_it_is_optional() -> None:
    caught = refusal("{path: a.b}", {"a": {}})
    assert caught.path == "a.b"
    assert "notes: a.b: is missing or null; send it, mend the path" in str(caught)
    assert "is missing or null" in str(refusal("{path: a}", {"a": None}))
    assert value("{path: a.b, optional: true}", {"a": {}}) is None


def test_the_first_path_that_is_present_wins() -> None:
    rule = "{first_of: [a, b.c, {value: none}]}"
    assert value(rule, {"a": "1", "b": {"c": "2"}}) == "1"
    assert value(rule, {"a": None, "b": {"c": "2"}}) == "2"
    assert value(rule, {}) == "none"
    assert refusal("{first_of: [a, b.c]}", {}).path == "a | b.c"


def test_a_literal_of_absent_if_is_absence_and_the_next_path_is_tried() -> None:
    assert value('{path: a, absent_if: ["", "0"]}', {"a": ""}) is None
    assert value('{path: a, absent_if: ["", "0"]}', {"a": 0}) is None
    assert value('{first_of: [a, b], absent_if: ""}', {"a": "", "b": "x"}) == "x"
    assert value('{first_of: [a, {value: x}], absent_if: ""}', {"a": ""}) == "x"
    assert value('{path: a, absent_if: "true", as: boolean}', {"a": True}, field="active") is None
    assert "is missing" in str(refusal('{path: a, absent_if: ""}', {}))


def test_a_field_that_the_model_needs_is_not_made_absent_by_a_literal() -> None:
    text = zabbix().text.replace("{path: name}", '{path: name, absent_if: ""}')
    with pytest.raises(Unmappable, match="title: name: is missing or null"):
        apply(load(text, name="problem.yaml"), problem(name=""))


def test_a_constant_is_our_value_and_each_record_gets_its_own() -> None:
    document = one_field("{value: {a: b}}", field="custom")
    first, second = (apply(document, record()).values["custom"] for _ in range(2))
    assert first == second == {"a": "b"}
    assert first is not second
    assert value("{first_of: [a, {value: 12}], as: tenths_of_minutes}", {}, field="cost") == 12.0


def test_a_table_takes_words_numbers_and_booleans_as_a_document_writes_them() -> None:
    tables = "{t: {1: must_start_on, true: as_soon_as_possible, Late: as_late_as_possible}}"

    def found(rule: str, source: object) -> object:
        return value(rule, {"a": source}, field="constraint", tables=tables)

    assert found("{path: a, table: t}", 1) is ConstraintType.MSO
    assert found("{path: a, table: t}", True) is ConstraintType.ASAP
    assert found("{path: a, table: t, fold: true}", "LATE") is ConstraintType.ALAP
    with pytest.raises(Unmappable, match="'LATE' is not in the table t"):
        found("{path: a, table: t}", "LATE")
    with pytest.raises(Unmappable, match="is not in the table t"):
        found("{path: a, table: t, other: must_start_on}", {"x": 1})


def test_a_word_of_the_model_needs_no_table() -> None:
    assert value("{path: a}", {"a": "must_start_on"}, field="constraint") is ConstraintType.MSO
    assert "is no word of this field; use a table, or send one of as_soon" in str(
        refusal("{path: a}", {"a": "soon"}, field="constraint")
    )


def test_what_other_stood_in_for_is_reported() -> None:
    tables = "{t: {x: must_start_on, y: must_finish_on}}"
    document = one_field(
        "{path: a, table: t, other: must_start_on}", field="constraint", tables=tables
    )
    assert apply(document, record(a="x")).unknown == ()
    assert apply(document, record(a="y")).unknown == ()
    assert apply(document, record(a="z")).unknown == (Unknown("constraint", "t", "z"),)
    assert explain(document, record(a="z"))[-1].unknown == "z"


def test_a_refusal_names_the_part_of_a_map_and_shortens_what_it_shows() -> None:
    caught = refusal("{path: a}", {"a": {"b": ["x" * 1000]}}, field="custom")
    assert caught.path == "a.b"
    assert str(caught).startswith("custom: a.b: ['xxx")
    assert len(str(caught)) < 300
    assert "…" in str(caught)


def test_an_expression_that_cannot_be_evaluated_is_a_refusal() -> None:
    caught = refusal("{path: 'length(a)'}", {"a": 5}, field="order")
    assert caught.path == "length(a)"
    assert "cannot be read by length(a)" in str(caught)


def test_explaining_shows_every_step_with_its_line() -> None:
    steps = {step.field: step for step in explain(zabbix(), problem(severity="6"))}
    assert len(steps) == len(zabbix().rules)
    assert (steps["title"].path, steps["title"].source, steps["title"].line) == (
        "name",
        "Disk full",
        5,
    )
    assert steps["severity"].how == "table severity"
    assert "is not in the table severity" in steps["severity"].problem
    assert (steps["ends_at"].source, steps["ends_at"].value) == (None, None)
    assert steps["status"].how == "value"
    assert steps["status"].path == "(constant)"
    assert steps["starts_at"].how == "epoch_seconds"


def test_a_record_is_never_changed() -> None:
    body = alert().body
    before = copy.deepcopy(body)
    applied = apply(prometheus(), Record("alert", "1", body))
    labels = applied.values["labels"]
    assert isinstance(labels, dict)
    labels["more"] = "x"
    assert body == before


TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
ODD = st.none() | st.booleans() | st.integers() | TEXT | st.lists(TEXT) | st.floats()
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["firing", "resolved"]) | ODD,
        "labels": st.dictionaries(
            st.sampled_from(["alertname", "severity", "service", "app", "instance", "env"]) | TEXT,
            st.sampled_from(["Critical", "weird", ""]) | ODD,
        )
        | ODD,
        "annotations": st.dictionaries(st.sampled_from(["summary", "title"]), TEXT) | ODD,
        "startsAt": st.just("2026-01-05T10:00:00Z") | ODD,
        "endsAt": st.sampled_from(["0001-01-01T00:00:00Z", "2026-01-05T10:00:00Z"]) | ODD,
        "generatorURL": ODD,
    },
)
PROMETHEUS = prometheus()


def outcome(document: Document, taken: Record) -> tuple[dict[str, object], str]:
    try:
        return apply(document, taken).values, ""
    except Unmappable as unmappable:
        return {}, str(unmappable)


@given(BODIES)
def test_preview_and_ingest_cannot_differ(body: dict[str, object]) -> None:
    taken = Record("alert", "1", body)
    values, problem_found = outcome(PROMETHEUS, taken)
    steps = explain(PROMETHEUS, taken)
    faults = [step.problem for step in steps if step.problem]
    assert faults[:1] == ([problem_found] if problem_found else [])
    if not faults:
        assert {step.field: step.value for step in steps if step.value is not None} == values


@given(BODIES)
def test_a_step_shows_the_source_that_its_value_was_made_of(body: dict[str, object]) -> None:
    rules = {rule.field: rule for rule in PROMETHEUS.rules}
    for step in explain(PROMETHEUS, Record("alert", "1", body)):
        if step.source is not None and not step.problem:
            assert rules[step.field].turn(step.source) == step.value
