"""Coverage: what of the records is used, and which words are unknown."""

from collections.abc import Mapping

from hub.mapping import Leaf, coverage
from hub.mapping.covering import MAX_PATHS
from tests.unit.mapping.samples import alert, one_field, problem, prometheus, record, zabbix


def counts(leaves: tuple[Leaf, ...]) -> Mapping[str, int]:
    return {leaf.path: leaf.count for leaf in leaves}


def test_used_and_unused_places_are_counted_with_examples() -> None:
    records = [problem(eventid=str(n), severity="4") for n in range(5)]
    found = coverage(zabbix(), records)
    assert (found.records, found.mapped) == (5, 5)
    assert counts(found.used) == {
        "clock": 5,
        "name": 5,
        "r_clock": 5,
        "severity": 5,
        "tags[].tag": 5,
        "tags[].value": 5,
    }
    assert found.unused == (Leaf("eventid", 5, ["'0'", "'1'", "'2'"]),)


def test_a_path_that_reads_a_whole_object_uses_all_that_is_in_it() -> None:
    found = coverage(prometheus(), [alert(extra={"a.b": [1, {"c": 2}], "empty": []})])
    assert counts(found.used)["labels.instance"] == 1
    assert set(counts(found.unused)) == {
        "fingerprint",
        'extra."a.b"[]',
        'extra."a.b"[].c',
        "extra.empty",
    }


def test_unknown_words_are_counted_by_table_whether_they_are_kept_or_refused() -> None:
    kept = coverage(prometheus(), [alert(labels={"severity": w}) for w in ("odd", "ODD", "page")])
    assert kept.mapped == 3
    assert kept.unmapped == {"severity": {"odd": 2}}
    refused = coverage(zabbix(), [problem(severity="9"), problem(severity="4")])
    assert refused.mapped == 1
    assert refused.unmapped == {"severity": {"9": 1}}
    assert refused.refused == {"severity": 1}
    assert "'9' is not in the table severity" in refused.examples["severity"]


def test_an_unknown_word_of_a_field_without_a_table_is_counted_under_the_field() -> None:
    document = one_field("{path: a}", field="constraint")
    assert coverage(document, [record(a="soon")]).unmapped == {"fields.constraint": {"soon": 1}}


def test_memory_is_bounded_by_the_number_of_paths() -> None:
    body: dict[str, object] = {f"name_{n}": n for n in range(MAX_PATHS + 500)}
    document = one_field("{path: a, optional: true}")
    found = coverage(document, [record(**body)])
    assert len(found.unused) == MAX_PATHS
    assert found.more_paths == 500


def test_no_records_give_an_empty_coverage() -> None:
    found = coverage(zabbix(), [])
    assert (found.records, found.used, found.unused, found.unmapped) == (0, (), (), {})
