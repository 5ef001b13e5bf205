"""A real Zabbix: server, pages and JSON-RPC on free loopback ports, with a database of its own.

Its configuration is followed every second, and it speaks to nobody beyond this machine.
"""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deploy.lab import debian13, zabbix_frontend
from deploy.lab.ports import LOOPBACK, NotReady, free_ports
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.zabbix_api import ADMIN, PASSWORD, Api
from deploy.lab.zabbix_database import DATABASE, SWIFT, data_folder
from deploy.lab.zabbix_release import Release
from deploy.lab.zabbix_sender import Value, push

__all__ = ["ADMIN", "PASSWORD", "Value", "Zabbix"]

# Few processes: every one of them holds a connection to the database.
_SMALL: Final[dict[str, object]] = {
    "StartPollers": 1,
    "StartPollersUnreachable": 1,
    "StartPingers": 0,
    "StartDiscoverers": 0,
    "StartHTTPPollers": 0,
    "StartTrappers": 2,
    "StartPreprocessors": 1,
    "StartHistoryPollers": 1,
    "StartDBSyncers": 1,
    "StartAlerters": 2,
    "StartLLDProcessors": 1,
    "HousekeepingFrequency": 0,
    # With the shipped 60 s a new host would be unknown for a minute.
    "CacheUpdateFrequency": 1,
    "ServiceManagerSyncFrequency": 1,
    "FpingLocation": "/bin/true",
    "Fping6Location": "",
    "AllowRoot": 1,
}
_NEWER: Final[dict[str, object]] = {
    # The shipped value asks the vendor over the network.
    "AllowSoftwareUpdateCheck": 0,
    "StartAgentPollers": 0,
    "StartHTTPAgentPollers": 0,
    "StartSNMPPollers": 0,
    "StartODBCPollers": 0,
    "StartBrowserPollers": 0,
}
# The port answers before the server has won its pid file; these lines come after both.
_RUNS: Final = (b"configuration syncer #1]", b"trapper #1]")


@dataclass
class Zabbix:
    """One server with its pages; `start` after `stop` or `kill` finds the same data and ports.

    Shape: `extra` is added to the server's configuration, e.g. `{"StartDBSyncers": 4}` for a storm.
    """

    house: House
    name: str = "zabbix"
    release: str = "6.0"
    extra: Mapping[str, object] = field(default_factory=dict)
    workers: int = 4
    # Port 0 of the kernel would be above 32767, which Zabbix refuses.
    ports: list[int] = field(default_factory=lambda: free_ports(2))
    database: Postgres = field(init=False)
    api: Api = field(init=False)

    def __post_init__(self) -> None:
        """Name what belongs to it."""
        self.database = Postgres(self.house, f"postgres-{self.name}", options=SWIFT)
        self.api = Api(self.ports[1], self.release)

    @property
    def url(self) -> str:
        """Return the address of its pages; the JSON-RPC is at `/api_jsonrpc.php` below it."""
        return f"http://{LOOPBACK}:{self.ports[1]}"

    @property
    def trapper(self) -> tuple[str, int]:
        """Return where it takes values, as `zabbix_sender -z -p` wants it."""
        return LOOPBACK, self.ports[0]

    def start(self) -> "Zabbix":
        """Start what does not run; about a second when the cache has the loaded database.

        Raises: NotReady.
        """
        release = self._installed()
        if not self.house.alive(self.database.name):
            if self.database.template is None:
                self.database.template = data_folder(release)
            self.database.start()
        if not self.house.alive(self._server):
            self.house.stop(self._server)
            self._start_server(release)
        if not self.house.alive(self._frontend):
            self.house.stop(self._frontend)
            self._start_frontend(release)
        return self

    def prepare(self) -> None:
        """Have what takes long made and kept, without starting anything.

        Raises: NotReady.
        """
        release = self._installed()
        data_folder(release)
        zabbix_frontend.command(release, self.ports[1])

    def stop(self) -> None:
        """Shut everything of it down."""
        for name in (self._frontend, self._server):
            self.house.stop(name)
        self.database.stop()
        shutil.rmtree(self._configuration.parent, ignore_errors=True)

    def kill(self) -> None:
        """End server and pages as a crash would; the database stays."""
        for name in (self._frontend, self._server):
            self.house.stop(name, signal.SIGKILL)

    def freeze(self) -> None:
        """Let server and pages hang: connections stay open and nothing answers."""
        for name in (self._frontend, self._server):
            self.house.freeze(name)

    def thaw(self) -> None:
        """Let them go on."""
        for name in (self._server, self._frontend):
            self.house.thaw(name)

    def sql(self, statement: str) -> str:
        """Run a statement in the server's own database; return what psql prints."""
        return self.database.run(statement, self.database.dsn(DATABASE))

    def send(self, host: str, key: str, value: object, clock: int | None = None) -> None:
        """Give a trapper item a value, as `zabbix_sender` does."""
        self.send_all([Value(host, key, value, clock)])

    def send_all(self, values: Iterable[Value]) -> None:
        """Give many values at once, in order.

        Raises: ValueError, when the server took only some of them, or none for some seconds.
        """
        push(self.trapper, list(values))

    def settle(self, host: str) -> None:
        """Wait until the server knows all that was configured until now.

        Shape: `host` is any enabled one: what the server takes a value for, it has read last.
        """
        ((hostid),) = self.api("host.get", {"filter": {"host": host}, "output": ["hostid"]})
        marker = {**hostid, "name": "marker", "key_": "lab.marker", "type": 2, "value_type": 3}
        made = self.api("item.create", marker)["itemids"]
        control = self._installed().command(*self._program, "-R", "config_cache_reload")
        subprocess.run(control, check=True, capture_output=True)
        self.send(host, "lab.marker", 1)
        self.api("item.delete", made)

    def until(self, statement: str, expected: str, seconds: float = 20) -> None:
        """Wait until a statement in the server's own database prints what is expected.

        Raises: NotReady, with what it printed last.
        """
        end = time.monotonic() + seconds
        while (found := self.sql(statement).strip()) != expected:
            if time.monotonic() > end:
                raise NotReady(f"{statement}: {found!r} instead of {expected!r}")
            time.sleep(0.05)

    @property
    def _server(self) -> str:
        return f"{self.name}-server"

    @property
    def _frontend(self) -> str:
        return f"{self.name}-frontend"

    @property
    def _configuration(self) -> Path:
        return self._installed().instance(self.house, self.name) / "server.conf"

    @property
    def _program(self) -> tuple[str, ...]:
        configuration = self._installed().inside(self._configuration)
        return "/usr/sbin/zabbix_server", "-c", configuration

    def _installed(self) -> Release:
        if self.release != "6.0":
            return Release(self.release, debian13.folder())
        if find("zabbix") is None:
            raise NotReady("zabbix is not installed")
        return Release(self.release, Path("/"))

    def _log(self) -> bytes:
        log = self.house.root / f"{self._server}.log"
        return log.read_bytes() if log.exists() else b""

    def _start_server(self, release: Release) -> None:
        settings = {**self._settings(release), **self.extra}
        lines = [f"{key}={value}\n" for key, value in settings.items() if value != ""]
        self._configuration.write_text("".join(lines))
        before = len(self._log())
        self.house.start(
            self._server,
            release.command(*self._program, "-f"),
            lambda: all(line in self._log()[before:] for line in _RUNS),
        )

    def _start_frontend(self, release: Release) -> None:
        server, port = self.ports
        self.house.start(
            self._frontend,
            zabbix_frontend.command(release, port),
            self._answers,
            env=zabbix_frontend.environment(release, self.database.port, server, self.workers),
        )

    def _answers(self) -> bool:
        return bool(self.api("hostgroup.get", {"limit": 1, "output": ["groupid"]}))

    def _settings(self, release: Release) -> dict[str, Any]:
        folder = release.inside(self._configuration.parent)
        return {
            "ListenIP": LOOPBACK,
            "ListenPort": self.ports[0],
            "DBHost": LOOPBACK,
            "DBPort": self.database.port,
            "DBName": DATABASE,
            "DBUser": "lab",
            "LogType": "console",
            "PidFile": f"{folder}/server.pid",
            "SocketDir": folder,
            "AlertScriptsPath": folder,
            "ExternalScripts": folder,
            **_SMALL,
            **(_NEWER if re.match(r"[7-9]", release.number) else {}),
        }
