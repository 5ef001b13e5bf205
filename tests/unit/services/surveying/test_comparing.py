"""What a tool knows, held against a catalogue: bound, claimed, lost, touched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from hub.contract import Survey
from hub.contract.surveying import Agreed, Host, Need, Part, Window
from hub.model.ops import Service, ServiceDependency, ServiceMatch
from hub.services.surveying import compared
from hub.services.surveying.comparing import Claim, Standing
from hub.services.surveying.told import snippet

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SHOP = Service("shop", "Web shop", aliases=("webshop",))
DATABASE = Service(
    "shop-db", "Shop database", match=ServiceMatch({"team": ("dba",)}, ("db-0*",), ("erp/*",))
)
STORAGE = Service("storage", "Storage")
CATALOGUE = {one.ref: one for one in (SHOP, DATABASE, STORAGE)}


def host(key: str, name: str, *groups: str, **tags: str) -> Host:
    return Host(key, name, name.title(), groups, {tag: (value,) for tag, value in tags.items()})


def part(key: str, name: str, *needs: str, any_of: bool = False, **tags: str) -> Part:
    told = {tag: (value,) for tag, value in tags.items()}
    return Part(key, name, told, tuple(Need(one, any_of) for one in needs))


def needing(service: Service, *needs: str) -> dict[str, Service]:
    wanted = tuple(ServiceDependency(one) for one in needs)
    return {**CATALOGUE, service.ref: replace(service, depends_on=wanted)}


@pytest.mark.parametrize(
    "owned",
    [
        host("1", "db-01"),
        host("1", "DB-02"),
        host("1", "x", "erp/databases"),
        host("1", "x", team="dba"),
        host("1", "x", service="WebShop"),
    ],
)
def test_a_host_is_bound_by_name_group_or_tag(owned: Host) -> None:
    found = compared(Survey(hosts=(owned,)), CATALOGUE)
    assert (found.bound, found.unbound) == (1, ())


def test_groups_of_hosts_that_nobody_owns_are_counted_the_largest_first() -> None:
    hosts = (host("1", "a", "old", "all"), host("2", "b", "all"), host("3", "db-01", "all"))
    found = compared(Survey(hosts=hosts), CATALOGUE)
    assert [one.name for one in found.unbound] == ["a", "b"]
    assert found.groups == (("all", 2), ("old", 1))


def test_a_part_is_a_service_by_its_tags_before_its_name() -> None:
    parts = (part("1", "Web shop", "2"), part("2", "Web shop", service="storage"))
    (claim,) = compared(Survey(parts=parts), CATALOGUE).claims
    assert (claim.service, claim.needs) == ("shop", "storage")


def test_what_is_no_service_of_ours_is_looked_through_and_named() -> None:
    parts = (part("1", "webshop", "2"), part("2", "Databases", "3"), part("3", "shop-db"))
    found = compared(Survey(parts=parts), CATALOGUE)
    (claim,) = found.claims
    assert claim == Claim("shop", "shop-db", Standing.NEW, ("webshop", "Databases", "shop-db"))
    assert found.lost == ("Databases",)


def test_what_may_be_two_services_is_none() -> None:
    both = {**CATALOGUE, "shop2": Service("shop2", "Web shop")}
    parts = (part("1", "Web shop", "2"), part("2", "storage"))
    found = compared(Survey(parts=parts), both)
    assert (found.claims, found.lost) == ((), ("Web shop",))


@pytest.mark.parametrize(
    ("catalogue", "standing"),
    [
        (CATALOGUE, Standing.NEW),
        (needing(SHOP, "shop-db"), Standing.KNOWN),
        (needing(DATABASE, "shop"), Standing.OPPOSITE),
        ({**needing(SHOP, "storage"), "storage": replace(
            STORAGE, depends_on=(ServiceDependency("shop-db"),))}, Standing.INDIRECT),
    ],
)  # fmt: skip
def test_a_claim_says_what_the_catalogue_has(
    catalogue: dict[str, Service], standing: Standing
) -> None:
    parts = (part("1", "shop", "2"), part("2", "shop-db"))
    (claim,) = compared(Survey(parts=parts), catalogue).claims
    assert claim.standing is standing


def test_a_tree_with_a_ring_in_it_comes_to_an_end() -> None:
    parts = (part("1", "shop", "2"), part("2", "Between", "1", "2", "3"), part("3", "storage"))
    (claim,) = compared(Survey(parts=parts), CATALOGUE).claims
    assert claim.needs == "storage"


def test_one_child_is_enough_where_the_tool_says_so() -> None:
    parts = (
        part("1", "shop", "2", "3", any_of=True), part("2", "shop-db"), part("3", "storage"),
    )  # fmt: skip
    claims = compared(Survey(parts=parts), CATALOGUE).claims
    assert {one.any_of for one in claims} == {"shop"}
    (entry,) = yaml.safe_load(snippet(claims))["services"]
    assert sorted(entry["depends_on"], key=lambda one: one["service"]) == [
        {"service": "shop-db", "hardness": "hard", "group": "shop", "needed": 1},
        {"service": "storage", "hardness": "hard", "group": "shop", "needed": 1},
    ]


def test_only_what_is_new_is_offered_for_the_catalogue() -> None:
    parts = (part("1", "shop", "2", "3"), part("2", "shop-db"), part("3", "storage"))
    claims = compared(Survey(parts=parts), needing(SHOP, "shop-db")).claims
    assert yaml.safe_load(snippet(claims)) == {
        "services": [{"ref": "shop", "depends_on": [{"service": "storage", "hardness": "hard"}]}]
    }
    assert snippet(one for one in claims if one.standing is Standing.KNOWN) == ""


def test_an_agreement_is_one_of_the_service_and_says_when_nothing_is_known() -> None:
    agreed = Agreed("Gold", 0.999, ("1", "2"), {"1": 0.998})
    parts = (part("1", "shop"), part("2", "storage"), part("3", "shop-db"))
    found = compared(Survey(parts=parts, agreed=(agreed,)), CATALOGUE).promises
    assert [(one.service, one.reached) for one in found] == [("shop", 0.998), ("storage", None)]


def test_a_maintenance_names_the_services_that_it_touches() -> None:
    hosts = (host("1", "db-01"), host("2", "x", service="shop"), host("3", "y"))
    later, now = (
        Window(name, NOW + delay, NOW + timedelta(hours=9), frozenset(keys))
        for name, delay, keys in (("b", timedelta(hours=1), "12"), ("a", timedelta(0), "39"))
    )
    found = compared(Survey(hosts=hosts, windows=(later, now)), CATALOGUE).windows
    assert [(one.window.name, one.services, one.hosts) for one in found] == [
        ("a", (), ("9", "y")),
        ("b", ("shop", "shop-db"), ("db-01", "x")),
    ]
