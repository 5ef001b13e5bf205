"""A real Alertmanager: two of them are an un-clustered pair, unless one is told of the other."""

import http
import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.lab.ports import LOOPBACK, free_ports, request, responds
from deploy.lab.processes import House
from deploy.lab.programs import find


@dataclass
class Alertmanager:
    """One server; without a webhook it takes alerts and tells nobody.

    Shape: `peers` are the `gossip` addresses of the others of a cluster; a cluster of one that
    waits for others has its own there.
    """

    house: House
    name: str = "alertmanager"
    port: int = field(default_factory=lambda: free_ports(1)[0])
    gossip_port: int = field(default_factory=lambda: free_ports(1)[0])
    peers: Sequence[str] = ()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def target(self) -> str:
        """Return host:port, as a Prometheus wants it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def gossip(self) -> str:
        """Return host:port where the others of a cluster find it."""
        return f"{LOOPBACK}:{self.gossip_port}"

    def start(
        self,
        webhook_url: str | None = None,
        secret: str | None = None,
        *,
        repeat: str = "1h",
        max_alerts: int = 0,
        resolve_timeout: str = "5m",
    ) -> "Alertmanager":
        """Start it; it tells the webhook within half a second of a change.

        Shape: `resolve_timeout` ends an alert that was pushed without an end and not again.
        """
        folder = self.house.root / self.name
        folder.mkdir(exist_ok=True)
        hooks = [_webhook(webhook_url, secret, max_alerts)] if webhook_url else []
        document = {
            "global": {"resolve_timeout": resolve_timeout},
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
            *self._cluster(),
            "--log.level=warn",
        ]
        self.house.start(self.name, argv, lambda: responds(self.port, "/-/ready"))
        return self

    def push(self, alerts: Sequence[Mapping[str, object]]) -> None:
        """Hand it alerts as a Prometheus would (API v2)."""
        self._ask("POST", "alerts", alerts)

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that it holds, silenced ones too (API v2)."""
        found: list[dict[str, Any]] = self._ask("GET", "alerts")
        return found

    def silence(self, matchers: Mapping[str, str], lasts: timedelta = timedelta(hours=1)) -> str:
        """Silence the alerts with these labels from now on; return the silence's id."""
        now = datetime.now(UTC)
        matching = [
            {"name": name, "value": value, "isRegex": False, "isEqual": True}
            for name, value in matchers.items()
        ]
        silence = {
            "matchers": matching,
            "startsAt": now.isoformat(),
            "endsAt": (now + lasts).isoformat(),
            "createdBy": "lab",
            "comment": "made by the lab",
        }
        return str(self._ask("POST", "silences", silence)["silenceID"])

    def expire(self, silence: str) -> None:
        """End a silence; it stays in the list as expired."""
        self._ask("DELETE", f"silence/{silence}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        self.house.stop(self.name, how)

    def freeze(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        self.house.freeze(self.name)

    def thaw(self) -> None:
        """Let it go on."""
        self.house.thaw(self.name)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        status, said = request(self.port, method, f"/api/v2/{path}", sent)
        if status != http.HTTPStatus.OK:
            raise ValueError(f"Alertmanager answered {status}: {said.decode()}")
        return json.loads(said) if said else None

    def _cluster(self) -> list[str]:
        if not self.peers:
            return ["--cluster.listen-address="]
        return [
            f"--cluster.listen-address={self.gossip}",
            *(f"--cluster.peer={peer}" for peer in self.peers),
            # The shipped times are for networks; these two share a machine.
            "--cluster.settle-timeout=1s",
            "--cluster.gossip-interval=20ms",
            "--cluster.peer-timeout=2s",
            "--cluster.reconnect-interval=200ms",
        ]


def _webhook(url: str, secret: str | None, max_alerts: int) -> dict[str, object]:
    hook: dict[str, object] = {"url": url, "send_resolved": True, "max_alerts": max_alerts}
    if secret is not None:
        hook["http_config"] = {"authorization": {"type": "Bearer", "credentials": secret}}
    return hook
