"""`milepost.yaml` and `MILEPOST_*`: every fault at once, each with its line and remedy."""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from hub.app.discovery import connectors
from hub.contract import Connection, Connector
from hub.errors import Misconfigured
from hub.mapping.problems import Problems, guess
from hub.mapping.syntax import Node, parse
from hub.model.refs import CONNECTOR_ID
from hub.services.retention import Terms
from hub.services.sample import CONNECTORS as SAMPLE

FILE: Final = "milepost.yaml"
BUILT_IN: Final = "file"
RESERVED: Final = frozenset({BUILT_IN, "hub", *SAMPLE})
"""Connectors that are the hub's own."""
PREFIX: Final = "MILEPOST_"
COMMON: Final = frozenset(Connection.model_fields) - {"webhook_secret"}
"""What every connector may be given; one that has no use for a key does not see it."""
PATHS: Final = frozenset({"path", "ca_file", "client_cert", "client_key"})
"""Settings that name a file, relative to the one that names them."""


class Organisation(BaseModel):
    """Whose hub this is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "Milepost"
    timezone: str = "UTC"
    locale: str = "en"

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no IANA time zone; write one like Asia/Shanghai")
        return value

    @field_validator("locale")
    @classmethod
    def _is_spoken(cls, value: str) -> str:
        if value not in {"en", "zh-CN"}:
            raise ValueError(f"{value!r} is not spoken; use en or zh-CN")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of plans that name none."""
        return ZoneInfo(self.timezone)


class Retention(BaseModel):
    """How many days raw and passing things are kept; 0 is for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    changes_days: int = Field(30, ge=0, le=36_500)
    journal_days: int = Field(90, ge=0, le=36_500)
    quarantine_days: int = Field(90, ge=0, le=36_500)

    @property
    def terms(self) -> Terms:
        """The terms as spans."""
        return Terms(
            changes=_span(self.changes_days),
            deliveries=_span(self.journal_days),
            quarantined=_span(self.quarantine_days),
        )


def _span(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None


class HubSettings(BaseSettings):
    """What the admin sets; `MILEPOST_STORE` and the like win over the file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    organisation: Organisation = Organisation()
    store: str = "sqlite"
    bus: str = "memory"
    services: str = "services.yaml"
    slos: str = "slos"
    quiet_seconds: float = Field(60.0, ge=0, allow_inf_nan=False)
    unverified_seconds: float = Field(3600.0, gt=0, allow_inf_nan=False)
    flap_gap_seconds: float = Field(300.0, ge=0, le=86_400, allow_inf_nan=False)
    flap_transitions: int = Field(5, ge=2, le=100)
    flap_window_seconds: float = Field(3600.0, gt=0, le=604_800, allow_inf_nan=False)
    max_body: int = Field(10 << 20, gt=0)
    log_format: Literal["console", "json"] = "console"
    trust_forwarded: bool = False
    read_only: bool = False
    retention: Retention = Retention()
    connectors: dict[str, dict[str, Any]] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings


@dataclass(frozen=True, slots=True)
class Configured:
    """One connector: what it is and its checked settings."""

    id: str
    connector: Connector
    settings: Any


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the admin wrote, checked. `folder` is where `milepost.yaml` is or would be."""

    hub: HubSettings
    folder: Path
    file: Path | None
    connectors: Mapping[str, Configured]

    @property
    def services_file(self) -> Path:
        """The service catalogue beside the settings."""
        return self.folder / self.hub.services

    @property
    def slos_folder(self) -> Path:
        """The folder with the SLO documents, beside the settings."""
        return self.folder / self.hub.slos


def load(path: Path | None) -> Configuration:
    """Read the settings; without a file the defaults hold.

    Raises: Misconfigured, with all faults of the file.
    """
    file = path or Path(FILE)
    if path is not None and not path.is_file():
        raise Misconfigured(f"{path}: there is no such file; check --config")
    problems = Problems(str(file))
    text = _text(file) if file.is_file() else ""
    root = parse(text, problems) if _says_something(text) else None
    plain = root.plain() if root is not None else {}
    if root is not None and not isinstance(plain, dict):
        problems.add(root.line, "document", "is not a set of names", "write store: … and the like")
    hub = _hub(plain if isinstance(plain, dict) else {}, root, problems)
    folder = file.parent.absolute()
    if hub is not None:
        hub = _addressed(hub, folder, root, problems)
    given = _given(plain) if hub is None else hub.connectors  # their faults are told as well
    found = dict(_connectors(given, folder, root, problems))
    if problems.found() or hub is None:
        raise Misconfigured(f"{file}: the settings have faults", problems=problems.lines())
    return Configuration(hub, folder, file if file.is_file() else None, found)


def beside(path: Path | None) -> Configuration:
    """Return where the documents are, although the settings have faults themselves."""
    file = path or Path(FILE)
    problems = Problems(str(file))
    root = None
    with contextlib.suppress(Misconfigured):
        root = parse(_text(file), problems) if file.is_file() else None
    said = root.value if root and isinstance(root.value, dict) else {}

    def named(name: str, otherwise: str) -> str:
        value = said[name].value if name in said else None
        return value if isinstance(value, str) else otherwise

    services, slos = named("services", "services.yaml"), named("slos", "slos")
    hub = HubSettings.model_construct(services=services, slos=slos)
    return Configuration(hub, file.parent.absolute(), None, {})


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file}: cannot be read ({error}); save it as UTF-8 text") from error


def _says_something(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _hub(plain: dict[str, Any], root: Node | None, problems: Problems) -> HubSettings | None:
    try:
        return HubSettings(**plain)
    except ValidationError as error:
        _note(error, (), root, problems, HubSettings)
    except SettingsError as error:
        # Its text names the field; the value, which may hold a secret, is only in its cause.
        named = re.search(r'field "(\w+)"', str(error))
        variable = f"{PREFIX}{named[1] if named else ''}".upper()
        problems.add(1, variable, "is not JSON", f"write it as JSON, or set {variable}__<name>")
    return None


def _addressed(
    hub: HubSettings, folder: Path, root: Node | None, problems: Problems
) -> HubSettings:
    """Resolve references in the addresses that may hold a password."""
    found: dict[str, str] = {}
    for name in ("store", "bus"):
        try:
            found[name] = _secret(getattr(hub, name), folder)
        except Misconfigured as error:
            where = _variable((name,)) or name
            problems.add(_line(root, (name,)), where, str(error), "correct the reference")
    return hub.model_copy(update=found)


def _given(plain: object) -> dict[str, dict[str, Any]]:
    named = plain.get("connectors") if isinstance(plain, dict) else None
    return {
        str(name): one
        for name, one in (named.items() if isinstance(named, dict) else ())
        if isinstance(one, dict)
    }


def _connectors(
    connectors_given: Mapping[str, Mapping[str, Any]],
    folder: Path,
    root: Node | None,
    problems: Problems,
) -> Iterator[tuple[str, Configured]]:
    known = connectors()
    yield BUILT_IN, Configured(BUILT_IN, known["msproject"], known["msproject"].settings())
    for name, given in connectors_given.items():
        place = ("connectors", name)
        line = _line(root, place)
        where = ".".join(place)
        if not CONNECTOR_ID.match(name) or name in RESERVED:
            remedy = f"use small letters, digits and -; not {', '.join(sorted(RESERVED))}"
            problems.add(line, where, "is no connector id", remedy)
            continue
        type_ = str(given.get("type", ""))
        connector = known.get(type_)
        if connector is None:
            problems.add(line, f"{where}.type", f"{type_!r} is no connector", guess(type_, known))
            continue
        fields = connector.settings.model_fields
        values = {
            key: value
            for key, value in given.items()
            if key != "type" and (key in fields or key not in COMMON)
        }
        resolved, lost = _secrets(connector.settings, values, folder)
        for inner, what in lost:
            at = (*place, *inner)
            problems.add(_line(root, at), ".".join(at), what, "correct the reference")
        try:
            settings = connector.settings(**resolved)
        except ValidationError as error:
            _note(error, place, root, problems, connector.settings)
        else:
            _writes(settings, connector, place, root, problems)
            yield name, Configured(name, connector, settings)


def _writes(
    settings: BaseModel, connector: Connector, place: tuple[str, ...], root: Node | None,
    problems: Problems,
) -> None:  # fmt: skip
    """Note what is switched on and cannot be done: nobody would ever learn why it is not."""
    can = connector.manifest.writes
    for word in sorted(getattr(settings, "writes", frozenset()) - set(can)):
        at = (*place, "writes")
        remedy = guess(word, can) if can else "remove it; nothing is written to this tool"
        problems.add(_line(root, at), ".".join(at), f"{word!r} is nothing it can write", remedy)


Lost = tuple[tuple[str, ...], str]
"""A reference that leads nowhere: where it stands within the connector, and what is wrong."""


def _secrets(
    model: type[BaseModel], values: Mapping[str, Any], folder: Path
) -> tuple[dict[str, Any], list[Lost]]:
    """Resolve `env:NAME` and `file:PATH` in the fields that hold secrets, and relative paths."""
    made, lost = dict(values), list[Lost]()

    def found(value: str, *place: str) -> str:
        try:
            return _secret(value, folder)
        except Misconfigured as error:
            lost.append((place, str(error)))
            return value  # stands in for the secret, so that the other fields are checked too

    for name, field in model.model_fields.items():
        value = made.get(name)
        secret = SecretStr.__name__ in str(field)
        if secret and isinstance(value, str):
            made[name] = found(value, name)
        elif secret and isinstance(value, dict):
            made[name] = {key: found(str(v), name, key) for key, v in value.items()}
        elif isinstance(value, str) and name in PATHS:
            made[name] = str(folder / value)
    return made, lost


def _secret(value: str, folder: Path) -> str:
    kind, _, rest = value.partition(":")
    if kind == "env":
        secret = os.environ.get(rest)
        if not secret:
            raise Misconfigured(f"the environment variable {rest} is not set")
        return secret
    if kind == "file":
        try:
            return (folder / rest).read_text("utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{rest} cannot be read ({error.strerror})") from error
        except UnicodeDecodeError:
            raise Misconfigured(f"{rest} cannot be read (it is not UTF-8 text)") from None
    return value


def _note(
    error: ValidationError,
    prefix: tuple[str, ...],
    root: Node | None,
    problems: Problems,
    model: type[BaseModel],
) -> None:
    for fault in error.errors(include_url=False, include_input=False):
        place = (*prefix, *(str(part) for part in fault["loc"]))
        remedy = "correct the value"
        if fault["type"] == "extra_forbidden":
            remedy = (
                guess(place[-1], model.model_fields)
                if len(place) <= len(prefix) + 1
                else ("remove it")
            )
        where = _variable(place) or ".".join(place)
        what = fault["msg"].removeprefix("Value error, ")
        problems.add(_line(root, place), where, what, remedy)


def _variable(place: tuple[str, ...]) -> str | None:
    """Return the environment variable that a value came from; None when from no one."""
    names = {name.upper() for name in os.environ}
    tried = (f"{PREFIX}{'__'.join(place[:n])}".upper() for n in range(len(place), 0, -1))
    return next((name for name in tried if name in names), None)


def _line(root: Node | None, place: tuple[str, ...]) -> int:
    """Return the line of a place, or of what is nearest above it."""
    node, line = root, 1
    for part in place:
        if node is None or not isinstance(node.value, dict) or part not in node.value:
            break
        node = node.value[part]
        line = node.line
    return line
