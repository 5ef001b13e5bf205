import pytest

from hub.linking.impact import Topology
from hub.linking.root import root_candidates
from hub.model.ops import Service, ServiceDependency

TOPOLOGY = Topology(
    [
        Service("shop", "Shop", depends_on=(ServiceDependency("cart"), ServiceDependency("pay"))),
        Service("cart", "Cart", depends_on=(ServiceDependency("db"),)),
        Service("pay", "Pay"),
        Service("db", "Database"),
    ]
)


def test_the_service_below_all_that_alert_comes_first() -> None:
    found = root_candidates({"shop": 100.0, "cart": 110.0, "db": 120.0}, TOPOLOGY)
    assert [candidate.service for candidate in found] == ["db", "shop", "cart"]
    assert found[0].reasons[0].code == "root_upstream_quiet"
    assert found[1].reasons[0].values["on"] == "cart, db"


def test_the_earlier_of_two_comes_first_when_neither_needs_the_other() -> None:
    found = root_candidates({"pay": 130.0, "db": 120.0}, TOPOLOGY)
    assert [(c.service, c.score) for c in found] == [("db", 1.0), ("pay", pytest.approx(0.625))]


def test_an_unknown_change_scales_the_rest_up_and_a_known_one_counts() -> None:
    onsets = {"pay": 130.0, "db": 120.0}
    unknown = {c.service: c.score for c in root_candidates(onsets, TOPOLOGY)}
    known = {c.service: c.score for c in root_candidates(onsets, TOPOLOGY, {"pay": True})}
    assert known["db"] == unknown["db"]
    assert known["pay"] == pytest.approx(0.5 + 0.2)


def test_services_that_need_each_other_are_ranked_by_earliness() -> None:
    loop = Topology(
        [
            Service("a", "A", depends_on=(ServiceDependency("b"),)),
            Service("b", "B", depends_on=(ServiceDependency("a"),)),
        ]
    )
    assert [c.service for c in root_candidates({"a": 5.0, "b": 1.0}, loop)] == ["b", "a"]


def test_a_single_service_is_its_own_root() -> None:
    (only,) = root_candidates({"nobody-knows": 5.0}, TOPOLOGY)
    assert only.score == 1.0
