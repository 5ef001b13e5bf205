"""A real Prometheus with one alert rule over one scraped address."""

import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.lab.ports import LOOPBACK, free_ports, request, responds
from deploy.lab.processes import House
from deploy.lab.programs import find


@dataclass(frozen=True)
class Rule:
    """An alert rule.

    Shape: `expr` is PromQL; `hold` is how long it must be true, in Prometheus's spelling.
    """

    alert: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    hold: str = "0s"

    def document(self) -> dict[str, object]:
        """Return the rule as a rule file has it."""
        return {
            "alert": self.alert,
            "expr": self.expr,
            "for": self.hold,
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
        }


@dataclass
class Prometheus:
    """One server that scrapes and evaluates every half second."""

    house: House
    name: str = "prometheus"
    port: int = field(default_factory=lambda: free_ports(1)[0])

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(
        self,
        *,
        targets: Sequence[str] = (),
        rules: Sequence[Rule] = (),
        alertmanagers: Sequence[str] = (),
    ) -> "Prometheus":
        """Start it.

        Shape: `targets` and `alertmanagers` are host:port.
        """
        folder = self.house.root / self.name
        folder.mkdir(exist_ok=True)
        self._configure(folder, targets, rules, alertmanagers)
        argv = [
            str(find("prometheus")),
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={LOOPBACK}:{self.port}",
            "--web.enable-lifecycle",
            "--log.level=warn",
            # A firing alert is told again this often; four times this is its life without us.
            "--rules.alert.resend-delay=2s",
        ]
        self.house.start(self.name, argv, lambda: responds(self.port, "/-/ready"))
        return self

    def reload(self) -> None:
        """Read the configuration again."""
        request(self.port, "POST", "/-/reload")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        self.house.stop(self.name, how)

    def _configure(
        self,
        folder: Path,
        targets: Sequence[str],
        rules: Sequence[Rule],
        alertmanagers: Sequence[str],
    ) -> None:
        # JSON is YAML.
        group = {"name": "lab", "rules": [rule.document() for rule in rules]}
        (folder / "rules.yml").write_text(json.dumps({"groups": [group]}))
        document = {
            "global": {"scrape_interval": "500ms", "evaluation_interval": "500ms"},
            "rule_files": [str(folder / "rules.yml")],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [*alertmanagers]}]}]},
            "scrape_configs": [{"job_name": "lab", "static_configs": [{"targets": [*targets]}]}],
        }
        (folder / "prometheus.yml").write_text(json.dumps(document))
