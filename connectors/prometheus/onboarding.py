"""What an admin copies into Alertmanager and Prometheus. Neither can be told over an API."""

from collections.abc import AsyncIterator
from json import dumps
from typing import Final

from connectors.prometheus.settings import Settings
from hub.contract import Step, Wire

_ROUTE: Final = """\
# alertmanager.yml: put this route first among `routes`, and the receiver beside the others.
# `continue: true` lets every alert go on to whom it went before. Write the connector's
# webhook_secret into the file that credentials_file names, and nothing else.
route:
  routes:
    - receiver: milepost
      continue: true
      group_by: [alertname]
      group_wait: 1s
      group_interval: 5s
      repeat_interval: 1h
receivers:
  - name: milepost
    webhook_configs:
      - url: {hook}
        send_resolved: true
        max_alerts: 0
        http_config:
          authorization:
            type: Bearer
            credentials_file: /etc/alertmanager/milepost-secret
---
# A rule file of each Prometheus: an alert that always fires. While the hub hears of it, silence
# means that nothing is wrong.
groups:
  - name: milepost
    rules:
      - alert: {name}
        expr: vector(1)
        labels: {labels}
        annotations:
          summary: It always fires. When it stays away, Prometheus or the way from it is broken.
"""


class Onboarding:
    """The port `hub.contract.Onboarding`."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        del wire
        self._pulse = settings.pulse.labels

    def printed(self, hook: str) -> str:
        """Write the route, the receiver and the rule of the heartbeat, as two YAML documents."""
        named = {name: value for name, value in self._pulse.items() if name != "alertname"}
        labels = {"severity": "none", **named}
        return _ROUTE.format(
            hook=dumps(hook),
            name=dumps(self._pulse.get("alertname", "Watchdog")),
            labels=dumps(labels),
        )

    async def install(self, hook: str) -> AsyncIterator[Step]:
        """Say that it has to be copied: Alertmanager and Prometheus read files and nothing else."""
        yield Step(
            "copy",
            None,
            "Alertmanager and Prometheus have no API to configure them: copy the printed route and"
            f" receiver for {hook} into alertmanager.yml and the printed rule into a rule file,"
            " then reload both",
        )
