import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

# Reserved for documentation by RFC 5737: nobody answers there.
ELSEWHERE = ("192.0.2.1", 9)


def test_a_connection_to_elsewhere_is_refused_before_it_leaves() -> None:
    with socket.socket() as plug, pytest.raises(PermissionError, match="loopback only"):
        plug.connect(ELSEWHERE)


async def test_asyncio_cannot_leave_the_machine_either() -> None:
    with pytest.raises(PermissionError, match="loopback only"):
        await asyncio.open_connection(*ELSEWHERE)


def test_a_datagram_to_elsewhere_is_refused() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as plug,
        pytest.raises(PermissionError, match="loopback only"),
    ):
        plug.sendto(b"hello", ELSEWHERE)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


RULES = """
import pytest

@pytest.mark.needs_system("no-such-program")
def test_with_a_program(): ...

@pytest.mark.needs_reference
def test_with_the_reference(): ...

def test_with_the_fixture(reference): ...
"""


def run(folder: Path, root: Path, **environment: str) -> str:
    """Run RULES under a copy of the project's conftest, in a process of its own."""
    folder.joinpath("conftest.py").write_text((root / "tests/conftest.py").read_text())
    folder.joinpath("test_probe.py").write_text(RULES)
    folder.joinpath("pytest.ini").write_text(
        "[pytest]\nmarkers =\n needs_system\n needs_reference\nasyncio_mode = auto\n"
    )
    absent = {"MILEPOST_REFERENCE": "/no/such/folder", "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-rsE", "-p", "no:cacheprovider", folder],
        env={**os.environ, **absent, **environment},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.mark.slow
def test_what_is_absent_is_skipped_by_name(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    said = run(tmp_path, pytestconfig.rootpath, CI="")
    assert "3 skipped" in said
    assert "no-such-program is not installed" in said
    assert "reference folder /no/such/folder is absent" in said


@pytest.mark.slow
def test_on_ci_a_missing_program_is_a_failure(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    said = run(tmp_path, pytestconfig.rootpath, CI="true")
    assert "no-such-program is not installed, and CI=true" in said
    assert "2 skipped, 1 error" in said
