"""A real PostgreSQL in a private folder, with the durability that it ships with (fsync on)."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.lab.ports import LOOPBACK, NotReady, free_ports
from deploy.lab.processes import House, identity
from deploy.lab.programs import find


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: name the account that runs it then."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@dataclass
class Postgres:
    """One server; `start` after `stop` or `kill` finds the same data on the same port.

    Shape: `template` is the data folder of a stopped server, copied at the first start.
    """

    house: House
    name: str = "postgres"
    port: int = field(default_factory=lambda: free_ports(1)[0])
    options: Mapping[str, str] = field(default_factory=dict)
    template: Path | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def start(self) -> "Postgres":
        """Start it; the first time make its data folder."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        options: dict[str, str | int] = {
            **self.options,
            "listen_addresses": LOOPBACK,
            "port": self.port,
            "unix_socket_directories": "",
        }
        pairs = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        argv = [self._program("postgres"), "-D", str(self.data), *pairs]
        self.house.start(self.name, argv, self._ready, user=_unprivileged(), seconds=30)
        return self

    def stop(self) -> None:
        """Shut it down without waiting for its clients."""
        self.house.stop(self.name, signal.SIGINT)

    def kill(self) -> None:
        """End it and its workers as a crash would."""
        self.house.stop(self.name, signal.SIGKILL)

    def dsn(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://lab@{LOOPBACK}:{self.port}/{database}"

    def create_database(self) -> str:
        """Make an empty database; return its address."""
        name = f"lab_{os.getpid()}_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.dsn(name)

    def drop_database(self, dsn: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {dsn.rpartition('/')[2]} WITH (FORCE)")

    def run(self, statement: str, dsn: str | None = None) -> str:
        """Run one statement; return what psql prints."""
        argv = [*self.psql(dsn or self.dsn()), "-c", statement]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout

    def psql(self, dsn: str) -> list[str]:
        """Return the command that runs statements on a database."""
        return [self._program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", dsn]

    @property
    def data(self) -> Path:
        """Return its data folder."""
        return self.house.root / self.name

    @staticmethod
    def _program(name: str) -> str:
        found = find("postgres")
        if found is None:
            raise FileNotFoundError("postgres is not installed")
        return str(found.parent / name)

    def _create(self) -> None:
        user = _unprivileged()
        shutil.rmtree(self.data, ignore_errors=True)
        if self.template:
            shutil.copytree(self.template, self.data)
        else:
            self.data.mkdir()
        self.data.chmod(0o700)
        if user:
            _give([self.data, *self.data.rglob("*")], user)
        if not self.template:
            self._initialise(user)

    def _initialise(self, user: pwd.struct_passwd | None) -> None:
        argv = [
            self._program("initdb"),
            "-D",
            str(self.data),
            "-U",
            "lab",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        done = subprocess.run(
            [*argv, "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=False,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            cwd="/",
            **identity(user),
        )
        if done.returncode:
            who = f"; {user.pw_name} has to get through every folder above it" if user else ""
            raise NotReady(f"no database could be made in {self.data}{who}: {done.stderr}")

    def _ready(self) -> bool:
        argv = [self._program("pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(argv, check=False).returncode == 0


def _give(paths: Iterable[Path], user: pwd.struct_passwd) -> None:
    for path in paths:
        os.chown(path, user.pw_uid, user.pw_gid)
