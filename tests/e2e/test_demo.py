"""`make demo` from outside: the sample plan and the sample alerts meet in the hub."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
MILEPOST = Path(sys.executable).parent / "milepost"
ACCEPTANCE = "初验 Preliminary acceptance"
PATIENCE = 60


class Demo:
    """A running demo, asked through its API."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "deploy.demo", "--folder", str(folder), "--speed", "40"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self.process.stdout is not None
        said = next(line for line in self.process.stdout if "sample organisation" in line)
        self.address = said.split()[-1]
        self.token = self.run("token", "create", "--role", "viewer", "--json")["token"]

    def run(self, *command: str) -> Any:
        files = [
            "--config",
            str(self.folder / "milepost.yaml"),
            "--data",
            str(self.folder / "data"),
        ]
        ran = subprocess.run(
            [MILEPOST, *command, *files], capture_output=True, check=True, text=True, timeout=60
        )
        return json.loads(ran.stdout)

    def get(self, path: str) -> Any:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}"}
        connection.request("GET", f"/api/v1{path}", headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status == HTTPStatus.OK, content
        return json.loads(content)

    def until(self, path: str, good: Callable[[Any], object]) -> Any:
        """Ask until the answer is good; the story takes some seconds at this speed."""
        end, items = time.monotonic() + PATIENCE, []
        while time.monotonic() < end:
            items = self.get(path)["items"]
            if found := [item for item in items if good(item)]:
                return found[0]
            time.sleep(0.2)
        pytest.fail(f"{path} never held it; last: {json.dumps(items, ensure_ascii=False)[:2000]}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo") / "folder")
    yield running
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(PATIENCE) == 0
    assert running.process.stdout is not None
    running.process.stdout.close()


@pytest.mark.slow
def test_the_plan_is_there_with_its_earned_value(demo: Demo) -> None:
    project = demo.until("/projects", lambda item: "OFFICE" in item["ref"])
    value = demo.get(f"/projects/{quote(project['ref'], safe='')}/evm")
    text = json.dumps(value)
    for number in ("12000000", "9000000", "11000000", "20000000"):
        assert number in text, text


@pytest.mark.slow
def test_the_acceptance_has_moved_because_a_task_takes_longer_and_somebody_answers(
    demo: Demo,
) -> None:
    acceptance = demo.until(
        "/milestones", lambda item: item["title"] == ACCEPTANCE and item["moved"] is not None
    )
    [cause] = acceptance["moved"]["causes"]
    assert acceptance["moved"]["days"] > 0
    assert (cause["code"], cause["values"]["days"]) == ("task_longer", 2)
    assert "数据库 DBA" in cause["owners"]


@pytest.mark.slow
def test_the_database_incident_hurts_the_acceptance_and_says_why(demo: Demo) -> None:
    incident = demo.until(
        "/incidents",
        lambda item: any(hurt["title"] == ACCEPTANCE for hurt in item["milestones"]),
    )
    hurt = next(hurt for hurt in incident["milestones"] if hurt["title"] == ACCEPTANCE)
    assert hurt["exposure"] > 0
    assert hurt["reasons"]


@pytest.mark.slow
def test_an_alert_of_nobody_is_shown_too(demo: Demo) -> None:
    alert = demo.until("/alerts", lambda item: item["labels"]["alertname"].startswith("Cert"))
    assert alert["service"] is None


@pytest.mark.slow
def test_every_demo_entity_comes_from_the_two_connectors(demo: Demo) -> None:
    demo.until("/alerts", lambda _: True)
    for kind in ("projects", "milestones", "tasks", "alerts"):
        refs = [item["ref"] for item in demo.get(f"/{kind}?limit=100")["items"]]
        assert refs
        assert {ref.split(":")[0] for ref in refs} <= {"am-main", "plan-office"}, kind


@pytest.mark.slow
def test_two_children_are_ended_with_the_demo(tmp_path: Path) -> None:
    mine = tmp_path / "folder"
    demo = Demo(mine)
    children = psutil.Process(demo.process.pid).children()
    assert len(children) == 2
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(PATIENCE) == 0
    assert demo.process.stdout is not None
    demo.process.stdout.close()
    assert not [child for child in children if child.is_running()]
