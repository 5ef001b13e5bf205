"""What Jira refuses, by its remedy. Pure."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from hub.errors import Anomalous, HubError, Misconfigured

_GONE: Final = frozenset({404, 410})
_REFUSED: Final = 400
_QUOTED: Final = 300  # characters of what Jira says; arbitrary


class NotThere(Misconfigured):
    """There is nothing at a path, or nothing that the user may see; often no fault at all."""


class BadQuery(Misconfigured):
    """Jira does not understand a query, or not in these words."""


def refusal(status: int, says: str, path: str) -> HubError:
    """Return the error that a refusal is."""
    if status in _GONE:
        return NotThere(f"Jira has nothing at {path}{says}; check `url`")
    if status == _REFUSED and path.startswith("search"):
        return BadQuery(f"Jira refuses the search{says}; mend `jql` or `projects`")
    if status == _REFUSED:
        return Misconfigured(f"Jira refuses what was asked at {path}{says}")
    return Anomalous(f"Jira answers {status} at {path}{says}", evidence=says)


class _Refusal(msgspec.Struct):
    messages: list[str] = msgspec.field(name="errorMessages", default_factory=list)
    errors: dict[str, Any] = msgspec.field(default_factory=dict)


def said(body: bytes, secrets: Iterable[str]) -> str:
    """Quote what Jira says of a refusal, without secrets; "" where that cannot be read."""
    try:
        found = msgspec.json.decode(body, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    words = [*found.messages, *(f"{name}: {text}" for name, text in found.errors.items())]
    text = " ".join(words)
    for secret in secrets:
        text = text.replace(secret, "***")
    text = " ".join(text.split())[:_QUOTED]
    return f": “{text}”" if text else ""
