from hypothesis import given
from hypothesis import strategies as st

from hub.linking.identity import DEFAULT_EXCLUDED, identity

LABELS = st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=6)


def test_two_replicas_of_one_prometheus_tell_of_one_condition() -> None:
    a = {"alertname": "DiskFull", "host": "db-01", "replica": "a", "prometheus": "mon/k8s"}
    b = {"alertname": "DiskFull", "host": "db-01", "replica": "b", "prometheus_replica": "x"}
    assert identity("am-main", a) == identity("am-main", b)


def test_severity_and_pod_stay_in_the_identity_unless_an_admin_takes_them_out() -> None:
    warning = {"alertname": "DiskFull", "severity": "warning", "pod": "p1"}
    critical = {**warning, "severity": "critical"}
    assert identity("am-main", warning) != identity("am-main", critical)
    wider = DEFAULT_EXCLUDED | {"severity"}
    assert identity("am-main", warning, wider) == identity("am-main", critical, wider)


def test_the_order_of_the_labels_does_not_matter() -> None:
    assert identity("am", {"a": "1", "b": "2"}) == identity("am", {"b": "2", "a": "1"})


def test_the_connector_is_part_of_the_identity() -> None:
    assert identity("am-one", {"a": "1"}) != identity("am-two", {"a": "1"})


def test_the_identity_never_changes_between_releases() -> None:
    # sha256 of ["am-main",{"alertname":"DiskFull"}], computed with sha256sum
    expected = "d624e519ea4eed8fed3950f452848d7da94cddc5384c6c737b6a57e267643f93"
    assert identity("am-main", {"alertname": "DiskFull"}) == expected


def test_a_lone_surrogate_is_hashed_like_any_other_character() -> None:
    assert identity("am", {"a": "\ud800"}) != identity("am", {"a": "\\ud800"})


@given(LABELS, LABELS)
def test_different_label_sets_have_different_identities(
    one: dict[str, str], other: dict[str, str]
) -> None:
    same = identity("am", one, frozenset()) == identity("am", other, frozenset())
    assert same == (one == other)
