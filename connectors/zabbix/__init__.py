"""Zabbix: its problems, pulled over its API and pushed by a media type of our own.

Start at `parse` (what a problem is, as a record), then `source` (pulling), `position` (how nothing
is missed), `push` and `receiver` (the webhook), `writer` (acknowledging), `surveyor` (hosts, the
service tree, maintenance). `session` speaks JSON-RPC, `dialect` knows what differs between
versions, `faults` what goes wrong.
"""

from connectors.zabbix.checker import Checker
from connectors.zabbix.onboarding import Onboarding
from connectors.zabbix.receiver import Receiver
from connectors.zabbix.settings import Settings
from connectors.zabbix.source import Source
from connectors.zabbix.surveyor import Surveyor
from connectors.zabbix.writer import WRITES, Writer
from hub.contract import Connector, Manifest

__all__ = ["CONNECTOR"]

CONNECTOR = Connector(
    manifest=Manifest(
        type="zabbix",
        title="Zabbix",
        kinds=("problem",),
        mappings=("mappings", "zabbix"),
        manual="https://www.zabbix.com/documentation/current/en/manual/api",
        writes=WRITES,
    ),
    settings=Settings,
    receiver=Receiver,
    source=Source,
    checker=Checker,
    writer=Writer,
    onboarding=Onboarding,
    surveyor=Surveyor,
)
