"""A real Redis that keeps what it took: an append-only file, as a broker needs it."""

import signal
from dataclasses import dataclass, field

from deploy.lab.ports import LOOPBACK, free_ports, greets
from deploy.lab.processes import House
from deploy.lab.programs import find


@dataclass
class Redis:
    """One server; `start` after `stop` or `kill` finds the same data on the same port."""

    house: House
    name: str = "redis"
    port: int = field(default_factory=lambda: free_ports(1)[0])

    @property
    def url(self) -> str:
        """Return the address of its first database."""
        return self.database(0)

    def database(self, number: int) -> str:
        """Return the address of one of its 16 databases."""
        return f"redis://{LOOPBACK}:{self.port}/{number}"

    def start(self) -> "Redis":
        """Start it."""
        folder = self.house.root / self.name
        folder.mkdir(exist_ok=True)
        settings = {
            "--bind": LOOPBACK,
            "--port": str(self.port),
            "--dir": str(folder),
            # Debian's own setting is "no", which loses everything at a restart.
            "--appendonly": "yes",
            "--appendfsync": "everysec",
            "--save": "",
            "--daemonize": "no",
        }
        argv = [str(find("redis")), *(part for pair in settings.items() for part in pair)]
        self.house.start(self.name, argv, lambda: greets(self.port, b"PING\r\n", b"+PONG"))
        return self

    def stop(self) -> None:
        """Shut it down."""
        self.house.stop(self.name)

    def kill(self) -> None:
        """End it as a crash would."""
        self.house.stop(self.name, signal.SIGKILL)

    def freeze(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        self.house.freeze(self.name)

    def thaw(self) -> None:
        """Let it go on."""
        self.house.thaw(self.name)
