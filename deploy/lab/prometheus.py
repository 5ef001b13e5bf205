"""A real Prometheus: what it scrapes and which rules it evaluates can change while it runs."""

import http
import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

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


# Always firing: who does not hear it knows that the way from Prometheus is cut.
WATCHDOG: Final = Rule("Watchdog", "vector(1)", {"severity": "none"})


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
        external_labels: Mapping[str, str] | None = None,
        alert_relabel: Sequence[Mapping[str, object]] = (),
    ) -> "Prometheus":
        """Start it; what it scrapes and whom it tells it learns some five seconds later.

        Shape: `targets` and `alertmanagers` are host:port; `alert_relabel` are rules that change
               the labels of alerts on their way.
        """
        folder = self._folder
        folder.mkdir(exist_ok=True)
        self._write_rules(rules)
        self._write_targets([])
        self._configure(targets, alertmanagers, external_labels or {}, alert_relabel)
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
        """Read the configuration again.

        Raises: ValueError, when it refuses it.
        """
        status, said = request(self.port, "POST", "/-/reload")
        if status != http.HTTPStatus.OK:
            raise ValueError(f"Prometheus answered {status}: {said.decode()}")

    def set_rules(self, rules: Sequence[Rule]) -> None:
        """Put other rules in the place of those it has; alerts of rules that go are resolved."""
        self._write_rules(rules)
        self.reload()

    def set_targets(self, targets: Sequence[str], labels: Mapping[str, str] | None = None) -> None:
        """Have it scrape these besides those it was started with, within some five seconds."""
        self._write_targets([{"targets": [*targets], "labels": dict(labels or {})}])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        self.house.stop(self.name, how)

    def freeze(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        self.house.freeze(self.name)

    def thaw(self) -> None:
        """Let it go on."""
        self.house.thaw(self.name)

    @property
    def _folder(self) -> Path:
        return self.house.root / self.name

    def _write_rules(self, rules: Sequence[Rule]) -> None:
        # JSON is YAML.
        group = {"name": "lab", "rules": [rule.document() for rule in rules]}
        (self._folder / "rules.yml").write_text(json.dumps({"groups": [group]}))

    def _write_targets(self, groups: Sequence[Mapping[str, object]]) -> None:
        # By renaming, for Prometheus reads it as soon as it changes.
        fresh = self._folder / "targets.new"
        fresh.write_text(json.dumps(groups))
        fresh.replace(self._folder / "targets.json")

    def _configure(
        self,
        targets: Sequence[str],
        alertmanagers: Sequence[str],
        external_labels: Mapping[str, str],
        alert_relabel: Sequence[Mapping[str, object]],
    ) -> None:
        folder = self._folder
        listed = {"files": [str(folder / "targets.json")], "refresh_interval": "1s"}
        document = {
            "global": {
                "scrape_interval": "500ms",
                "evaluation_interval": "500ms",
                "external_labels": dict(external_labels),
            },
            "rule_files": [str(folder / "rules.yml")],
            "alerting": {
                "alertmanagers": [{"static_configs": [{"targets": [*alertmanagers]}]}],
                "alert_relabel_configs": [*alert_relabel],
            },
            "scrape_configs": [
                {"job_name": "lab", "static_configs": [{"targets": [*targets]}]},
                {"job_name": "lab-files", "file_sd_configs": [listed]},
            ],
        }
        (folder / "prometheus.yml").write_text(json.dumps(document))
