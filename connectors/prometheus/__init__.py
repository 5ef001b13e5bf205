"""Prometheus: alerts as its Alertmanagers tell them and list them.

Start at `parse` (what a webhook means, as records), `envelope` (what holds the alerts) and
`receiver` (who may deliver). Then what is asked for: `listing` and `alertmanager`, `hearts` and
`pulse` (is anybody there?), `identity`, `server` and `evidence` (what Prometheus itself knows),
`fates`, and `source`, which holds them together. `writer` silences,
`checker` looks whether it can be done, `onboarding` says what to copy, `queries` asks for metrics.
"""

from connectors.prometheus.checker import Checker
from connectors.prometheus.onboarding import Onboarding
from connectors.prometheus.queries import measurer
from connectors.prometheus.receiver import Receiver
from connectors.prometheus.settings import Settings
from connectors.prometheus.source import source
from connectors.prometheus.writer import WRITES, Writer
from hub.contract import Connector, Manifest

__all__ = ["CONNECTOR"]

CONNECTOR = Connector(
    manifest=Manifest(
        type="prometheus",
        title="Prometheus / Alertmanager",
        kinds=("alert", "heartbeat"),
        mappings=("mappings", "prometheus"),
        manual="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
        writes=WRITES,
    ),
    settings=Settings,
    receiver=Receiver,
    source=source,
    checker=Checker,
    writer=Writer,
    onboarding=Onboarding,
    measurer=measurer,
)
