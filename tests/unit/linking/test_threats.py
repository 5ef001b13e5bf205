from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.linking.impact import Topology
from hub.linking.threats import Delivers, Hit, Target, exposures
from hub.model.links import Reason
from hub.model.ops import Service, ServiceDependency
from hub.model.words import DeliveryRole, Hardness, Severity

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GO_LIVE = Target(
    "plan:milestone:ERP/9",
    "ERP go-live",
    UTC,
    due=datetime(2026, 3, 5, 17, 0),  # noqa: DTZ001 - wall-clock, as a plan has it
    float_days=0.0,
)
TOPOLOGY = Topology(
    [
        Service("disk", "Disk", tier=3),
        Service("db", "Database", tier=2, depends_on=(ServiceDependency("disk"),)),
        Service(
            "shop",
            "Shop",
            tier=1,
            depends_on=(ServiceDependency("db"), ServiceDependency("mail", Hardness.SOFT)),
        ),
        Service("mail", "Mail", tier=4),
    ]
)
ON_DISK = Hit("hub:incident:1", Severity.CRITICAL, {"disk": 0.9})
SHOP_DELIVERS = Delivers("shop", GO_LIVE.ref)
MILESTONES = {GO_LIVE.ref: GO_LIVE}


def test_an_incident_hurts_the_milestones_that_depend_on_it_by_the_whole_chain() -> None:
    (found,) = exposures(ON_DISK, TOPOLOGY, [SHOP_DELIVERS], MILESTONES, now=NOW)
    assert found.milestone == GO_LIVE.ref
    assert found.factors["L"] == pytest.approx(0.9 * 0.81)
    assert (found.factors["C"], found.factors["n"], found.factors["days"]) == (1.0, 3, 3)
    expected = 100 * 0.729 * (0.45 + 0.35 * 0.8071 + 0.20 * 0.4893)
    assert found.value == pytest.approx(expected, abs=0.05)
    hops = [(hop.source, hop.target, hop.reason.code) for hop in found.route]
    assert hops == [
        ("hub:incident:1", "disk", "incident_affects"),
        ("disk", "db", "depends_hard"),
        ("db", "shop", "depends_hard"),
        ("shop", GO_LIVE.ref, "milestone_delivers"),
    ]
    assert [hop.confidence for hop in found.route] == [0.9, 0.9, 0.9, 1.0]


def test_the_strongest_route_counts() -> None:
    hit = replace(ON_DISK, services={"mail": 1.0, "db": 0.8})
    (found,) = exposures(hit, TOPOLOGY, [SHOP_DELIVERS], MILESTONES, now=NOW)
    assert found.route[0].target == "db"
    assert found.factors["L"] == pytest.approx(0.8 * 0.9)


def test_the_role_of_a_service_weakens_the_link() -> None:
    uses = replace(SHOP_DELIVERS, role=DeliveryRole.USES, confidence=0.5)
    (found,) = exposures(ON_DISK, TOPOLOGY, [uses], MILESTONES, now=NOW)
    assert found.factors["L"] == pytest.approx(0.9 * 0.81 * 0.5 * 0.5)
    assert found.route[-1].reason.code == "milestone_uses"


def test_a_milestone_that_nothing_reaches_is_not_listed() -> None:
    beside = replace(ON_DISK, services={"mail": 1.0})
    below = Delivers("disk", GO_LIVE.ref)
    assert exposures(beside, TOPOLOGY, [below], MILESTONES, now=NOW) == ()
    unmapped = replace(ON_DISK, services={})
    assert exposures(unmapped, TOPOLOGY, [SHOP_DELIVERS], MILESTONES, now=NOW) == ()


def test_a_reached_milestone_is_not_exposed_and_says_why() -> None:
    done = {GO_LIVE.ref: replace(GO_LIVE, achieved=True)}
    (found,) = exposures(ON_DISK, TOPOLOGY, [SHOP_DELIVERS], done, now=NOW)
    assert found.value == 0
    assert [reason.code for reason in found.reasons] == ["milestone_achieved"]


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        (GO_LIVE, ["float_none", "milestone_due_in"]),
        (replace(GO_LIVE, float_days=12.0), ["float_left", "milestone_due_in"]),
        (replace(GO_LIVE, float_days=None, due=None), ["float_unknown", "due_unknown"]),
        (replace(GO_LIVE, due=NOW.date().replace(day=1)), ["float_none", "milestone_overdue"]),
    ],
)
def test_what_was_compared_is_told(target: Target, codes: list[str]) -> None:
    (found,) = exposures(ON_DISK, TOPOLOGY, [SHOP_DELIVERS], {target.ref: target}, now=NOW)
    assert [reason.code for reason in found.reasons] == ["exposure_route", *codes]


def test_an_unknown_severity_is_flagged() -> None:
    hit = replace(ON_DISK, severity=Severity.UNKNOWN)
    (found,) = exposures(hit, TOPOLOGY, [SHOP_DELIVERS], MILESTONES, now=NOW)
    assert "severity_unknown" in [reason.code for reason in found.reasons]


def test_exposure_fades_after_the_mitigation_and_says_so() -> None:
    hit = replace(ON_DISK, mitigated_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    (faded,) = exposures(hit, TOPOLOGY, [SHOP_DELIVERS], MILESTONES, now=NOW)
    assert faded.factors["A"] == pytest.approx(0.3679, abs=1e-4)
    assert faded.reasons[-1].code == "mitigated"


def test_why_a_service_is_linked_is_told_on_the_first_hop() -> None:
    why = Reason("service_by_label_exact", {"service": "disk"})
    hit = replace(ON_DISK, why={"disk": why})
    (found,) = exposures(hit, TOPOLOGY, [SHOP_DELIVERS], MILESTONES, now=NOW)
    assert found.route[0].reason is why


def test_the_most_exposed_milestone_comes_first() -> None:
    later = replace(GO_LIVE, ref="plan:milestone:ERP/10", float_days=30.0)
    both = [Delivers("shop", later.ref), SHOP_DELIVERS]
    found = exposures(ON_DISK, TOPOLOGY, both, {**MILESTONES, later.ref: later}, now=NOW)
    assert [exposure.milestone for exposure in found] == [GO_LIVE.ref, later.ref]
