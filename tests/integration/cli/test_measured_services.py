"""`milepost check` on the queries and the SLOs of services: each fault with file and line."""

import pytest

from tests.integration.cli.folder import Folder

pytestmark = pytest.mark.slow

SETTINGS = """\
connectors:
  am-main: {type: prometheus, prometheus_url: "http://127.0.0.1:9"}
  am-blind: {type: prometheus}
"""
SERVICES = """\
metrics:
  latency: {connector: am-blind, query: 'lag{service="$service"}'}
services:
  - ref: shop
    metrics:
      availability: {connector: am-mian, query: up}
"""
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop-answers}
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Prometheus, spec: {query: good_total}}}
        total: {metricSource: {type: Prometheus, spec: {query: all_total}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""


def test_what_no_connector_answers_is_told_with_its_line(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    folder.write("services.yaml", SERVICES)
    said = folder.run("check", status=1).err
    assert "services.yaml:2: metrics.latency.connector: 'am-blind' is no connector" in said
    place = "services.yaml:6: services.shop.metrics.availability.connector"
    assert f"{place}: 'am-mian' is no connector that answers queries; did you mean am-main?" in said
    assert "2 fault(s)" in said


def test_the_slos_of_the_folder_are_checked_with_their_lines(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    folder.write("services.yaml", "services: [{ref: shop}]\n")
    folder.write("slos/answers.yaml", SLO)
    assert "SLOs are sound" in folder.run("check").out
    folder.write(
        "slos/answers.yaml", SLO.replace("0.99", "1").replace("service: shop", "service: shp")
    )
    said = folder.run("check", status=1).err
    assert "answers.yaml:14: shop-answers.spec.objectives[0].target: leaves no budget" in said
    folder.write("slos/answers.yaml", SLO.replace("service: shop", "service: shp"))
    folder.write("slos/again.yaml", SLO.replace("type: Prometheus", "metricSourceRef: am-blind"))
    said = folder.run("check", status=1).err
    assert "answers.yaml:1: shop-answers.spec.service: 'shp' is not in the service" in said
    assert "did you mean shop?" in said
    assert "answers.yaml:1: shop-answers: stands in again.yaml already" in said
    assert "again.yaml:1: shop-answers.metricSourceRef: 'am-blind' is no connector" in said


def test_a_document_whose_file_is_gone_is_retired(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    folder.write("services.yaml", "services: [{ref: shop}]\n")
    path = folder.write("slos/answers.yaml", SLO)
    assert "answers: applied as version 1" in folder.run("check", "--apply").out
    path.unlink()
    assert "answers: retired; its file is gone" in folder.run("check", "--apply").out
    folder.write("slos/answers.yaml", SLO)
    assert "answers: applied" in folder.run("check", "--apply").out
