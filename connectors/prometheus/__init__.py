"""Prometheus: alerts as its Alertmanagers tell them and list them.

Start at `parse` (what a webhook means, as records), `envelope` (what holds the alerts) and
`receiver` (who may deliver). Then what is asked for: `listing` and `alertmanager`, `hearts` and
`pulse` (is anybody there?), `identity`, `server` and `evidence` (what Prometheus itself knows),
`fates`, and `source`, which holds them together.
"""

from connectors.prometheus.receiver import Receiver
from connectors.prometheus.settings import Settings
from connectors.prometheus.source import source
from hub.contract import Connector, Manifest

__all__ = ["CONNECTOR"]

CONNECTOR = Connector(
    manifest=Manifest(
        type="prometheus",
        title="Prometheus / Alertmanager",
        kinds=("alert", "heartbeat"),
        mappings=("mappings", "prometheus"),
        manual="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
    ),
    settings=Settings,
    receiver=Receiver,
    source=source,
)
