"""Which Zabbix: the one of this machine, or the newer one in a Debian 13 folder, by chroot."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.lab.processes import House

SQL: Final = "usr/share/zabbix-server-pgsql"
FRONTEND: Final = "usr/share/zabbix"
# In the order in which the package's own instructions load them.
_SCRIPTS: Final = ("schema", "images", "data")


@dataclass(frozen=True)
class Release:
    """An installed Zabbix; `root` is `/`, or the folder that its programs are started in."""

    number: str
    root: Path

    def command(self, *argv: str) -> list[str]:
        """Return what starts one of its programs; it keeps the process id."""
        return list(argv) if self._here else ["/usr/sbin/chroot", str(self.root), *argv]

    def inside(self, path: Path) -> str:
        """Return a path as its programs see it."""
        return str(path) if self._here else f"/{path.relative_to(self.root)}"

    def scripts(self) -> list[Path]:
        """Return the SQL that makes its database, in order."""
        return [self.root / SQL / f"{name}.sql.gz" for name in _SCRIPTS]

    def instance(self, house: House, name: str) -> Path:
        """Return the folder for the configuration, pid file and sockets of one server."""
        if self._here:
            path = house.root / name
        else:
            # Short, for the path of a socket has room for 107 bytes.
            yard = self.root / "srv/lab"
            _sweep(yard)
            ours = yard / hashlib.sha256(str(house.root).encode()).hexdigest()[:12]
            ours.mkdir(parents=True, exist_ok=True)
            (ours / "house").write_text(str(house.root))
            path = ours / name
        path.mkdir(exist_ok=True)
        return path

    @property
    def _here(self) -> bool:
        return self.root == Path("/")


def _sweep(yard: Path) -> None:
    """Remove what servers left whose house is gone."""
    for note in yard.glob("*/house"):
        if not Path(note.read_text()).exists():
            shutil.rmtree(note.parent, ignore_errors=True)
