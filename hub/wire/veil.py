"""What must not be shown: the secrets of one connector, taken out of every sentence."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, SecretStr

VEILED: Final = "***"
_SHORTEST: Final = 3  # arbitrary; to veil a shorter one would veil half of every sentence
_OPAQUE: Final = re.compile(r"[A-Za-z0-9_-]{24,}")
"""What looks like a token, as one that we were given for a password and that is in no setting."""
_TELLTALE: Final = ("auth", "token", "key", "secret", "cookie", "password")


class Veil:
    """Takes the secrets of one connector out of texts."""

    def __init__(self, settings: BaseModel) -> None:
        user = getattr(settings, "proxy_username", None) or ""
        secrets = {form for one in _secrets(settings) for form in _forms(one)}
        secrets |= {_basic(user, one) for one in _secrets(settings)}
        self._secrets = _longest_first(secrets)

    def over(self, text: str, headers: Mapping[str, str] | None = None) -> str:
        """Return the text without secrets, those of the request's own `headers` included."""
        more = {form for one in _told(headers or {}) for form in _forms(one)}
        for secret in (*_longest_first(more), *self._secrets):
            text = text.replace(secret, VEILED)
        return _OPAQUE.sub(VEILED, text)

    def holds(self, text: str) -> bool:
        """Tell whether a secret of the settings stands in a text."""
        return any(secret in text for secret in self._secrets)


def shown(url: str) -> str:
    """Return scheme, host and port of an address; path, query and account may hold a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is none"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def basic(user: str, password: str) -> str:
    """Return the value of a header that logs in with a name and a password."""
    return f"Basic {_basic(user, password)}"


def _basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name, None))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _secrets(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _secrets(one)


def _told(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        if any(word in name.lower() for word in _TELLTALE):
            yield value


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it may turn up: whole, without its scheme, and quoted."""
    for one in {secret, secret.strip(), secret.strip().partition(" ")[2]}:
        yield one
        yield quote(one, safe="")
        yield one.encode("unicode_escape").decode()


def _longest_first(secrets: Iterable[str]) -> tuple[str, ...]:
    long = {secret for secret in secrets if len(secret) >= _SHORTEST}
    return tuple(sorted(long, key=len, reverse=True))
