import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.lab.everything import left_out
from deploy.lab.ports import greets, responds, until
from deploy.lab.processes import House
from deploy.lab.zabbix_api import Api
from deploy.lab_with_hub import settings, welcome, write
from hub.app.hub import own_documents
from hub.app.settings import load

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs_system("postgres", "prometheus", "alertmanager", "rabbitmq"),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: PostgreSQL's own account cannot get into that when we are root.
    with tempfile.TemporaryDirectory(prefix="milepost-lab-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        House(path).stop_all()


def lab(command: str, folder: Path, root: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.lab", command, folder],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def port(address: str) -> int:
    return int(address.rpartition(":")[2].partition("/")[0])


def test_up_prints_addresses_that_answer_and_down_leaves_nothing(
    folder: Path, pytestconfig: pytest.Config
) -> None:
    up = lab("up", folder, pytestconfig.rootpath)
    assert lab("up", folder, pytestconfig.rootpath) == up
    assert all(responds(port(url), "/-/ready") for url in [up["prometheus"], *up["alertmanagers"]])
    assert greets(port(up["rabbitmq"]), b"AMQP\x00\x00\x09\x01", b"\x01")
    assert all(makes_a_problem(one) for one in up["zabbix"])
    said = "\n".join(welcome(up, {"listening": "http://127.0.0.1:1"}))
    assert all(one["url"] in said and one["example"] in said for one in up["zabbix"])
    lab("down", folder, pytestconfig.rootpath)
    assert House(folder).servers() == {}
    with pytest.raises(ConnectionRefusedError):
        responds(port(up["prometheus"]), "/-/ready")


def makes_a_problem(zabbix: dict[str, str]) -> bool:
    """Run the printed command; look with the token that the hub is given."""
    subprocess.run(shlex.split(zabbix["example"]), check=True, stdout=subprocess.DEVNULL)
    hub = Api(port(zabbix["url"]), zabbix["release"], zabbix["token"])
    until(lambda: len(hub("problem.get", {})) == 1, lambda: True, seconds=20)
    return True


ADDRESSES = {
    "postgres": "postgresql://lab@127.0.0.1:20001/postgres",
    "rabbitmq": "amqp://lab:lab@127.0.0.1:20002//",
    "prometheus": "http://127.0.0.1:20003",
    "alertmanagers": ["http://127.0.0.1:20004"],
    "zabbix": [
        {
            "connector": "zbx-main",
            "release": "6.0",
            "url": "http://127.0.0.1:20005",
            "user": "Admin",
            "password": "zabbix",
            "token": "0" * 64,
            "example": "zabbix_sender -z 127.0.0.1 -p 20006 -s shop-db-01 -k db.connections -o 97",
        }
    ],
    "left_out": [],
}


def test_the_hub_takes_the_settings_that_the_lab_writes(tmp_path: Path) -> None:
    write(tmp_path, settings(ADDRESSES, "s" * 24))
    loaded = load(tmp_path / "milepost.yaml")
    assert set(loaded.connectors) >= {"am-main", "zbx-main"}
    documents, faults = own_documents(loaded)
    assert faults == ()
    assert [(kind, name) for kind, name, _ in documents] == [
        ("services", "services"), ("slo", "shop"),
    ]  # fmt: skip
    assert (tmp_path / "milepost.yaml").stat().st_mode & 0o077 == 0


def test_what_is_not_installed_is_left_out_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.lab.everything.find", lambda name: None if "zabbix" in name else 1)
    assert [line.split()[0] for line in left_out()] == ["zabbix", "zabbix-7.0"]
