"""OpenSLO v1 documents: what is read, and what is refused by name."""

import re
from datetime import timedelta
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Misconfigured
from hub.objectives import Query, load

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata:
  name: shop-availability
  annotations: {milepost/min-events: "100"}
spec:
  service: shop
  indicator:
    metadata: {name: shop-requests}
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource: {type: Prometheus, spec: {query: 'http_requests_total{code=~"5.."}'}}
        total:
          metricSource: {type: Prometheus, spec: {query: http_requests_total}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
"""
SLI = """
apiVersion: openslo/v1
kind: SLI
metadata: {name: shop-requests}
spec:
  ratioMetric:
    counter: false
    good: {metricSource: {metricSourceRef: prom, spec: {query: good}}}
    total: {metricSource: {metricSourceRef: prom, spec: {query: all}}}
---
"""


def faults(text: str) -> str:
    with pytest.raises(Misconfigured) as refusal:
        load(text, name="slo.yaml")
    return "\n".join(refusal.value.problems)


def test_an_slo_is_read_in_full() -> None:
    (found,) = load(SLO, name="slo.yaml")
    assert (found.name, found.service) == ("shop-availability", "shop")
    assert found.objective.target == Fraction("0.999")
    assert found.objective.period == timedelta(days=30)
    assert found.objective.min_events == 100
    assert not found.indicator.is_good
    assert found.indicator.total == Query("http_requests_total", counter=True, source="Prometheus")


def test_an_indicator_may_stand_by_itself_and_count_what_is_good() -> None:
    head, _, rest = SLO.partition("  indicator:")
    slo = head + "  indicatorRef: shop-requests\n" + rest[rest.index("  timeWindow") :]
    (found,) = load(SLI + slo, name="slo.yaml")
    assert found.indicator.is_good
    assert found.indicator.part == Query("good", counter=False, source="prom")
    assert "indicatorRef: 'shop-requests' is not in this file" in faults(slo)


def test_several_objectives_are_told_apart() -> None:
    more = "objectives: [{targetPercent: 99.9, displayName: fast}, {target: 0.5}]"
    found = load(SLO.replace("objectives: [{target: 0.999}]", more), name="slo.yaml")
    assert [one.name for one in found] == ["shop-availability/fast", "shop-availability/1"]
    assert found[0].objective.target == Fraction("0.999")


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("target: 0.999", "target: 1", "100 % can only be missed"),
        ("target: 0.999", "targetPercent: 100", "100 % can only be missed"),
        ("target: 0.999", "target: often", "is no number"),
        ("target: 0.999", "displayName: x", "write target: 0.999"),
        ("Occurrences", "Timeslices", "is Timeslices; only Occurrences is read"),
        ("isRolling: true", "isRolling: false", "only isRolling: true is read"),
        ("30d", "1M", "write [{duration: 30d, isRolling: true}]"),
        ("counter: true", "counter: maybe", "counter: is missing; write true or false"),
        ("        bad:", "        worse:", "needs good or bad"),
        ("query: http_requests_total", "query: ''", "total.metricSource.spec.query: is missing"),
        ("ratioMetric", "thresholdMetric", "is no ratio of events"),
        ('"100"', '"-1"', "is no number above 0"),
        ("openslo/v1", "openslo/v2alpha", "is not of apiVersion openslo/v1"),
        ("kind: SLO", "kind: Service", "holds no SLO"),
        ("  service: shop\n", "", "spec.service: is missing; name a service"),
        ("query: http_requests_total", "query: sum(http_total)", "write a bare selector, like"),
        ("query: http_requests_total", "query: 'rate(http_total[5m])'", "sum(increase("),
        ("metadata:", "metadata: [", "is not YAML"),
    ],
)
def test_what_is_not_read_is_refused_with_its_place_and_remedy(
    written: str, instead: str, fault: str
) -> None:
    assert written in SLO
    said = faults(SLO.replace(written, instead))
    assert fault in said
    assert re.match(r"slo\.yaml:\d+: ", said)


def test_each_fault_names_its_line() -> None:
    said = faults(SLO.replace("0.999", "1") + "---" + SLO.replace("Occurrences", "Timeslices"))
    first, second = said.splitlines()
    lines = (SLO + "---" + SLO).splitlines()
    assert first.startswith("slo.yaml:20: shop-availability.spec.objectives[0].target: ")
    assert "objectives" in lines[19]
    assert second.startswith("slo.yaml:39: shop-availability.spec.budgetingMethod: ")
    assert "budgetingMethod" in lines[38]


def test_the_faults_of_all_slos_are_told_at_once() -> None:
    one = SLO.replace("0.999", "1")
    other = SLO.replace("shop-av", "pay-av").replace("Occurrences", "Timeslices")
    assert len(faults(one + "---" + other).splitlines()) == 2


@given(st.text(max_size=200))
def test_no_text_is_more_than_refused(text: str) -> None:
    with pytest.raises(Misconfigured):
        load(text, name="slo.yaml")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(
    st.sampled_from(["timeWindow", "indicator", "objectives", "budgetingMethod", "indicatorRef"]),
    values,
)
def test_no_value_is_more_than_refused(key: str, value: object) -> None:
    document = yaml.safe_load(SLO)
    document["spec"].pop("indicator" if key == "indicatorRef" else key)
    document["spec"][key] = value
    document["metadata"]["name"] = value
    assert faults(yaml.safe_dump(document))


@pytest.mark.parametrize("target", ["1e999999999", "1e-999999999", "[1]", "true", "1/2", "nan"])
def test_a_target_that_is_no_plain_number_is_refused(target: str) -> None:
    assert "is no number" in faults(SLO.replace("0.999", target))
