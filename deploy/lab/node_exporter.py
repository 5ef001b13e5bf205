"""A real node exporter: a few metrics of this machine, and those of a folder with text files."""

from dataclasses import dataclass, field
from pathlib import Path

from deploy.lab.ports import LOOPBACK, free_ports, responds
from deploy.lab.processes import House
from deploy.lab.programs import find


@dataclass
class NodeExporter:
    """One exporter; a Prometheus scrapes its `target`."""

    house: House
    name: str = "node-exporter"
    port: int = field(default_factory=lambda: free_ports(1)[0])

    @property
    def url(self) -> str:
        """Return the address of its metrics."""
        return f"http://{self.target}/metrics"

    @property
    def target(self) -> str:
        """Return host:port, as a Prometheus wants it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def folder(self) -> Path:
        """Return where `*.prom` files in the text format are read at each scrape."""
        return self.house.root / self.name

    def start(self) -> "NodeExporter":
        """Start it."""
        self.folder.mkdir(exist_ok=True)
        argv = [
            str(find("node_exporter")),
            f"--web.listen-address={self.target}",
            "--log.level=warn",
            "--collector.disable-defaults",
            "--collector.cpu",
            "--collector.loadavg",
            "--collector.meminfo",
            "--collector.textfile",
            f"--collector.textfile.directory={self.folder}",
        ]
        self.house.start(self.name, argv, lambda: responds(self.port, "/metrics"))
        return self

    def stop(self) -> None:
        """End it."""
        self.house.stop(self.name)
