"""How one tool is reached: the settings that every connector over a network shares."""

from pathlib import Path
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    model_validator,
)


def _without_credentials(url: HttpUrl) -> HttpUrl:
    """Refuse `user:password@`: an address is shown and logged, a header is not."""
    if url.username or url.password:
        raise ValueError("put credentials into their own settings, not into the address")
    return url


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not a time zone name like Asia/Shanghai")
    return name


def _said(value: SecretStr) -> SecretStr:
    """Refuse a blank secret: a header without a token would match it."""
    if not value.get_secret_value().strip():
        raise ValueError("must not be blank; leave it out to refuse every webhook")
    return value


Address = Annotated[HttpUrl, AfterValidator(_without_credentials)]
"""An http or https address without a password in it."""
Secret = Annotated[SecretStr, AfterValidator(_said)]
"""A secret that is not blank."""
Zone = Annotated[str, AfterValidator(_zone)]

LOCAL: Final = ("localhost", "127.0.0.1", "::1")
"""Never asked through a proxy, whatever `no_proxy` says."""


class Connection(BaseModel):
    """Settings of a connector that reaches its tool over HTTP; a connector's own inherit these.

    Shape: `writes` names the classes of write that the admin switched on; `read_only` overrules
           them. `client_cert` is PEM, with its key in it or in `client_key`. `no_proxy` holds host
           names, domains that begin with a dot, addresses and networks.
    Units: seconds. `timeout_seconds` bounds one whole answer, `connect_seconds` its beginning.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    webhook_secret: Secret | None = None
    read_only: bool = True
    writes: frozenset[str] = frozenset()
    poll_seconds: float = Field(default=30, gt=0, le=86_400, allow_inf_nan=False)
    timeout_seconds: float = Field(default=10, gt=0, le=3600, allow_inf_nan=False)
    connect_seconds: float = Field(default=5, gt=0, le=600, allow_inf_nan=False)
    verify_tls: bool = True
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    proxy: Address | None = None
    proxy_username: str | None = None
    proxy_password: SecretStr | None = None
    no_proxy: tuple[str, ...] = ()
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    timezone: Zone | None = None

    @property
    def addresses(self) -> tuple[HttpUrl, ...]:
        """Return the addresses of the tool, those of a connector's own settings; not the proxy."""
        held = (getattr(self, name) for name in type(self).model_fields if name != "proxy")
        all_ = (one for value in held for one in (value if isinstance(value, tuple) else (value,)))
        return tuple(one for one in all_ if isinstance(one, HttpUrl))

    @model_validator(mode="after")
    def _belong_together(self) -> "Connection":
        if self.client_key is not None and self.client_cert is None:
            raise ValueError("client_key needs client_cert: the certificate that it belongs to")
        if (self.proxy_username or self.proxy_password) and self.proxy is None:
            raise ValueError("proxy_username and proxy_password need proxy: whose account it is")
        if self.proxy is not None and self.proxy.scheme != "http":
            raise ValueError(
                "proxy must be an http address: the way to the proxy itself is not wrapped in TLS; "
                "what goes through it to an https address is"
            )
        return self
