"""What a failure on the way to a tool means: the same four errors, whichever library met it."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from hub.errors import Anomalous, HubError, Misconfigured, Transient

LONGEST_WAIT: Final = timedelta(hours=1)
"""A tool that asks us to stay away for longer is asked again after this; arbitrary."""
BUSY: Final = frozenset({408, 425, 429})
_TITLE: Final = re.compile(rb"<title[^>]*>([^<]{1,80})", re.IGNORECASE)
_LOGIN: Final = re.compile(
    rb"""type=["']?password|name=["']?password|log[ -]?in|sign[ -]?in""", re.IGNORECASE
)
_HTML: Final = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)


def place(url: str) -> str:
    """Return scheme, host and port of an address: no path, no query, no credential."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def by_status(
    url: str, status: int, headers: "dict[str, str]", body: bytes, now: datetime | None = None
) -> HubError | None:
    """Return what a status means; None when it is the caller's to read.

    Shape: header names lower-case.
    """
    where = place(url)
    if status in BUSY or status >= 500:  # noqa: PLR2004 - the class of the tool's own faults
        said = _said(body)
        wait = retry_after(headers.get("retry-after"), now)
        return Transient(f"{where} answered {status}{said}; it is asked again", retry_after=wait)
    if status in {401, 403}:
        remedy = "check the token or password and its rights"
        return Misconfigured(f"{where} answered {status}{_said(body)}: {remedy}")
    if status == 407:  # noqa: PLR2004 - Proxy Authentication Required
        remedy = "set proxy_username and proxy_password"
        return Misconfigured(f"the proxy before {where} asks who we are (407); {remedy}")
    if 300 <= status < 400 and status != 304:  # noqa: PLR2004 - redirects
        target = headers.get("location", "")
        there = place(target) if "://" in target else urlsplit(target).path or "nowhere"
        return Misconfigured(
            f"{where} redirects to {there}; give the address that answers itself, or let the hub "
            "past the log-in page that stands before it"
        )
    if _HTML.match(body):
        return _page(where, body)
    return None


def _page(where: str, body: bytes) -> HubError:
    """Say what a web page means where data was expected."""
    title = _said(body)
    if _LOGIN.search(body):
        return Misconfigured(
            f"{where} shows a log-in page{title} instead of data; let the hub past it, or give the "
            "address of the tool itself"
        )
    says = f"{where} answered with a web page{title} instead of data"
    return Anomalous(says, evidence=body[:4096])


def _said(body: bytes) -> str:
    """Return the title of a page; other bodies are not repeated, they may hold what we sent."""
    found = _TITLE.search(body[:65536])
    if found is None:
        return ""
    text = " ".join(found[1].decode("utf-8", "replace").split())
    return f' ("{text}")' if text.isprintable() else ""


def retry_after(value: str | None, now: datetime | None = None) -> timedelta | None:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3); None when it says nothing useful."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), 10**8))
    else:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - (now or datetime.now(UTC))
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def by_tls(url: str, error: ssl.SSLError | ssl.CertificateError) -> HubError:
    """Return what a failed handshake means."""
    where = place(url)
    code = getattr(error, "verify_code", 0)
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", None)
    said = str(reason or "handshake failed").lower().replace("_", " ")
    if "hostname mismatch" in said or "ip address mismatch" in said:
        remedy = "give the name that the certificate is for"
        return Misconfigured(f"the certificate of {where} is for another host ({said}); {remedy}")
    if code or "certificate verify failed" in said:
        remedy = "name the authority in ca_file, or have the certificate renewed"
        return Misconfigured(f"the certificate of {where} is not trusted ({said}); {remedy}")
    if "certificate required" in said or "handshake failure" in said or "unknown ca" in said:
        remedy = "give client_cert, signed by an authority that it knows"
        return Misconfigured(f"{where} asks for a certificate of ours ({said}); {remedy}")
    if "wrong version number" in said or "record layer failure" in said:
        remedy = "write http://, or the right port"
        return Misconfigured(f"{where} does not speak TLS ({said}); {remedy}")
    if "eof" in said or "closed" in said:
        return Transient(f"{where} hung up while TLS began")
    return Misconfigured(f"TLS with {where} failed ({said}); check its certificate and ours")
