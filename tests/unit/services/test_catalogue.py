"""`services.yaml`: what it says, and every fault with its line."""

from dataclasses import replace

import pytest

from hub.errors import Misconfigured
from hub.model.ops import Delivery, Metric, Service, ServiceDependency, ServiceMatch
from hub.model.words import DeliveryRole, Hardness, Signal, Unit
from hub.services.catalogue import load, loose_ends
from hub.services.catalogue.binding import MilestoneFacts

WHOLE = """\
services:
  - ref: shop-db
    name: Shop database
    tier: 1
    aliases: [shopdb]
    match: {labels: {service: [shop-db]}, hosts: ["db-0*"], host_groups: ["erp-*"]}
    depends_on: [{service: storage, hardness: soft, group: disks, needed: 1}]
    delivers: [{project: ERP, milestone: "ERP go-live", role: environment_for}]
    system: shop
    owner: dba
    runbook_url: https://runbooks.example/shop-db
    environment: prod
  - ref: storage
"""


def faults(text: str) -> list[str]:
    """Return the faults without the file's name."""
    with pytest.raises(Misconfigured) as caught:
        load(text, name="services.yaml")
    assert all(line.startswith("services.yaml:") for line in caught.value.problems)
    return [line.removeprefix("services.yaml:") for line in caught.value.problems]


def test_everything_that_can_be_written_is_read() -> None:
    assert load(WHOLE, name="services.yaml") == (
        Service(
            ref="shop-db",
            name="Shop database",
            tier=1,
            aliases=("shopdb",),
            match=ServiceMatch({"service": ("shop-db",)}, ("db-0*",), ("erp-*",)),
            depends_on=(ServiceDependency("storage", Hardness.SOFT, "disks", 1),),
            delivers=(Delivery("ERP", "ERP go-live", DeliveryRole.ENVIRONMENT_FOR),),
            system="shop",
            owner="dba",
            runbook_url="https://runbooks.example/shop-db",
            environment="prod",
        ),
        Service(ref="storage", name="storage", tier=3),
    )


@pytest.mark.parametrize("text", ["services: []\n", "services:\n"])
def test_a_catalogue_may_be_empty(text: str) -> None:
    assert load(text, name="services.yaml") == ()


def test_words_that_yaml_takes_for_values_stay_text() -> None:
    text = "services:\n  - {ref: no, name: 2024-01-05, owner: on, aliases: [1.0, 012]}\n"
    (service,) = load(text, name="services.yaml")
    assert (service.ref, service.name, service.owner) == ("no", "2024-01-05", "on")
    assert service.aliases == ("1.0", "012")


def test_all_faults_come_at_once_from_the_top_down_each_with_its_line() -> None:
    text = """\
services:
  - ref: shop-db
    teir: 1
    tier: 9
    match: {labels: [service], host: [a]}
  - name: nameless
  - ref: web
    depends_on: [{service: shop-db, hardness: hardly}]
    delivers: [{project: ERP, role: deliver}]
    aliases: shop
"""
    found = faults(text)
    assert [(int(line.split(":")[0]), line.split(": ")[1]) for line in found] == [
        (3, "services[0].teir"),
        (4, "services.shop-db.tier"),
        (5, "services.shop-db.match.host"),
        (5, "services.shop-db.match.labels"),
        (6, "services[1].ref"),
        (8, "services.web.depends_on[0].hardness"),
        (9, "services.web.delivers[0].role"),
        (9, "services.web.delivers[0].milestone"),
        (10, "services.web.aliases"),
    ]
    assert "did you mean tier?" in found[0]
    assert "'9' is not a number from 1 to 4" in found[1]
    assert "did you mean hard?" in found[5]
    assert "did you mean delivers?" in found[6]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1: document: is empty"),
        ("- ref: a\n", "1: document: is not a set of names"),
        ("services: shop\n", "1: services: is not a list"),
        ("service: []\n", "1: document.service: is not known; did you mean services?"),
        ("services:\n  - shop\n", "2: services[0]: is not a set of names"),
        ("services:\n  - {ref: [a]}\n", "2: services[0].ref: is not text"),
        ("services:\n  - {ref: a\n", "3: document: is not YAML"),
        ("services:\n  - {ref: a, ref: b}\n", "2: services.ref: stands already on line 2"),
    ],
)
def test_a_document_of_another_form_is_refused(text: str, fault: str) -> None:
    assert any(line.startswith(fault) for line in faults(text)), faults(text)


CHAIN = """\
services:
  - ref: db
  - ref: web
    depends_on:
      - {service: db}
      - {service: db}
  - ref: mail
    depends_on: [{service: dbb}]
"""


def test_a_fault_of_a_service_stands_on_its_own_line_and_not_on_one_that_it_names() -> None:
    (found,) = faults(CHAIN)
    assert found.startswith("3: services: service 'web': depends_on names 'db' more than once")


HALF = """\
services:
  - ref: mail
    depends_on: [{service: storage}, {service: mial}]
    delivers:
      - {project: ERP, milestone: "Go-live"}
      - {project: erp, milestone: Handover}
  - ref: web
    depends_on: [{service: Storage}]
"""


def test_what_is_only_needed_is_a_service_of_that_name() -> None:
    refs = [service.ref for service in load(HALF, name="services.yaml")]
    assert refs == ["mail", "web", "storage", "mial"]


def test_names_that_lead_nowhere_are_told_with_their_lines() -> None:
    plan = [MilestoneFacts("p:milestone:ERP/1", "go-live", "p:project:ERP", "ERP", None, False, 1)]
    found = loose_ends(HALF, plan, name="services.yaml")
    assert [line.split(": ")[:2] for line in found] == [
        ["services.yaml:2", "services"],
        ["services.yaml:2", "services"],
        ["services.yaml:6", "services.mail.delivers"],
        ["services.yaml:7", "services"],
    ]
    assert "'storage', which is not in the catalogue; add that service" in found[0]
    assert "is 'mail' meant?" in found[1]
    assert "'Handover' of project 'erp' does not exist; import that plan" in found[2]


def test_a_ref_that_is_used_twice_is_refused() -> None:
    text = "services:\n  - ref: db\n  - ref: db\n"
    (found,) = faults(text)
    assert "'db': the ref is used 2 times; give each service its own" in found


TWO_KINDS = """\
services:
  - ref: mail
    teir: 2
    depends_on: [{service: mial}, {hardness: hard}]
    delivers: [{project: ERP, milestone: Handover}, {project: ERP}]
  - ref: web
    tier: 9
  - ref: web
"""


def test_a_fault_of_shape_hides_no_other_fault() -> None:
    told = "\n".join(faults(TWO_KINDS))
    for words in ("teir", "depends_on[1].service: is missing", "'9' is not", "'web': the ref is"):
        assert words in told
    found = "\n".join(loose_ends(TWO_KINDS, (), name="services.yaml"))
    assert "services.yaml:2: services: service 'mail': depends_on names 'mial'" in found
    assert "services.yaml:5: services.mail.delivers: milestone 'Handover'" in found
    assert "''" not in found


def test_beside_an_entry_without_a_ref_no_service_is_called_missing() -> None:
    text = "services:\n  - {nmae: shop}\n  - {ref: web, depends_on: [{service: shop}]}\n"
    assert loose_ends(text, (), name="services.yaml") == ()


METRICS = """\
metrics:
  availability: {connector: am-main, query: 'up{service="$service"}'}
  latency: {connector: am-main, query: lag}
services:
  - ref: 'shop "1"'
    metrics:
      latency:
      saturation: {connector: am-other, query: full, unit: bytes}
  - {ref: mail, depends_on: [{service: named-only}]}
"""


def test_metrics_hold_for_all_services_until_one_says_another_or_none() -> None:
    shop, mail, named_only = load(METRICS, name="services.yaml")
    up = Metric(Signal.AVAILABILITY, "am-main", 'up{service="shop \\"1\\""}', Unit.RATIO)
    full = Metric(Signal.SATURATION, "am-other", "full", Unit.BYTES)
    assert shop.metrics == (up, full)
    lag = Metric(Signal.LATENCY, "am-main", "lag", Unit.SECONDS)
    assert mail.metrics == (replace(up, query='up{service="mail"}'), lag)
    assert named_only.metrics == ()


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("speed: {connector: a, query: b}", "5: services.shop.metrics.speed: is not known"),
        ("latency: {connector: a}", "5: services.shop.metrics.latency.query: is missing"),
        ("latency: {query: a}", "5: services.shop.metrics.latency.connector: is missing"),
        ("latency: {connector: a, query: b, unit: miles}", "metrics.latency.unit: 'miles'"),
        ("latency: fast", "5: services.shop.metrics.latency: is not a set of names"),
    ],
)
def test_a_faulty_metric_is_told_with_its_line(written: str, fault: str) -> None:
    said = faults(f"services:\n  - ref: shop\n    tier: 1\n    metrics:\n      {written}\n")
    assert any(fault in line for line in said), said


def test_a_metric_of_a_connector_that_nobody_knows_is_a_loose_end() -> None:
    said = loose_ends(METRICS, (), name="s.yaml", measurers=["am-main"])
    (line,) = [line for line in said if "connector" in line]
    assert line.startswith('s.yaml:8: services.shop "1".metrics.saturation.connector: ')
    assert "'am-other' is no connector that answers queries; use one of am-main" in line
    assert not any("connector" in line for line in loose_ends(METRICS, (), name="s.yaml"))
