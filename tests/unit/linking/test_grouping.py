import random
from collections import Counter
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.linking.grouping import Window
from hub.linking.impact import Topology
from hub.linking.kinship import Kind, Policy
from hub.linking.signals import Placement, Signal, fixed_window, signal_of
from hub.model.ops import Alert, Service, ServiceDependency
from hub.model.words import AlertStatus, Severity
from tests.unit.linking.test_episodes import NOON


def needs(ref: str, *others: str) -> Service:
    return Service(ref, ref, depends_on=tuple(map(ServiceDependency, others)))


TOPOLOGY = Topology(
    [needs("web", "api"), needs("api", "db"), needs("db", "disk"), needs("disk"), needs("crm")]
)
SHOP = ("web", "api", "db", "disk")


def signal(
    alert: str,
    onset: float,
    service: str | None = None,
    *,
    host: str | None = None,
    hint: str | None = None,
    system: str | None = None,
    environment: str | None = None,
    name: str = "Slow",
    uncertainty: float = 0.0,
) -> Signal:
    kind = Kind(service, hint, host, system, environment, name)
    return Signal(alert, onset, kind, uncertainty)


def window(*members: tuple[int, Signal]) -> Window:
    made = Window(TOPOLOGY)
    made.load(members)
    return made


def codes(placement: Placement) -> list[str]:
    return [reason.code for reason in placement.reasons]


def taken(*signals: Signal, into: Window | None = None) -> list[int]:
    """Place and add signals as they come; return the incident of each."""
    made, numbers = into or window(), count(1)
    found = []
    for one in signals:
        number = made.place(one).incident or next(numbers)
        made.add(number, one)
        found.append(number)
    return found


def test_the_first_alert_asks_for_a_new_incident() -> None:
    placed = window().place(signal("a", 0, "web"))
    assert (placed.incident, placed.possibly_same, codes(placed)) == (None, None, ["group_new"])


def test_an_alert_of_a_service_that_is_needed_joins_and_says_why() -> None:
    placed = window((7, signal("a", 0, "web"))).place(signal("b", 40, "db", name="Full"))
    assert placed.incident == 7
    assert placed.components == {"T": pytest.approx(0.7165, abs=1e-4), "G": 0.36, "L": 0.0}
    assert placed.score == pytest.approx(0.5 * 0.7165 + 0.4 * 0.36, abs=1e-4)
    assert placed.reasons[0].values == {"seconds": 40, "T": 0.72}
    assert placed.reasons[1].values == {"service": "web", "on": "db", "hops": 2}
    assert not placed.suggested


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        (signal("a", 0, "web"), signal("b", 9, "web"), "group_same_service"),
        (signal("a", 0, "web", host="h"), signal("b", 9, "crm", host="h"), "group_same_host"),
        (signal("a", 0, "web", system="s"), signal("b", 9, "crm", system="s"), "group_same_system"),
        (signal("a", 0, "disk"), signal("b", 9, "web"), "group_dependency"),
        (signal("a", 0, hint="x"), signal("b", 9, hint="x"), "group_same_hint"),
        (signal("a", 0, hint="x", host="h"), signal("b", 9, "web", host="h"), "group_same_host"),
    ],
)
def test_kin_meet_in_one_incident(one: Signal, other: Signal, code: str) -> None:
    placed = window((1, one)).place(other)
    assert placed.incident == 1
    assert code in codes(placed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (signal("a", 0, "web"), signal("b", 0, "crm")),
        (signal("a", 0, "web", system="s"), signal("b", 0, "crm", system="t")),
        (signal("a", 0, hint="x"), signal("b", 0, hint="y")),
        (signal("a", 0, hint="web"), signal("b", 0, "web")),
        (signal("a", 0), signal("b", 0)),
        (signal("a", 0, "web", environment="prod"), signal("b", 0, "web", environment="test")),
        (
            signal("a", 0, "web", host="h", environment="prod"),
            signal("b", 0, "api", host="h", environment="test"),
        ),
    ],
)
def test_strangers_never_meet_however_close_in_time(one: Signal, other: Signal) -> None:
    assert window((1, one)).place(other).incident is None


def test_where_no_system_is_told_what_one_service_needs_is_its_system() -> None:
    topology = Topology([needs("shop", "pay", "mail"), needs("pay"), needs("mail")])
    made = Window(topology)
    made.add(1, signal("a", 0, "pay"))
    placed = made.place(signal("b", 9, "mail"))
    assert placed.incident == 1
    assert placed.reasons[1].values == {"system": "shop"}
    made.add(2, signal("c", 500, "pay", system="money"))
    assert made.place(signal("d", 509, "mail", system="post")).incident is None


def test_needing_the_same_service_alone_makes_no_kin() -> None:
    made = Window(Topology([needs("shop", "disk"), needs("crm", "disk"), needs("disk")]))
    made.add(1, signal("a", 0, "shop"))
    assert made.place(signal("b", 9, "crm")).incident is None


def test_the_nearest_members_decide_not_the_mean_of_all() -> None:
    crowd = [(1, signal(f"a{i}", i, "disk")) for i in range(10)]
    placed = window(*crowd, (2, signal("z", 5, "crm"))).place(signal("b", 12, "web"))
    assert placed.incident == 1


def test_the_better_of_two_incidents_is_joined() -> None:
    two = window((1, signal("a", 0, "disk", system="s")), (2, signal("b", 0, "web", system="s")))
    assert two.place(signal("c", 5, "web", system="s")).incident == 2


def test_the_centre_of_a_star_keeps_its_kin_when_many_others_came_since() -> None:
    star = Topology([needs("db"), *(needs(f"app{i}", "db") for i in range(40))])
    made = Window(star)
    made.add(1, signal("centre", 0, "db"))
    for i in range(30):
        made.add(1, signal(f"a{i}", 1 + i, f"app{i}"))
    assert made.place(signal("late", 40, "app39")).incident == 1


def test_a_young_incident_waits_for_stragglers() -> None:
    young = window((1, signal("a", 0, "web")))
    assert young.place(signal("b", 180, "web")).incident == 1
    assert young.place(signal("b", 181, "web")).incident is None


def test_in_an_old_incident_a_burst_after_a_silence_is_a_new_fault() -> None:
    old = window(*((1, signal(f"a{at}", at, "web")) for at in range(0, 601, 60)))
    assert old.place(signal("b", 660, "web")).incident == 1
    placed = old.place(signal("b", 661, "web"))
    assert (placed.incident, placed.possibly_same) == (None, 1)
    assert placed.reasons[0].code == "group_new_burst"
    assert placed.reasons[0].values["bears_seconds"] == 60


def test_no_incident_spans_more_than_the_cap() -> None:
    long = window(*((1, signal(f"a{at}", at, "web")) for at in range(896)))
    assert long.place(signal("b", 895.5, "web")).incident == 1
    placed = long.place(signal("b", 901, "web"))
    assert (placed.incident, codes(placed)) == (None, ["group_new_span"])


def test_an_alert_that_comes_again_rejoins_its_incident() -> None:
    made = window((1, signal("a", 0, "disk", system="s")), (2, signal("b", 50, "web", system="s")))
    placed = made.place(signal("a", 60, "web", system="s"))
    assert (placed.incident, codes(placed)) == (1, ["group_same_alert"])


def test_an_alert_that_comes_again_much_later_is_a_new_fault() -> None:
    assert window((1, signal("a", 0, "web"))).place(signal("a", 2000, "web")).incident is None


def test_what_barely_joins_is_only_suggested() -> None:
    far = window((1, signal("a", 0, "disk", name="Full")))
    placed = far.place(signal("b", 105, "web", name="Slow"))
    assert placed.incident == 1
    assert 0.25 <= placed.score < 0.30
    assert placed.suggested
    assert codes(placed)[-1] == "group_weak"


def test_kin_that_are_too_unlike_stay_apart() -> None:
    far = window((1, signal("a", 0, "disk", name="Full")))
    placed = far.place(signal("b", 150, "web", name="Slow"))
    assert (placed.incident, codes(placed)) == (None, ["group_new_unlike"])
    assert placed.possibly_same == 1


def test_a_missing_name_leaves_its_weight_to_the_rest() -> None:
    placed = window((1, signal("a", 0, "web"))).place(signal("b", 0, "api", name=""))
    assert placed.score == pytest.approx((0.5 + 0.4 * 0.6) / 0.9)
    assert set(placed.components) == {"T", "G"}


def test_the_quick_way_and_the_long_way_of_scoring_agree() -> None:
    crowd = [
        (1, signal(f"a{i}", i * 7, SHOP[i % 4], host=f"h{i}", name=f"n{i % 3}")) for i in range(30)
    ]
    for onset in (100, 200, 230):
        plain = window(*crowd).place(signal("b", onset, "api", name="n1"))
        # One member of no kin without a name sends every comparison the long way.
        odd = window(*crowd[:-1], (1, signal("odd", 0, "crm", name="")), crowd[-1])
        assert odd.place(signal("b", onset, "api", name="n1")).score == pytest.approx(plain.score)


def test_an_uncertain_onset_may_join_what_began_later() -> None:
    later = window((1, signal("a", 1000, "web")))
    assert later.place(signal("b", 500, "web")).incident is None
    placed = later.place(signal("b", 500, "web", uncertainty=400))
    assert (placed.incident, placed.suggested) == (1, True)
    assert codes(placed)[-1] == "group_onset_uncertain"
    assert later.place(signal("b", 500, "web", uncertainty=300)).incident is None


def test_an_uncertain_member_does_not_stretch_the_incident() -> None:
    later = window((1, signal("a", 1000, "web")))
    later.add(1, signal("b", 500, "web", uncertainty=600))
    assert later.place(signal("c", 600, "web")).incident is None


def test_late_onsets_are_settled_as_if_they_had_come_in_order() -> None:
    onsets = (0, 140, 280, 900, 1000)
    in_order = [signal(str(onset), onset, "web") for onset in onsets]
    late = [in_order[i] for i in (3, 0, 2, 4, 1)]
    made, numbers = window(), count(1)
    where = {}
    for one in late:
        number = made.place(one).incident or next(numbers)
        made.add(number, one)
        where[one.alert] = number
    assert where["0"] != where["280"]
    before = made.disturbed
    changed = made.regroup(lambda: next(numbers))
    where |= {move.signal.alert: move.target for move in changed.moves}
    assert where["0"] == where["140"] == where["280"] != where["900"] == where["1000"]
    assert len(changed.absorbed) == 1
    assert (before, made.disturbed) == (True, False)
    assert made.regroup(lambda: next(numbers)).moves == ()


def test_what_a_person_arranged_is_not_moved() -> None:
    made = window((1, signal("a", 0, "web")), (2, signal("b", 340, "web")))
    made.keep(2)
    made.add(1, signal("c", 170, "web"))
    made.add(3, signal("d", 1000, "web"))
    made.add(1, signal("e", 100, "web"))
    moved = {move.signal.alert for move in made.regroup(lambda: 9).moves}
    assert "b" not in moved
    assert made.place(signal("f", 345, "web")).incident == 2


def test_what_is_forgotten_is_joined_no_more() -> None:
    made = window((1, signal("a", 0, "web")), (2, signal("b", 500, "web")))
    made.forget(100)
    assert made.place(signal("a", 10, "web")).incident is None
    assert made.place(signal("c", 510, "web")).incident == 2


def test_a_window_of_raw_labels_that_never_repeat_stays_usable() -> None:
    made = window((1, signal("keep", 30_000, "web")))
    for i in range(20_001):
        made.add(2 + i, signal(f"a{i}", i, hint=f"pod-{i}"))
    made.forget(29_000)
    assert made.place(signal("b", 30_001, "db")).incident == 1
    assert made.place(signal("c", 30_001, hint="pod-7")).incident is None


def test_a_storm_becomes_one_incident_and_the_fault_elsewhere_another() -> None:
    apps = [f"app{i}" for i in range(40)]
    topology = Topology([needs("db"), *(needs(app, "db") for app in apps), needs("network")])
    storm = [signal("db", 0, "db", name="DbDown")]
    storm += [signal(f"s{i}", 1 + i * 0.09, apps[i % 40], name=f"rule{i % 7}") for i in range(2000)]
    elsewhere = [signal(f"n{i}", i * 20, "network", name="LinkDown") for i in range(9)]
    both = sorted((*storm, *elsewhere), key=lambda one: one.onset)
    found = taken(*both, into=Window(topology))
    by_fault = Counter((one.alert[0] == "n", n) for one, n in zip(both, found, strict=True))
    assert sorted(by_fault.values()) == [9, 2001]


def test_an_incident_that_a_person_joined_over_days_still_takes_alerts() -> None:
    made = window((1, signal("a", 0, "web")), (1, signal("b", 400_000, "web")))
    assert made.place(signal("c", 200_000, "web")).incident == 1
    assert made.place(signal("d", 400_000, "web")).incident == 1
    assert made.place(signal("e", 400_500, "web")).incident is None


def test_the_baseline_opens_a_window_at_its_first_signal() -> None:
    onsets = (0, 299, 300, 700, 601)
    signals = [signal(str(onset), onset) for onset in onsets]
    assert fixed_window(signals, 5) == [0, 0, 1, 2, 2]


def test_the_signal_of_an_alert_begins_where_its_fault_may_have_begun() -> None:
    alert = Alert(
        "am:alert:1",
        "am",
        "1",
        "Disk full",
        AlertStatus.FIRING,
        Severity.HIGH,
        NOON,
        labels={"alertname": "DiskFull"},
        service_hint="raw",
        host="db-01",
        environment="prod",
        onset_uncertainty_seconds=300,
    )
    found = signal_of(alert, service="db", system="shop")
    assert found.onset == NOON.timestamp() - 300
    assert found.uncertainty == 300
    assert found.kind == Kind("db", "raw", "db-01", "shop", "prod", "DiskFull")


def test_the_cap_is_a_quarter_of_an_hour_unless_configured() -> None:
    assert Policy().cap == 900
    short = Window(TOPOLOGY, Policy(cap=300))
    for at in range(0, 301, 10):
        short.add(1, signal(f"a{at}", at, "web"))
    assert short.place(signal("b", 305, "web")).incident is None


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 120).map(lambda n: n * 20.0), st.sampled_from([*SHOP, "crm"])),
    min_size=1,
    max_size=25,
)


@given(ARRIVALS, st.randoms(use_true_random=False))
def test_any_order_of_arrival_is_settled_into_the_same_incidents(
    arrivals: list[tuple[float, str]], chance: random.Random
) -> None:
    signals = [
        signal(f"{i:02}", onset, service, system="s")
        for i, (onset, service) in enumerate(sorted(arrivals))
    ]
    shuffled = chance.sample(signals, len(signals))
    in_order = dict(zip(signals, taken(*signals, into=strict()), strict=True))
    made, numbers = strict(), count(100)
    where = dict(zip(shuffled, taken(*shuffled, into=made), strict=True))
    where |= {move.signal: move.target for move in made.regroup(lambda: next(numbers)).moves}
    pairs = {(in_order[one], where[one]) for one in signals}
    assert len(pairs) == len(set(in_order.values())) == len(set(where.values()))


def strict() -> Window:
    """Make a window that takes no disorder for jitter."""
    return Window(TOPOLOGY, Policy(jitter=0.0))


@pytest.mark.parametrize("environment", ["prod", None])
def test_incidents_of_other_environments_never_crowd_out_the_right_one(
    environment: str | None,
) -> None:
    right = (1, signal("right", 0, "web", environment="prod"))
    others = [
        (n, signal(f"a{n}", n / 100, "web", environment=f"preview-{n}")) for n in range(2, 80)
    ]
    placed = window(right, *others).place(signal("b", 2, "web", environment="prod"))
    assert placed.incident == 1
    none = window((1, signal("right", 0, "web", environment=environment)))
    assert none.place(signal("b", 2, "web")).incident == 1
