"""What an admin fills in for a Zabbix."""

from pydantic import Field, model_validator

from hub.contract import Connection
from hub.contract.connection import Address, Secret


class Settings(Connection):
    """Settings of one connector; without `webhook_secret` it refuses every webhook.

    Shape: `url` is the frontend's address, as a person opens it. Without `host_groups` everything
           counts that the user sees. `page_size` is how many rows are asked for at once.
    """

    url: Address
    token: Secret | None = None
    user: str | None = None
    password: Secret | None = None
    host_groups: tuple[str, ...] = ()
    page_size: int = Field(default=1000, ge=10, le=10_000)

    @model_validator(mode="after")
    def _can_log_in(self) -> "Settings":
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together")
        if (self.token is None) == (self.user is None):
            raise ValueError("give either token, or user and password")
        return self

    @property
    def frontend(self) -> str:
        """Return the frontend's address with a slash at its end."""
        return str(self.url).removesuffix("api_jsonrpc.php").rstrip("/") + "/"
