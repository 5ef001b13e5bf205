"""The alert rules for the hub itself speak of metrics that the hub has."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.lab.programs import find
from hub.app.hub import Hub
from hub.app.settings import load

RULES = Path(__file__).resolve().parents[2] / "deploy" / "alerts" / "milepost.yml"
WORD = re.compile(r"\bmilepost_[a-z_]+")


def rules() -> list[dict[str, Any]]:
    groups: Any = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


async def test_every_metric_of_a_rule_is_one_of_the_hubs(tmp_path: Path) -> None:
    settings = tmp_path / "milepost.yaml"
    settings.write_text("connectors: {am: {type: prometheus, verify_tls: false}}\n")
    hub = Hub(load(settings), tmp_path / "data")
    await hub.open()
    told = (await hub.vitals.metrics()).decode()
    await hub.close()
    named = set(re.findall(r"^# TYPE (\S+) ", told, re.MULTILINE))
    asked = {word for rule in rules() for word in WORD.findall(rule["expr"])}
    assert asked
    assert asked - named == set()


def test_every_rule_says_how_bad_it_is_and_what_it_means() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "high", "average", "warning", "info"}
        assert rule["annotations"]["summary"]


@pytest.mark.needs_system("promtool")
@pytest.mark.parametrize("words", [("check", RULES.name), ("test", "milepost.test.yml")])
def test_prometheus_takes_them_and_each_fires_when_it_should(words: tuple[str, str]) -> None:
    what, file = words
    promtool = find("promtool")
    assert promtool is not None
    done = subprocess.run(
        [str(promtool), what, "rules", file],
        cwd=RULES.parent, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
