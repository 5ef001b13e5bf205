"""Prometheus: alerts as its Alertmanager tells them.

Start at `parse` (what a webhook means, as records), then `envelope` (what holds the alerts) and
`source` (who may deliver).
"""

from connectors.prometheus.settings import Settings
from connectors.prometheus.source import Receiver
from hub.contract import Connector, Manifest

__all__ = ["CONNECTOR"]

CONNECTOR = Connector(
    manifest=Manifest(
        type="prometheus",
        title="Prometheus / Alertmanager",
        kinds=("alert",),
        mappings=("mappings", "prometheus"),
        manual="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
    ),
    settings=Settings,
    receiver=Receiver,
)
