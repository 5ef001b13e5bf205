"""One recording: the questions of a connector and the tool's answers, as a JSON document."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from hub.contract import Connection, Exchange, Step
from hub.errors import Misconfigured
from hub.recordings.redacting import Redactor

_HEADERS: Final = ("content-type", "date", "retry-after")
"""Headers of an answer that connectors read; no other is kept."""

_CHECKED: Final = {"webhook_secret", "read_only", "writes"}
"""Settings of the way to a tool that a connector looks at itself."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Content(_Part):
    """Bytes that were sent: as JSON where they are, else as text."""

    value: Any = None
    text: str | None = None


class Exchanged(_Part):
    """One question and its answer. Shape: `tool` counts the addresses in the settings."""

    tool: int
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    sent: Content | None = None
    status: int
    headers: dict[str, str] = {}
    body: Content


class Taken(_Part):
    """A step of the verification that was recorded, and how it ended."""

    code: str
    done: bool | None


class Recording(_Part):
    """What one `connector verify` asked and heard. Shape: `type` is the connector's."""

    format: Literal[1] = 1
    type: str
    milepost: str
    taken_at: datetime
    settings: dict[str, Any]
    steps: tuple[Taken, ...]
    exchanges: tuple[Exchanged, ...]

    def written(self) -> str:
        """Return the document as text, one question or answer a line."""
        told = self.model_dump(mode="json", exclude_defaults=True)
        exchanges = told.pop("exchanges", [])
        head = json.dumps({"format": self.format, **told}, ensure_ascii=False, indent=1)
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in exchanges)
        return f'{head.removesuffix("}").rstrip()},\n "exchanges": [\n{lines}\n]\n}}\n'

    @classmethod
    def of(cls, path: Path) -> "Recording":
        """Read a recording. Raises: Misconfigured, with the place of each fault."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            found = tuple(
                f"{path}: {'/'.join(map(str, one['loc']))}: {one['msg']}"
                for one in error.errors(include_url=False, include_input=False)
            )
            raise Misconfigured(f"{path} is no recording of Milepost", problems=found) from None


def recorded(
    type_: str,
    release: str,
    taken_at: datetime,
    settings: Connection,
    heard: Iterable[Exchange],
    steps: Sequence[Step],
    redactor: Redactor,
) -> Recording:
    """Make a recording of what was heard, with other words in it.

    Shape: of the settings, those that are the connector's own; a secret stands as asterisks.
    """
    tools: list[str] = []
    own = type(settings).model_fields.keys() - Connection.model_fields.keys() | _CHECKED
    told = settings.model_dump(mode="json", include=set(own), exclude_defaults=True)
    return Recording(
        type=type_,
        milepost=release,
        taken_at=taken_at,
        settings={name: _setting(value, tools, redactor) for name, value in told.items()},
        steps=tuple(Taken(code=step.code, done=step.done) for step in steps),
        exchanges=tuple(_exchanged(one, tools, redactor) for one in heard),
    )


def _setting(value: Any, tools: list[str], redactor: Redactor) -> Any:
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        tool, path = _tool(value, tools)
        return f"{placeholder(tool)}{redactor.text(path)}"
    if isinstance(value, str) and set(value) == {"*"}:
        return value
    if isinstance(value, list):
        return [_setting(one, tools, redactor) for one in value]
    if isinstance(value, dict):
        return {name: _setting(one, tools, redactor) for name, one in value.items()}
    return redactor.value(value)


def placeholder(tool: int) -> str:
    """Return what stands in the settings for the address of a tool."""
    return f"http://tool-{tool}"


def _tool(url: str, tools: list[str]) -> tuple[int, str]:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin not in tools:
        tools.append(origin)
    return tools.index(origin), unquote(parts.path)


def _exchanged(one: Exchange, tools: list[str], redactor: Redactor) -> Exchanged:
    tool, path = _tool(one.url, tools)
    query = parse_qsl(urlsplit(one.url).query, keep_blank_values=True)
    return Exchanged(
        tool=tool,
        method=one.method,
        path=redactor.text(path),
        query=tuple((redactor.text(name), redactor.text(value)) for name, value in query),
        sent=None if one.sent is None else _content(one.sent, redactor),
        status=one.status,
        headers={name: one.headers[name] for name in _HEADERS if name in one.headers},
        body=_content(one.body, redactor),
    )


def _content(body: bytes, redactor: Redactor) -> Content:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return Content(text=redactor.text(body.decode("utf-8", "replace")))
    return Content(value=redactor.value(value))
