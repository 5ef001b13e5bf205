"""What an admin fills in for a Prometheus and its Alertmanagers."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr


def _without_credentials(url: HttpUrl) -> HttpUrl:
    """Refuse `user:password@`: an address is shown and logged, a header is not."""
    if url.username or url.password:
        raise ValueError("put credentials into `headers` (Authorization), not into the address")
    return url


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not a time zone name like Asia/Shanghai")
    ZoneInfo(name)
    return name


def _secret(value: SecretStr) -> SecretStr:
    """Refuse a blank secret: a header without a token would match it."""
    if not value.get_secret_value().strip():
        raise ValueError("must not be blank; leave it out to refuse every webhook")
    return value


Address = Annotated[HttpUrl, AfterValidator(_without_credentials)]


class Settings(BaseModel):
    """Settings of one connector; without `webhook_secret` it refuses every webhook."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    prometheus_url: Address | None = None
    alertmanager_urls: tuple[Address, ...] = ()
    webhook_secret: Annotated[SecretStr, AfterValidator(_secret)] | None = None
    read_only: bool = True
    poll_seconds: float = Field(default=30, gt=0)
    timeout_seconds: float = Field(default=10, gt=0)
    verify_tls: bool = True
    ca_file: Path | None = None
    client_cert: Path | None = None
    proxy: Address | None = None
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
