import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.linking.impact import Topology, closure
from hub.model.ops import Service, ServiceDependency
from hub.model.words import Hardness


def topology(*edges: str) -> Topology:
    """Build from `shop>db` (needs hard), `shop~mail` (soft), `shop>web1/web:1` (1 of group web)."""
    needs: dict[str, list[ServiceDependency]] = {}
    for edge in edges:
        soft = "~" in edge
        of, on = edge.replace("~", ">").split(">")
        on, _, group = on.partition("/")
        name, _, k = group.partition(":")
        needs.setdefault(on, [])
        needs.setdefault(of, []).append(
            ServiceDependency(
                on, Hardness.SOFT if soft else Hardness.HARD, name or None, int(k) if k else None
            )
        )
    return Topology(Service(ref, ref, depends_on=tuple(found)) for ref, found in needs.items())


def values(graph: Topology, service: str, down: frozenset[str] = frozenset()) -> dict[str, float]:
    return {ref: round(impact.value, 4) for ref, impact in closure(graph, service, down).items()}


def test_impact_travels_from_what_is_needed_to_what_needs_it() -> None:
    graph = topology("shop>db", "db>storage", "shop~mail")
    assert values(graph, "storage") == {"storage": 1, "db": 0.9, "shop": 0.81}
    assert values(graph, "mail") == {"mail": 1, "shop": 0.4}
    assert values(graph, "shop") == {"shop": 1}


def test_the_strongest_path_counts_and_is_told() -> None:
    graph = topology("shop~db", "shop>api", "api>db")
    assert closure(graph, "db")["shop"].path == ("db", "api", "shop")
    assert values(graph, "db")["shop"] == 0.81


def test_impacts_below_a_tenth_are_cut() -> None:
    graph = topology("b~a", "c~b", "d~c")
    assert values(graph, "a") == {"a": 1, "b": 0.4, "c": 0.16}


def test_four_steps_are_the_limit() -> None:
    assert set(values(topology("b>a", "c>b", "d>c", "e>d", "f>e"), "a")) == set("abcde")


def test_a_shorter_weaker_path_reaches_farther_than_a_longer_stronger_one() -> None:
    graph = topology("c~a", "b>a", "x>b", "c>x", "d>c", "e>d")
    found = values(graph, "a")
    assert found["c"] == 0.729
    assert found["e"] == pytest.approx(0.4 * 0.81)


def test_enough_healthy_members_spare_the_one_that_needs_them() -> None:
    graph = topology("shop>web1/web:1", "shop>web2/web:1")
    assert values(graph, "web1") == {"web1": 1, "shop": 0.18}
    assert values(graph, "web1", frozenset({"web2"})) == {"web1": 1, "shop": 0.9}


def test_services_that_need_each_other_do_no_harm() -> None:
    assert values(topology("a>b", "b>a"), "a") == {"a": 1, "b": 0.9}


def test_an_unknown_service_reaches_itself_only() -> None:
    assert values(topology("a>b"), "nobody") == {"nobody": 1}


EDGES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(">~"), st.sampled_from("abcdef")).filter(
        lambda edge: edge[0] != edge[2]
    ),
    max_size=14,
    unique_by=lambda edge: (edge[0], edge[2]),
)


@given(EDGES)
def test_every_value_is_the_best_product_over_paths_of_at_most_four_steps(
    edges: list[tuple[str, str, str]],
) -> None:
    weight = {(on, of): 0.9 if kind == ">" else 0.4 for of, kind, on in edges}
    best = {"a": 1.0}
    for _ in range(4):
        reached = dict(best)
        for (on, of), factor in weight.items():
            if best.get(on, 0.0) * factor >= 0.1 - 1e-9:
                reached[of] = max(reached.get(of, 0.0), best[on] * factor)
        best = reached
    found = closure(topology(*("".join(edge) for edge in edges)), "a")
    assert {ref: impact.value for ref, impact in found.items()} == pytest.approx(best)
