"""TLS as the admin set it: whom we trust, who we are, and what went wrong in plain words."""

import os
import ssl
from pathlib import Path
from typing import Final

from hub.contract import Connection
from hub.errors import HubError, Misconfigured, Transient

_EXPIRED: Final = 10
_NOT_YET: Final = 9
_SELF_SIGNED: Final = 18
_UNTRUSTED: Final = frozenset({2, 19, 20, 21})
_OTHER_NAME: Final = frozenset({62, 64})
_WANTS_CERTIFICATE: Final = ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE")
_REFUSED_CERTIFICATE: Final = (
    "ALERT_UNKNOWN_CA",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_REVOKED",
    "ALERT_CERTIFICATE_UNKNOWN",
    "ALERT_UNSUPPORTED_CERTIFICATE",
    "ALERT_ACCESS_DENIED",
    "ALERT_DECRYPT_ERROR",
)
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
_OTHER_VERSION: Final = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_PROTOCOLS")
_OTHER_TOOL: Final = ("UNRECOGNIZED_NAME",)

Stamp = tuple[tuple[str, int, int], ...]


class Trust:
    """The TLS of one connector, read again when a file of it has changed."""

    def __init__(self, settings: Connection) -> None:
        self._settings = settings
        self._made: tuple[Stamp, ssl.SSLContext] | None = None

    def context(self) -> ssl.SSLContext:
        """Return what connections are wrapped in.

        Raises: Misconfigured, naming the setting, the file and the remedy.
        """
        stamp = self._stamp()
        if self._made is None or self._made[0] != stamp:
            self._made = (stamp, self._context())
        return self._made[1]

    def _stamp(self) -> Stamp:
        found = []
        for name in ("ca_file", "client_cert", "client_key"):
            if (path := getattr(self._settings, name)) is not None:
                stat = _readable(name, path)
                found.append((name, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _context(self) -> ssl.SSLContext:
        authority = self._settings.ca_file
        try:
            context = ssl.create_default_context(cafile=None if authority is None else authority)
        except (ssl.SSLError, ValueError):
            raise Misconfigured(
                f"ca_file: {authority} holds no certificate in PEM; give it the certificate of "
                "the authority, from -----BEGIN CERTIFICATE----- on"
            ) from None
        if not self._settings.verify_tls:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self._show_who_we_are(context)
        return context

    def _show_who_we_are(self, context: ssl.SSLContext) -> None:
        own, key = self._settings.client_cert, self._settings.client_key
        if own is None:
            return
        try:
            context.load_cert_chain(own, key, password=_no_password)
        except _Encrypted:
            named = "client_cert" if key is None else "client_key"
            raise Misconfigured(
                f"{named}: the key in {key or own} is encrypted; give one without a passphrase, "
                "readable by the hub alone"
            ) from None
        except (ssl.SSLError, ValueError) as error:
            raise Misconfigured(_unusable(error, own, key)) from None


class _Encrypted(Exception):
    """A key asks for a passphrase; there is nobody to ask."""


def _no_password() -> str:
    raise _Encrypted


def _readable(setting: str, path: Path) -> os.stat_result:
    """Look at a file. Raises: Misconfigured, when it is missing or may not be read."""
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno())
    except OSError as error:
        raise Misconfigured(
            f"{setting}: {path} cannot be read ({error.strerror}); correct the path, or let the "
            "hub read the file"
        ) from None


def _unusable(error: Exception, own: Path, key: Path | None) -> str:
    reason = getattr(error, "reason", None) or ""
    if "MISMATCH" in reason:
        return (
            f"client_key: the key in {key or own} does not belong to the certificate in {own}; "
            "give the two that were made together"
        )
    if key is None:
        return (
            f"client_cert: {own} holds no certificate with its key in PEM; put both into it, or "
            "name the key in client_key"
        )
    return (
        f"client_cert, client_key: {own} or {key} is no PEM; give a certificate "
        "(-----BEGIN CERTIFICATE-----) and its key (-----BEGIN PRIVATE KEY-----)"
    )


def of_tls(error: ssl.SSLError, place: str, settings: Connection) -> HubError:
    """Say what an error of TLS means to the admin."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Misconfigured(_not_trusted(error, place, settings))
    reason = error.reason or ""
    mine = settings.client_cert
    if any(word in reason for word in _REFUSED_CERTIFICATE) or (
        mine is not None and any(word in reason for word in _WANTS_CERTIFICATE)
    ):
        return Misconfigured(
            f"{place}: refuses our certificate ({_plain(reason)}); give one in client_cert that "
            f"it trusts{'' if mine is None else f', instead of {mine}'}"
        )
    if any(word in reason for word in _WANTS_CERTIFICATE):
        return Misconfigured(
            f"{place}: wants a certificate of us ({_plain(reason)}); give one in client_cert, "
            "with its key in client_key"
        )
    if any(word in reason for word in _NO_TLS):
        return Misconfigured(
            f"{place}: does not speak TLS there; check the port, or write http:// in the address"
        )
    if any(word in reason for word in _OTHER_VERSION):
        return Misconfigured(
            f"{place}: speaks only versions of TLS that are not safe ({_plain(reason)}); bring it "
            "to TLS 1.2 or later"
        )
    if any(word in reason for word in _OTHER_TOOL):
        return Misconfigured(f"{place}: does not know itself by that name; check the address")
    return Transient(f"{place}: the secured connection broke ({_plain(reason) or 'cut off'})")


def _not_trusted(error: ssl.SSLCertVerificationError, place: str, settings: Connection) -> str:
    code, says = error.verify_code, error.verify_message.rstrip(".")
    where = settings.ca_file
    if code in _OTHER_NAME:
        return (
            f"{place}: its certificate names another host ({says}); write the address with a name "
            "that is in the certificate, or have the certificate issued for this one"
        )
    if code == _EXPIRED:
        return f"{place}: its certificate is not valid any more ({says}); renew it at the tool"
    if code == _NOT_YET:
        return (
            f"{place}: its certificate is not valid yet ({says}); compare the clocks of tool and "
            "hub, or renew it"
        )
    if code == _SELF_SIGNED:
        held = "name a file with it in ca_file" if where is None else f"add it to ca_file, {where}"
        return f"{place}: its certificate is self-signed ({says}); {held}"
    if code in _UNTRUSTED:
        held = (
            "name a file with the certificate of the authority in ca_file"
            if where is None
            else f"ca_file, {where}, holds other authorities; add the right one"
        )
        return f"{place}: the authority of its certificate is not trusted ({says}); {held}"
    return f"{place}: its certificate is not accepted ({says}); have it renewed at the tool"


def _plain(reason: str) -> str:
    return reason.replace("_", " ").lower()
