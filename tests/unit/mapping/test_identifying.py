"""Rules of a document on identity: what they leave out, and what is refused where."""

import jsonschema_rs
import pytest
import yaml

from hub.errors import Misconfigured
from hub.linking import DEFAULT_EXCLUDED
from hub.mapping import Document, diff, left_out, load, schema
from tests.unit.mapping.samples import ALERT_YAML

SHIPPED = ALERT_YAML.read_text("utf-8")
ZABBIX = (ALERT_YAML.parents[1] / "zabbix" / "problem.yaml").read_text("utf-8")
LABELS = {"alertname": "DiskFull", "severity": "warning", "pod": "p1", "instance": "db-01"}
HEAD = SHIPPED.count("\n") + 1


def ruled(rules: str, text: str = SHIPPED) -> Document:
    return load(f"{text}identity: {rules}\n", name="alert.yaml")


def refused(rules: str, text: str = SHIPPED) -> str:
    with pytest.raises(Misconfigured) as caught:
        ruled(rules, text)
    return "\n".join(caught.value.problems)


def left(rules: str, connector: str = "am-main", **labels: str) -> set[str]:
    known = {**LABELS, **labels}
    return set(left_out(ruled(rules).identity, connector, known, known, DEFAULT_EXCLUDED))


def test_a_document_without_a_rule_leaves_nothing_out() -> None:
    document = load(SHIPPED, name="alert.yaml")
    assert document.identity == ()
    assert left_out(document.identity, "am-main", LABELS, LABELS, DEFAULT_EXCLUDED) == frozenset()


def test_one_rule_or_a_list_of_rules_may_be_written() -> None:
    assert left("{without: [pod, severity]}") == {"pod", "severity"}
    assert left("{without: pod}") == {"pod"}
    assert left("[{without: [pod]}, {without: [severity]}]") == {"pod", "severity"}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("DiskFull", {"severity"}),
        ("DiskSlow", {"severity"}),
        ("Load", set()),
        ("disk", set()),
    ],
)
def test_a_rule_may_hold_for_one_alert_name_only(name: str, found: set[str]) -> None:
    rule = '{without: [severity], when: {alertname: ["Disk*", Memory]}}'
    assert left(rule, alertname=name) == found


@pytest.mark.parametrize(
    ("pattern", "word", "holds"),
    [
        ("a*b*c", "axxbyyc", True),
        ("a*b*c", "axxbyy", False),
        ("*b*", "abc", True),
        ("ab*ba", "aba", False),
        ("*", "", True),
        ("a", "ab", False),
    ],
)
def test_a_star_stands_for_anything(pattern: str, word: str, holds: bool) -> None:  # noqa: FBT001
    rule = f'{{without: [severity], when: {{alertname: ["{pattern}"]}}}}'
    assert bool(left(rule, alertname=word)) is holds


def test_a_rule_needs_every_label_of_its_condition() -> None:
    rule = "{without: [pod], when: {alertname: DiskFull, instance: db-02}}"
    assert left(rule) == set()
    assert left(rule, instance="db-02") == {"pod"}
    assert left("{without: [pod], when: {nowhere: [x]}}") == set()


def test_a_rule_may_hold_for_one_connector_only() -> None:
    rule = "{without: [pod], connectors: [am-main]}"
    assert left(rule) == {"pod"}
    assert left(rule, connector="am-two") == set()


def test_a_rule_does_not_hold_for_an_alert_that_it_would_leave_without_a_label() -> None:
    rules = ruled("{without: [alertname]}").identity
    only = {"alertname": "Dead", "replica": "a"}
    assert left_out(rules, "am", only, only, DEFAULT_EXCLUDED) == frozenset()


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        ("{witout: [pod]}", "identity.witout: is unknown; did you mean without?"),
        ("{}", "identity.without: is missing"),
        ("pod", "identity: is not a rule"),
        ("[]", "identity: has 0 rules"),
        ("{without: []}", "identity.without: names 0"),
        ("{without: ['*']}", "identity.without: '*' is no name of a label"),
        ("{without: [[pod]]}", "identity.without: is not a text"),
        ("{without: [pod], when: DiskFull}", "identity.when: is not labels with values"),
        ("{without: [pod], when: {alertname: []}}", "identity.when.alertname: names 0"),
        ("{without: [pod], connectors: [Am Main]}", "'Am Main' is no id of a connector"),
    ],
)
def test_a_faulty_rule_is_refused_with_file_and_line(rules: str, line: str) -> None:
    found = refused(rules)
    assert line in found
    assert found.startswith(f"alert.yaml:{HEAD}: identity")


def test_a_fault_in_a_list_names_its_place_and_its_line() -> None:
    found = refused("\n  - {without: [pod]}\n  - {witout: [pod]}")
    assert f"alert.yaml:{HEAD + 2}: identity.1.witout: is unknown" in found


def test_a_rule_that_leaves_no_label_is_refused() -> None:
    assert "leaves no label: the identity here is trigger" in refused("{without: trigger}", ZABBIX)


def test_only_alerts_have_an_identity_of_labels() -> None:
    task = "mapping: tool.task\nto: task\nversion: 1\nfields:\n  title: {value: t}\n"
    task += "  kind: {value: work}\n  status: {value: todo}\n"
    assert "identity: has no meaning for task" in refused("{without: [pod]}", task)


@pytest.mark.parametrize("rules", ["{without: pod}", "[{without: [pod], when: {a: b}}]"])
def test_an_editor_takes_what_is_taken_when_loading(rules: str) -> None:
    validator = jsonschema_rs.validator_for(schema())
    validator.validate(yaml.safe_load(f"{SHIPPED}identity: {rules}\n"))
    assert not validator.is_valid(yaml.safe_load(f"{SHIPPED}identity: {{witout: pod}}\n"))


def test_the_difference_of_two_versions_names_the_rule() -> None:
    old, new = load(SHIPPED, name="alert.yaml"), ruled("{without: [pod]}")
    assert diff(old, new, []).summary == ("identity.0: added, {'without': ['pod']}",)
