"""What an admin fills in for a Prometheus and its Alertmanagers."""

from pydantic import BaseModel, ConfigDict, Field

from hub.contract import Connection
from hub.contract.connection import Address


class Heartbeat(BaseModel):
    """The alert that always fires, and how long it may stay away.

    Shape: `labels` are those that tell it from every other alert.
    Units: seconds. Below four times Prometheus's `--rules.alert.resend-delay` (1m by default), at
           which Alertmanager ends what it no longer hears of; above twice that delay.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: dict[str, str] = Field(default={"alertname": "Watchdog"}, min_length=1)
    seconds: float = Field(default=150, gt=0, le=86_400, allow_inf_nan=False)


class Settings(Connection):
    """Settings of one connector; without `webhook_secret` it refuses every webhook.

    Shape: a `heartbeat` that is written down has to be there; without it an alert named Watchdog
           is one as soon as it was seen.
    """

    prometheus_url: Address | None = None
    alertmanager_urls: tuple[Address, ...] = ()
    heartbeat: Heartbeat | None = None

    @property
    def pulse(self) -> Heartbeat:
        """Return the heartbeat to look for."""
        return self.heartbeat or Heartbeat()
