from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Misconfigured
from hub.linking.confidence import confidence, noisy_or
from hub.linking.services import Catalogue
from hub.model.links import Evidence
from hub.model.ops import Service, ServiceDependency, ServiceMatch
from hub.model.words import LinkState

SHOP_DB = Service(
    "shop-db",
    "Shop database",
    tier=1,
    aliases=("shopdb",),
    match=ServiceMatch(
        labels={"job": ("mysql", "mariadb")}, hosts=("db-0*",), host_groups=("erp-*",)
    ),
)
STORAGE = Service("storage", "Storage", match=ServiceMatch(hosts=("db-01", "nas")))


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.build([SHOP_DB, STORAGE])


@pytest.mark.parametrize(
    ("strengths", "together"), [((0.60, 0.50, 0.25), 0.85), ((0.60, 0.30), 0.72)]
)
def test_strengths_of_different_families_combine_by_noisy_or(
    strengths: tuple[float, ...], together: float
) -> None:
    assert noisy_or(strengths) == pytest.approx(together)


def test_only_the_strongest_of_a_family_counts() -> None:
    pieces = [Evidence("k", "ci", strength, "r") for strength in (0.6, 0.5)]
    assert confidence(pieces) == 0.6


@given(st.lists(st.floats(0, 1), max_size=8))
def test_confidence_never_reaches_one(strengths: list[float]) -> None:
    assert 0.0 <= noisy_or(strengths) <= 0.99


@pytest.mark.parametrize("name", ["shop-db", "shopdb", "Shop-DB "])
def test_a_label_equal_to_a_ref_or_alias_links(catalogue: Catalogue, name: str) -> None:
    found = catalogue.resolve({"service": name})
    assert (found.service, found.confidence, found.state) == ("shop-db", 0.9, LinkState.LINKED)
    assert [reason.code for reason in found.reasons] == ["service_by_label_exact"]


def test_a_host_of_no_rule_is_named_where_nothing_is_known_and_changes_nothing_else(
    catalogue: Catalogue,
) -> None:
    known = catalogue.resolve({"service": "shop-db"}, host="web-07")
    assert known == catalogue.resolve({"service": "shop-db"})
    for host in ("web-07", "web-08", None):
        unknown = catalogue.resolve({"service": "?"}, host=host)
        assert unknown.reasons[0].values == {"hint": "?", "host": host}
    assert catalogue.resolve({"service": "?"}, host="db-02").service == "shop-db"


def test_what_the_mapping_calls_the_service_counts_like_a_label(catalogue: Catalogue) -> None:
    assert catalogue.resolve({}, hint="shopdb").service == "shop-db"


def test_a_display_name_only_suggests(catalogue: Catalogue) -> None:
    found = catalogue.resolve({"service": "shop database"})
    assert (found.service, found.state) == ("shop-db", LinkState.SUGGESTED)


def test_an_admins_rule_is_stronger_than_a_label(catalogue: Catalogue) -> None:
    assert catalogue.resolve({"job": "mariadb"}).confidence == 0.98
    assert catalogue.resolve({"job": "MariaDB"}).service is None


def test_every_label_of_a_rule_must_match() -> None:
    both = ServiceMatch(labels={"job": ("mysql",), "zone": ("a", "b")})
    catalogue = Catalogue.build([replace(SHOP_DB, match=both)])
    assert catalogue.resolve({"job": "mysql"}).service is None
    assert catalogue.resolve({"job": "mysql", "zone": "b"}).service == "shop-db"


def test_a_host_with_one_service_links_and_with_two_is_ambiguous(catalogue: Catalogue) -> None:
    assert catalogue.resolve({}, host="DB-02").confidence == 0.85
    shared = catalogue.resolve({}, host="db-01")
    assert (shared.service, shared.ambiguous) == (None, ("shop-db", "storage"))
    assert [c.confidence for c in shared.candidates] == pytest.approx([0.425, 0.425])
    assert shared.reasons[0].code == "service_ambiguous"


def test_evidence_of_other_families_decides_between_services_of_one_host(
    catalogue: Catalogue,
) -> None:
    found = catalogue.resolve({"service": "storage"}, host="db-01")
    assert found.service == "storage"
    assert found.confidence == pytest.approx(1 - 0.1 * 0.575)


def test_a_host_group_alone_only_suggests(catalogue: Catalogue) -> None:
    found = catalogue.resolve({}, host_groups=("ERP-prod",))
    assert (found.service, found.state, found.confidence) == ("shop-db", LinkState.SUGGESTED, 0.75)


def test_weak_evidence_stays_hidden_but_can_be_asked_for() -> None:
    services = [replace(STORAGE, ref=f"s{i}", match=ServiceMatch(hosts=("h",))) for i in range(2)]
    weak = replace(SHOP_DB, match=ServiceMatch(hosts=("h",), host_groups=("g",)), aliases=())
    catalogue = Catalogue.build([*services, weak])
    found = catalogue.resolve({}, host="h")
    assert (found.service, found.state, len(found.candidates)) == (None, None, 3)


def test_nothing_known_is_unknown_and_says_what_was_looked_for(catalogue: Catalogue) -> None:
    found = catalogue.resolve({"service": "mystery"}, host="web-9")
    assert (found.service, found.confidence, found.state) == (None, 0.0, None)
    assert found.reasons[0].values == {"hint": "mystery", "host": "web-9"}


def test_a_rejection_stays_until_another_kind_of_evidence_speaks() -> None:
    catalogue = Catalogue.build([SHOP_DB, STORAGE])
    rule = catalogue.resolve({}, host="db-02").evidence[0].rule
    after = Catalogue.build([SHOP_DB, STORAGE], rejected={(rule, "shop-db")})
    refused = after.resolve({}, host="db-02")
    assert refused.service is None
    assert [reason.code for reason in refused.reasons] == ["service_unknown", "service_rejected"]
    assert after.resolve({"service": "shop-db"}, host="db-02").service == "shop-db"


def test_a_confirmation_links_what_was_only_suggested(catalogue: Catalogue) -> None:
    rule = catalogue.resolve({}, host_groups=("erp-prod",)).evidence[0].rule
    after = Catalogue.build([SHOP_DB, STORAGE], confirmed={(rule, "shop-db")})
    found = after.resolve({}, host_groups=("erp-prod",))
    assert (found.state, found.confidence) == (LinkState.LINKED, 0.99)


def test_services_of_one_name_are_told_apart_by_environment() -> None:
    prod = Service("shop-prod", "Shop", aliases=("shop",), environment="prod")
    test = Service("shop-test", "Shop", aliases=("shop",), environment="test")
    catalogue = Catalogue.build([prod, test])
    assert catalogue.resolve({"service": "shop"}, environment="Test").service == "shop-test"
    assert catalogue.resolve({"service": "shop"}).ambiguous == ("shop-prod", "shop-test")


def test_all_problems_of_a_catalogue_are_told_at_once() -> None:
    wrong = [
        Service("a", "A", aliases=("x",), depends_on=(ServiceDependency("a"),)),
        Service("b", "B", aliases=("X",), depends_on=(ServiceDependency("storrage"),)),
        Service("b", "B again", tier=9),
        Service("storage", "S", depends_on=(ServiceDependency("a", group="g", needed=2),)),
    ]
    with pytest.raises(Misconfigured) as caught:
        Catalogue.build(wrong)
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 6
    for part in (
        "'b': the ref is used 2 times",
        "'x' is a ref or alias of each",
        "'a': depends_on names the service itself",
        "is 'storage' meant?",
        "tier is 9",
        "needs 2 of group 'g', which has 1",
    ):
        assert part in told


def test_a_dependency_may_be_written_by_alias() -> None:
    needing = replace(STORAGE, depends_on=(ServiceDependency("ShopDB"),))
    catalogue = Catalogue.build([SHOP_DB, needing])
    assert catalogue.services["storage"].depends_on[0].service == "shop-db"
    assert catalogue.find("SHOPDB") == "shop-db"


def test_every_value_of_a_tag_speaks_for_its_service(catalogue: Catalogue) -> None:
    alone = catalogue.resolve({}, tags={"service": ["nobody", "shopdb"], "job": ["web", "mysql"]})
    assert alone.service == "shop-db"
    assert {piece.kind for piece in alone.evidence} == {"label_exact", "admin_rule"}
    both = catalogue.resolve({}, tags={"service": ["shopdb", "storage"]})
    assert (both.service, set(both.ambiguous)) == (None, {"shop-db", "storage"})


def test_tags_that_name_no_service_change_nothing(catalogue: Catalogue) -> None:
    plain = catalogue.resolve({"service": "shop-db"})
    assert catalogue.resolve({"service": "shop-db"}, tags={"team": ["a", "b"]}) == plain
