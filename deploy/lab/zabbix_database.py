"""The database of a fresh Zabbix, kept as the data folder of a stopped PostgreSQL.

Loading 34 MB of SQL takes some ten seconds; copying the folder takes a fraction of one.
"""

import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

from deploy.lab import cache
from deploy.lab.ports import NotReady
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.zabbix_release import Release

DATABASE: Final = "zabbix"
# Nothing here has to survive a power cut.
SWIFT: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
}
# What is copied at every start is small.
_SMALL: Final = {"min_wal_size": "32MB", "max_wal_size": "48MB"}
# The shipped host watches the server itself: its problems would come and go between a test's own.
_QUIET: Final = "UPDATE hosts SET status = 1 WHERE host = 'Zabbix server'"


def data_folder(release: Release) -> Path:
    """Return the loaded data folder; made once for this SQL and this PostgreSQL."""

    def make(folder: Path) -> None:
        house = House.temporary()
        try:
            server = Postgres(house, options={**SWIFT, **_SMALL}).start()
            _load(server, release)
            server.stop()
            shutil.copytree(server.data, folder, dirs_exist_ok=True)
        finally:
            house.raze()

    return cache.kept(f"zabbix-{release.number}-database-{_signature(release)}", make)


def _load(server: Postgres, release: Release) -> None:
    server.run(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
    for script in release.scripts():
        with gzip.open(script) as statements:
            _execute(server, statements.read(), script.name)
    server.run(_QUIET, server.dsn(DATABASE))
    server.run("VACUUM ANALYZE", server.dsn(DATABASE))
    server.run("CHECKPOINT")


def _execute(server: Postgres, statements: bytes, what: str) -> None:
    argv = [*server.psql(server.dsn(DATABASE)), "--single-transaction", "-f", "-"]
    done = subprocess.run(
        argv, input=statements, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise NotReady(f"{what} of the Zabbix package: {done.stderr.decode(errors='replace')}")


def _signature(release: Release) -> str:
    """Change whenever the data folder has to be made anew."""
    digest = hashlib.sha256(f"{find('postgres')} {_QUIET} {_SMALL}".encode())
    for script in release.scripts():
        digest.update(script.read_bytes())
    return digest.hexdigest()[:12]
