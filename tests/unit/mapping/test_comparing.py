"""Two versions of a document: what a change of words does to records."""

from hub.mapping import diff, load
from hub.model.words import Severity
from tests.unit.mapping.samples import ZABBIX, problem, zabbix

NEW = (
    ZABBIX.replace("version: 1", "version: 2")
    .replace('"4": high', '"4": critical')
    .replace('"5": critical', '"6": critical')
    .replace("{path: name}", "{path: name, as: text}")
    .replace("  service:   {path", "  host:      {value: db-01}\n  service:   {path")
)


def changed() -> str:
    return NEW.replace("  host:      {value: db-01}\n", "")


def test_a_changed_word_changes_the_records_that_use_it() -> None:
    found = diff(zabbix(), load(changed(), name="b.yaml"), [problem(), problem(severity="1")])
    assert found.records == 2
    assert found.changed_count == 1
    (change,) = found.changed
    assert change.fields == {"severity": (Severity.HIGH, Severity.CRITICAL)}
    assert found.fields == {"severity": 1}
    assert not found.broken
    assert not found.mended


def test_records_that_fit_only_one_version_are_told_apart() -> None:
    records = [problem(severity="5"), problem(severity="6"), problem(severity="7")]
    found = diff(zabbix(), load(NEW, name="b.yaml"), records)
    assert (found.changed_count, found.broken_count, found.mended_count) == (0, 1, 1)
    assert "'5' is not in the table severity" in found.broken[0].after
    assert found.broken[0].before == ""
    assert "'6' is not in the table severity" in found.mended[0].before


def test_a_new_field_shows_as_absent_before() -> None:
    found = diff(zabbix(), load(NEW, name="b.yaml"), [problem(severity="1")])
    assert found.changed[0].fields == {"host": (None, "db-01")}


def test_all_are_counted_and_only_the_first_are_listed() -> None:
    found = diff(zabbix(), load(NEW, name="b.yaml"), [problem()] * 10, limit=3)
    assert found.changed_count == 10
    assert len(found.changed) == 3
    assert found.fields == {"host": 10, "severity": 10}


def test_the_summary_names_each_changed_rule_and_word() -> None:
    found = diff(zabbix(), load(NEW, name="b.yaml"), [])
    assert found.summary == (
        "version: 1 → 2",
        "fields.host: added, {'value': 'db-01'}",
        "fields.title: {'path': 'name'} → {'path': 'name', 'as': 'text'}",
        "tables.severity.4: 'high' → 'critical'",
        "tables.severity.5: removed, was 'critical'",
        "tables.severity.6: added, 'critical'",
    )


def test_a_document_does_not_differ_from_itself() -> None:
    found = diff(zabbix(), zabbix(), [problem(), problem(severity="9")])
    assert found.summary == ()
    assert (found.changed_count, found.broken_count, found.mended_count) == (0, 0, 0)
