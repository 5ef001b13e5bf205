"""What an admin fills in for a Prometheus and its Alertmanagers."""

from hub.contract import Connection
from hub.contract.connection import Address


class Settings(Connection):
    """Settings of one connector; without `webhook_secret` it refuses every webhook."""

    prometheus_url: Address | None = None
    alertmanager_urls: tuple[Address, ...] = ()
