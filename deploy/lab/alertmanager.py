"""A real Alertmanager that stands alone: two of them are an un-clustered pair."""

import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.lab.ports import LOOPBACK, free_ports, request, responds
from deploy.lab.processes import House
from deploy.lab.programs import find


@dataclass
class Alertmanager:
    """One server; without a webhook it takes alerts and tells nobody."""

    house: House
    name: str = "alertmanager"
    port: int = field(default_factory=lambda: free_ports(1)[0])

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def target(self) -> str:
        """Return host:port, as a Prometheus wants it."""
        return f"{LOOPBACK}:{self.port}"

    def start(
        self,
        webhook_url: str | None = None,
        secret: str | None = None,
        *,
        repeat: str = "1h",
        max_alerts: int = 0,
    ) -> "Alertmanager":
        """Start it; it tells the webhook within half a second of a change."""
        folder = self.house.root / self.name
        folder.mkdir(exist_ok=True)
        hooks = [_webhook(webhook_url, secret, max_alerts)] if webhook_url else []
        document = {
            "route": {
                "receiver": "hub",
                "group_by": ["alertname"],
                "group_wait": "200ms",
                "group_interval": "500ms",
                "repeat_interval": repeat,
            },
            "receivers": [{"name": "hub", "webhook_configs": hooks}],
        }
        # JSON is YAML.
        (folder / "alertmanager.yml").write_text(json.dumps(document))
        argv = [
            str(find("alertmanager")),
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={folder}/data",
            f"--web.listen-address={LOOPBACK}:{self.port}",
            "--cluster.listen-address=",
            "--log.level=warn",
        ]
        self.house.start(self.name, argv, lambda: responds(self.port, "/-/ready"))
        return self

    def push(self, alerts: Sequence[Mapping[str, object]]) -> None:
        """Hand it alerts as a Prometheus would (API v2)."""
        status, said = request(self.port, "POST", "/api/v2/alerts", json.dumps(alerts).encode())
        if status != 200:  # noqa: PLR2004 - the one answer that means "taken"
            raise ValueError(f"Alertmanager answered {status}: {said.decode()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        self.house.stop(self.name, how)


def _webhook(url: str, secret: str | None, max_alerts: int) -> dict[str, object]:
    hook: dict[str, object] = {"url": url, "send_resolved": True, "max_alerts": max_alerts}
    if secret is not None:
        hook["http_config"] = {"authorization": {"type": "Bearer", "credentials": secret}}
    return hook
