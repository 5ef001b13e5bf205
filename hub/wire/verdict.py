"""What an answer means before anybody reads it: is it the tool's, and may we ask again."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin

from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.wire import instants
from hub.wire.veil import Veil, shown

LONGEST_WAIT: Final = timedelta(hours=1)
"""No tool is believed that it will be away for longer: an admin must not wait for a slip of it."""
ENOUGH: Final = 64 << 10
"""So many bytes of a refusal are read, for its words."""
_BUSY: Final = frozenset({408, 425, 429})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_BROKEN: Final = 500
_TOO_MANY: Final = 429
_RESETS: Final = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_QUOTED: Final = 160  # characters; arbitrary
_DIGITS: Final = 9  # of Retry-After; more is more than a lifetime

_LOG_IN: Final = re.compile(
    r"""type\s*=\s*["']?password|name\s*=\s*["']?SAML(Request|Response)|http-equiv=["']?refresh"""
    r"""|<title>[^<]*(log[ -]?in|sign[ -]?in|single sign|\bsso\b|登录|登陆)""",
    re.IGNORECASE,
)
_PAGE: Final = re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as far as sentences speak of it."""

    method: str
    url: str
    headers: Mapping[str, str]
    through: str | None = None

    @property
    def secured(self) -> bool:
        """Whether it goes by TLS."""
        return self.url.lower().startswith("https:")

    @property
    def place(self) -> str:
        """How a sentence begins."""
        way = f" (through the proxy {shown(self.through)})" if self.through else ""
        return f"{shown(self.url)}{way}"


def is_busy(status: int) -> bool:
    """Tell whether a status says that the same question may be answered later."""
    return status in _BUSY or status >= _BROKEN


def refuses(status: int) -> bool:
    """Tell whether a status is no answer but a refusal; its body is only read for its words."""
    return status in {401, 403, 407} | _REDIRECTS or is_busy(status)


def judge(
    asked: Asked, status: int, headers: Mapping[str, str], body: bytes, veil: Veil
) -> HubError | None:
    """Return the error that an answer amounts to; None: it is the caller's to read.

    Shape: header names are lower-case.
    """
    if not refuses(status) and (status >= 300 or not _is_page(headers, body)):  # noqa: PLR2004
        return None  # nearly every answer, so nothing is made of its words
    says = _words(body, headers, asked, veil)
    if status in _REDIRECTS:
        return Misconfigured(_led_away(asked, status, headers, veil))
    if status == 401:  # noqa: PLR2004
        return Misconfigured(
            f"{asked.place}: does not know who asks (401{says}); check token, user and password, "
            "and `headers`"
        )
    if status == 403:  # noqa: PLR2004
        return Misconfigured(
            f"{asked.place}: does not allow it (403{says}); give the account the right, or use "
            "another"
        )
    if status == 407:  # noqa: PLR2004
        return Misconfigured(refused_by_proxy(asked))
    if is_busy(status):
        now = datetime.now(UTC)
        wait = wish(status, headers, now)
        reason = headers.get("ratelimit-reason", "")[:_QUOTED]
        message = f"{asked.place}: cannot answer now ({status}{says})"
        return Transient(message, retry_after=wait, status=status, reason=reason)
    return _page(asked, body, says)


def _page(asked: Asked, body: bytes, says: str) -> HubError:
    if _LOG_IN.search(_text(body)):
        return Misconfigured(
            f"{asked.place}: answers a log-in page instead of data{says}; check the address, and "
            "let the hub pass whatever stands before the tool"
        )
    return Anomalous(f"{asked.place}: answers a web page instead of data{says}", evidence=says)


def refused_by_proxy(asked: Asked) -> str:
    """Say that the proxy wants to know who asks."""
    return (
        f"{asked.place}: the proxy does not know who asks (407); check proxy_username and "
        "proxy_password"
    )


def of_tunnel(asked: Asked, status: int, headers: Mapping[str, str] | None = None) -> HubError:
    """Return the error of a proxy that did not connect us."""
    if status == 407:  # noqa: PLR2004
        return Misconfigured(refused_by_proxy(asked))
    if is_busy(status):
        wait = retry_after(headers or {}, datetime.now(UTC))
        return Transient(f"{asked.place}: the proxy cannot reach it ({status})", retry_after=wait)
    return Misconfigured(
        f"{asked.place}: the proxy does not connect to it ({status}); let it, or name the host in "
        "no_proxy"
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a tool asks us to wait, at most an hour; None when it does not say.

    Shape: seconds, or a date; a date counts from the tool's own clock where it tells it.
    Source: RFC 9110, 10.2.3.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=int(said[:_DIGITS])), LONGEST_WAIT)
    until = _instant(said)
    if until is None:
        return None
    wait = until - (_instant(headers.get("date", "")) or now)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def wish(status: int, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a tool that refused is to be left alone, at most an hour; None: unknown.

    Shape: one that was asked too often and names no wish may still say when it counts anew.
    """
    wait = retry_after(headers, now)
    if wait is not None or status != _TOO_MANY:
        return wait
    said = next((headers[one] for one in _RESETS if one in headers), "")
    until = instants.instant(said, now)
    if until is None:
        return None
    # A date counts from the tool's own clock, a count of seconds from now.
    since = (_instant(headers.get("date", "")) or now) if instants.number(said) is None else now
    return min(max(until - since, timedelta(0)), LONGEST_WAIT)


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _led_away(asked: Asked, status: int, headers: Mapping[str, str], veil: Veil) -> str:
    to = headers.get("location", "")
    try:
        leads = shown(urljoin(asked.url, to)) if to else "nowhere"
    except ValueError:
        leads = "an address that is none"
    return (
        f"{asked.place}: leads to {veil.over(leads, asked.headers)} ({status}), and the hub does "
        "not follow with its credentials; write the final address, or let the hub pass the log-in "
        "that stands before the tool"
    )


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("content-type", "").lower() or _PAGE.match(body) is not None


def _text(body: bytes) -> str:
    return body[:ENOUGH].decode("utf-8", "replace")


def _words(body: bytes, headers: Mapping[str, str], asked: Asked, veil: Veil) -> str:
    """Quote what a person would read of a refusal: no tags, no secrets, not much."""
    text = veil.over(_text(body), asked.headers)
    if _is_page(headers, body):
        text = html.unescape(_UNSEEN.sub(" ", text))
    text = veil.over(" ".join("".join(c if c.isprintable() else " " for c in text).split()))
    if not text:
        return ""
    return f": “{text[:_QUOTED]}…”" if len(text) > _QUOTED else f": “{text}”"
