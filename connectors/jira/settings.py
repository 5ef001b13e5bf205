"""What an admin fills in for a Jira."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.jira import jql
from hub.contract import Connection
from hub.contract.connection import Address, Secret

_FIELD = r"(customfield_\d{1,12}|[a-z][A-Za-z]{0,40})"
_KEY = r"[A-Za-z][A-Za-z0-9_]{0,254}"


class Fields(BaseModel):
    """Which field of this site is what, where its type does not tell; ids like customfield_10015.

    Shape: `sprint` and `epic` are found by their types on every site; name them only where an app
           has its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: str | None = Field(default=None, pattern=rf"^{_FIELD}$")
    points: str | None = Field(default=None, pattern=rf"^{_FIELD}$")
    sprint: str | None = Field(default=None, pattern=rf"^{_FIELD}$")
    epic: str | None = Field(default=None, pattern=rf"^{_FIELD}$")


class Settings(Connection):
    """Settings of one connector.

    Shape: `url` is the address as a person opens it. With `email` and `token` it logs in as Cloud
           wants it, with `token` alone as a personal access token, with `username` and `password`
           as an older Data Center; without any of them `headers` must hold Authorization. Without
           `projects` everything counts that the user sees; `jql` narrows it further.
    Units: seconds. `census_seconds` is how often all issues are counted at most, to find what was
           deleted or missed. `timeout_seconds` is longer than elsewhere: a search takes its time.
    """

    url: Address
    email: str | None = None
    token: Secret | None = None
    username: str | None = None
    password: Secret | None = None
    projects: tuple[str, ...] = ()
    jql: str = ""
    fields: Fields = Fields()
    api: Literal["auto", "cloud", "server"] = "auto"
    census_seconds: float = Field(default=3600, ge=0, le=604_800, allow_inf_nan=False)
    timeout_seconds: float = Field(default=30, gt=0, le=3600, allow_inf_nan=False)

    @field_validator("projects")
    @classmethod
    def _are_keys(cls, projects: tuple[str, ...]) -> tuple[str, ...]:
        for one in projects:
            if not jql.is_project_key(one):
                raise ValueError(f"{one!r} is no key of a project, such as ERP")
        return tuple(dict.fromkeys(one.upper() for one in projects))

    @field_validator("jql")
    @classmethod
    def _is_a_clause(cls, text: str) -> str:
        fault = jql.fault_of_clause(text)
        if fault:
            raise ValueError(fault)
        return text.strip()

    @model_validator(mode="after")
    def _can_log_in(self) -> "Settings":
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together")
        if self.email is not None and self.token is None:
            raise ValueError("email needs token: an API token of that account")
        if self.token is not None and self.username is not None:
            raise ValueError("give either token, or username and password")
        logs_in = self.token is not None or self.username is not None
        if not logs_in and "authorization" not in {name.lower() for name in self.headers}:
            raise ValueError("give email and token, token alone, or username and password")
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must not be shown."""
        held = (self.token, self.password)
        return tuple(one.get_secret_value().strip() for one in held if one is not None)

    @property
    def base(self) -> str:
        """Return the site's address without a slash at its end."""
        return str(self.url).rstrip("/")
