"""What services deliver is bound to the milestones that the plans have, or told as unbound."""

from hub.model.ops import Delivery, Service
from hub.model.words import DeliveryRole
from hub.services.catalogue import Binding, Unbound, bind
from hub.services.catalogue.binding import MilestoneFacts

ERP, OFFICE = "plan-erp:project:ERP", "file:project:Office"


def milestone(key: str, title: str, project: str = ERP) -> MilestoneFacts:
    connector, _, project_key = project.split(":")
    return MilestoneFacts(
        ref=f"{connector}:milestone:{project_key}/{key}",
        title=title,
        project=project,
        project_key=project_key,
        due=None,
        achieved=False,
        float_days=None,
    )


def delivers(*entries: tuple[str, str], ref: str = "shop-db") -> Service:
    return Service(ref=ref, name=ref, delivers=tuple(Delivery(*entry) for entry in entries))


GO_LIVE = milestone("7", "ERP go-live")
PLAN = (GO_LIVE, milestone("8", "Cut-over"), milestone("7", "ERP go-live", OFFICE))


def test_a_milestone_is_found_by_project_key_and_title_without_case_and_outer_space() -> None:
    bound, unbound = bind([delivers((" erp", "erp GO-live "))], PLAN)
    assert bound == (Binding("shop-db", GO_LIVE.ref, DeliveryRole.DELIVERS),)
    assert unbound == ()


def test_a_milestone_is_found_by_the_projects_ref_and_by_its_own() -> None:
    for project in ("ERP", ERP):
        for title in ("ERP go-live", GO_LIVE.ref):
            bound, unbound = bind([delivers((project, title))], PLAN)
            assert ([b.milestone for b in bound], unbound) == ([GO_LIVE.ref], ())


def test_the_role_is_kept() -> None:
    service = Service("web", "web", delivers=(Delivery("ERP", "Cut-over", DeliveryRole.USES),))
    (bound,), _ = bind([service], PLAN)
    assert bound.role is DeliveryRole.USES


def test_a_milestone_that_does_not_exist_is_told_and_never_a_silent_miss() -> None:
    bound, (unbound,) = bind([delivers(("ERP", "ERP go-life"))], PLAN)
    assert bound == ()
    assert unbound == Unbound("shop-db", "ERP", "ERP go-life", ())
    assert unbound.fault() == (
        "services.shop-db.delivers",
        "milestone 'ERP go-life' of project 'ERP' does not exist",
        "import that plan, or correct the title",
    )


def test_a_title_of_another_project_does_not_count() -> None:
    bound, unbound = bind([delivers(("Office", "Cut-over"), ("Shop", "Cut-over"))], PLAN)
    assert bound == ()
    assert [entry.found for entry in unbound] == [(), ()]


def test_two_milestones_of_one_title_bind_neither_and_are_named() -> None:
    twin = milestone("9", "erp go-live")
    bound, (unbound,) = bind([delivers(("ERP", "ERP go-live"))], (*PLAN, twin))
    assert bound == ()
    assert unbound.found == (GO_LIVE.ref, twin.ref)
    _, what, remedy = unbound.fault()
    assert what.endswith("is there 2 times")
    assert remedy == f"write one of these refs instead: {GO_LIVE.ref}, {twin.ref}"
    (found,), _ = bind([delivers(("ERP", twin.ref))], (*PLAN, twin))
    assert found.milestone == twin.ref


def test_two_projects_of_one_key_are_told_apart_by_their_refs() -> None:
    other = milestone("7", "ERP go-live", "file:project:erp")
    _, (unbound,) = bind([delivers(("ERP", "ERP go-live"))], (*PLAN, other))
    assert unbound.found == (GO_LIVE.ref, other.ref)
    (found,), _ = bind([delivers(("file:project:erp", "ERP go-live"))], (*PLAN, other))
    assert found.milestone == other.ref


def test_one_bad_entry_does_not_cost_the_good_ones() -> None:
    services = [delivers(("ERP", "nothing"), ("ERP", "Cut-over")), delivers(ref="empty")]
    bound, unbound = bind(services, PLAN)
    assert (len(bound), len(unbound)) == (1, 1)


def test_a_milestone_whose_title_is_its_ref_is_one_milestone() -> None:
    odd = milestone("5", "plan-erp:milestone:ERP/5")
    (found,), unbound = bind([delivers(("ERP", odd.ref))], (odd,))
    assert (found.milestone, unbound) == (odd.ref, ())
