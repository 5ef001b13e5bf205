import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.lab.ports import greets, responds
from deploy.lab.processes import House

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


def lab(command: str, folder: Path, root: Path) -> object:
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
    assert isinstance(up, dict)
    assert lab("up", folder, pytestconfig.rootpath) == up
    assert all(responds(port(url), "/-/ready") for url in [up["prometheus"], *up["alertmanagers"]])
    assert greets(port(up["rabbitmq"]), b"AMQP\x00\x00\x09\x01", b"\x01")
    lab("down", folder, pytestconfig.rootpath)
    assert House(folder).servers() == {}
    with pytest.raises(ConnectionRefusedError):
        responds(port(up["prometheus"]), "/-/ready")
