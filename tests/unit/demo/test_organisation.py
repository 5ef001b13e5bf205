"""The sample folder fits together, and nothing in it names a real person."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from deploy.demo.demo import remove
from deploy.demo.organisation import SECRET, prepare
from hub.app.sample.catalogue import services
from hub.app.sample.plan import KEY, ROWS

TODAY = date(2026, 11, 23)


def test_every_dependency_is_a_service_of_the_catalogue() -> None:
    known = {service["ref"] for service in services()}
    needed = {need["service"] for item in services() for need in item.get("depends_on", ())}
    assert needed <= known
    assert len(known) == 18


def test_there_are_a_soft_dependency_and_a_group_of_which_one_is_enough() -> None:
    needs = [need for item in services() for need in item.get("depends_on", ())]
    assert any(need["hardness"] == "soft" for need in needs)
    group = [need for need in needs if need.get("group") == "cache"]
    assert len(group) == 2
    assert {need["needed"] for need in group} == {1}


def test_every_delivery_names_one_milestone_of_the_plan() -> None:
    titles = Counter(row.title for row in ROWS if row.milestone)
    deliveries = [edge for item in services() for edge in item.get("delivers", ())]
    assert deliveries
    assert {edge["project"] for edge in deliveries} == {KEY}
    assert all(titles[edge["milestone"]] == 1 for edge in deliveries)
    assert {edge["role"] for edge in deliveries} == {"delivers", "uses", "environment_for"}


def test_a_label_or_host_finds_one_service_only() -> None:
    labels = Counter(name for item in services() for name in item["match"]["labels"]["service"])
    hosts = Counter(name for item in services() for name in item["match"]["hosts"])
    assert max(labels.values()) == max(hosts.values()) == 1


def test_the_settings_name_files_that_are_there(tmp_path: Path) -> None:
    prepare(tmp_path, TODAY)
    settings = yaml.safe_load((tmp_path / "milepost.yaml").read_text())
    assert set(settings["connectors"]) == {"am-main", "plan-office"}
    assert (tmp_path / settings["services"]).is_file()
    assert (tmp_path / settings["connectors"]["plan-office"]["path"]).is_file()
    assert settings["connectors"]["am-main"]["webhook_secret"] == f"file:{SECRET}"
    assert (tmp_path / SECRET).stat().st_mode & 0o077 == 0


def test_two_demos_have_two_secrets(tmp_path: Path) -> None:
    for name in ("one", "two"):
        prepare(tmp_path / name, TODAY)
    assert (tmp_path / "one" / SECRET).read_text() != (tmp_path / "two" / SECRET).read_text()


def test_what_somebody_changed_is_kept_and_the_plan_follows_the_day(tmp_path: Path) -> None:
    assert prepare(tmp_path, TODAY)
    before = (tmp_path / "plans" / "office.xml").read_bytes()
    (tmp_path / "services.yaml").write_text("services: []\n")
    assert not prepare(tmp_path, TODAY)
    assert (tmp_path / "plans" / "office.xml").read_bytes() == before
    assert prepare(tmp_path, date(2026, 12, 1))
    assert (tmp_path / "plans" / "office.xml").read_bytes() != before
    assert (tmp_path / "services.yaml").read_text() == "services: []\n"


def test_only_a_demo_is_removed(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SystemExit, match="holds no demo"):
        remove(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
    prepare(tmp_path / "demo", TODAY)
    remove(tmp_path / "demo")
    assert not (tmp_path / "demo").exists()
