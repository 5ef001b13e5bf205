"""Links: four types, lags of every kind, and ends that are not there."""

import re

import pytest

from connectors.msproject.parse.circles import cycles
from hub.errors import Anomalous, Unmappable
from hub.mapping import apply
from hub.model.words import DependencyType, LagKind
from tests.connectors.msproject import plans
from tests.connectors.msproject.plans import Plan

FS, SS, FF, SF = DependencyType.FS, DependencyType.SS, DependencyType.FF, DependencyType.SF


@pytest.fixture(scope="module")
def links() -> Plan:
    return plans.fixture("links.xml")


@pytest.mark.parametrize(
    ("key", "kind", "lag", "counted"),
    [
        ("1>2#1", FS, 0, LagKind.WORKING),
        ("1>3#1", SS, 480, LagKind.WORKING),
        ("3>4#1", FF, -960, LagKind.WORKING),
        ("4>5#1", SF, 50, LagKind.PERCENT),
        ("5>6#1", FS, 1440, LagKind.ELAPSED),
        ("6>7#1", FS, 25, LagKind.PERCENT),
        ("7>8#1", FS, 480.5, LagKind.WORKING),
        ("8>9#2", SS, 0, LagKind.WORKING),
    ],
)
def test_type_and_lag_are_exact(
    links: Plan, key: str, kind: DependencyType, lag: float, counted: LagKind
) -> None:
    document = plans.documents()["dependency"]
    (record,) = (record for record in links.records if record.key == key)
    values = apply(document, record).values
    assert (values["type"], values["lag"], values["lag_kind"]) == (kind, lag, counted)
    assert f"{values['predecessor']}>{values['successor']}" == key.partition("#")[0]


def test_an_unknown_type_is_refused_not_guessed(links: Plan) -> None:
    (strange,) = (record for record in links.records if record.key == "9>10#1")
    with pytest.raises(Unmappable, match="type"):
        apply(plans.documents()["dependency"], strange)
    assert links.notes("warnings") == {"link_repeated": 1, "link_type_unknown": 1}


def test_what_a_lag_lost_is_listed(links: Plan) -> None:
    assert links.notes("losses") == {"elapsed_percent_lag": 1, "lag_format_unknown": 1}


def test_links_are_counted_by_type(links: Plan) -> None:
    counts = {name: links.summary[f"dep_{name}"] for name in ("FS", "SS", "FF", "SF")}
    assert counts == {"FS": 5, "SS": 2, "FF": 1, "SF": 1}
    assert links.summary["dependencies"] == 10
    assert links.summary["deps_with_lag"] == 6


def test_a_link_is_no_part_of_its_task(links: Plan) -> None:
    assert all("PredecessorLink" not in task for task in links.of("task").values())


def test_a_link_to_another_project_is_kept_by_name() -> None:
    plan = plans.fixture("cross-project-link.xml")
    (key,) = plan.of("dependency")
    assert key == "C:\\plans\\network.mpp\\12>1#1"
    values = plan.mapped("dependency")[key]
    assert (values["external"], values["predecessor"]) == ("C:\\plans\\network.mpp", "12")
    assert plan.notes("losses") == {"external_link": 1}


def test_links_to_the_project_row_or_to_nothing_are_left_out_and_told() -> None:
    plan = plans.fixture("dangling-links.xml")
    assert list(plan.of("dependency")) == ["4>3#1"]
    assert plan.notes("warnings") == {"link_to_project_row": 1, "link_to_unknown_task": 1}
    assert plan.summary["dependencies"] == 1


def test_a_circle_is_named_and_not_fatal() -> None:
    plan = plans.fixture("cycle.xml")
    assert len(plan.of("dependency")) == 5
    assert plan.notes("warnings") == {"cycle": 2}
    assert plan.summary["warnings"][0]["example"] == "1 > 2 > 3 > 1"


@pytest.mark.slow
def test_a_long_chain_has_no_circle_and_needs_no_deep_stack() -> None:
    chain = {str(n): {str(n - 1)} for n in range(1, 100_000)}
    assert list(cycles(chain)) == []


def test_a_task_behind_a_circle_is_not_on_it() -> None:
    assert list(cycles({"2": {"3"}, "3": {"2"}, "1": {"2"}, "0": {"1"}})) == [["2", "3", "2"]]


@pytest.mark.parametrize("form", ["7", "8", "19", "20"])
@pytest.mark.parametrize("lag", ["1000000000000", "-1000000000000", "1e30"])
def test_a_lag_longer_than_any_plan_is_refused_by_its_place(lag: str, form: str) -> None:
    data = (plans.FIXTURES / "links.xml").read_bytes()
    lags = rb"<LinkLag>[^<]*</LinkLag>\s*<LagFormat>[^<]*</LagFormat>"
    odd = f"<LinkLag>{lag}</LinkLag><LagFormat>{form}</LagFormat>".encode()
    with pytest.raises(Anomalous, match=r"\d+>\d+#\d+: LinkLag -?1e\+\d+ is more than"):
        plans.content(re.sub(lags, odd, data, count=1))
