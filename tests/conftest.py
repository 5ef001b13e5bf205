"""Fixtures and rules for every test: what it needs, and that it talks to loopback only."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from deploy.lab.fixtures import (
    alertmanager,
    alertmanager_pair,
    corner,
    corner7,
    gauge,
    lab,
    need_system,
    node_exporter,
    postgres,
    postgres_server,
    prometheus,
    prometheus_with_rule,
    rabbitmq,
    rabbitmq_server,
    redis_server,
    sink,
    zabbix,
    zabbix7,
)
from tests.figures import figures

# Pytest finds fixtures by their names in this module.
__all__ = [
    "alertmanager",
    "alertmanager_pair",
    "corner",
    "corner7",
    "figures",
    "gauge",
    "lab",
    "node_exporter",
    "postgres",
    "postgres_server",
    "prometheus",
    "prometheus_with_rule",
    "rabbitmq",
    "rabbitmq_server",
    "redis_server",
    "sink",
    "zabbix",
    "zabbix7",
]

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = Path(os.environ.get("MILEPOST_REFERENCE") or ROOT / ".." / "shared").resolve()

# No test asserts a time: on a busy machine a slow example is not a wrong one.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, by name, what cannot run here; with CI=true a missing program is a failure."""
    if item.get_closest_marker("needs_reference") and not REFERENCE.is_dir():
        pytest.skip(f"the reference folder {REFERENCE} is absent (set MILEPOST_REFERENCE)")
    for mark in item.iter_markers("needs_system"):
        for name in mark.args:
            need_system(name)


class _ByFile(LoadFileScheduling):  # type: ignore[misc]  # its package ships no types
    """Give each file to one process, and all that ask Zabbix, which starts slowly, to one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "zabbix" if "zabbix" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    """Share the tests out over the processes."""
    return _ByFile(config, log)


@pytest.fixture(scope="session")
def reference() -> Path:
    """Return the reference folder."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the reference folder {REFERENCE} is absent (set MILEPOST_REFERENCE)")
    return REFERENCE


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    yield
    patch.undo()


def _guarded(method: Any) -> Any:
    def guarded(self: socket.socket, *args: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(args[-1][0]):
            raise PermissionError(f"tests talk to loopback only, not to {args[-1]!r}")
        return method(self, *args)

    return guarded


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
