"""Which certificates hold: the admin's settings as an SSL context."""

import ssl
from pathlib import Path

from hub.contract import Connection
from hub.errors import Misconfigured


def context_of(settings: Connection) -> ssl.SSLContext:
    """Build the context of one connector.

    Raises: Misconfigured, naming the setting, its file and the remedy.
    """
    context = _roots(settings.ca_file)
    if not settings.verify_tls:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if settings.client_cert is not None:
        _present(context, settings.client_cert, settings.client_key)
    return context


def _roots(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        return ssl.create_default_context()
    _readable("ca_file", ca_file)
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except ssl.SSLError:
        raise Misconfigured(
            f"ca_file: {ca_file} holds no certificate; give the authority's certificate as PEM"
        ) from None


def _present(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    _readable("client_cert", certificate)
    if key is not None:
        _readable("client_key", key)
    try:
        # Without a password given, OpenSSL would ask for one on the terminal and wait.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (ssl.SSLError, OSError) as error:
        place = "client_cert" if key is None else "client_cert and client_key"
        files = certificate if key is None else f"{certificate} and {key}"
        raise Misconfigured(
            f"{place}: {files} cannot be used ({_said(error)}); give a certificate and the key "
            "that belongs to it, as PEM and without a password"
        ) from None


def _said(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    if reason == "KEY_VALUES_MISMATCH":
        return "the key is not that of the certificate"
    return "no certificate and key in it" if reason is None else reason.lower().replace("_", " ")


def _readable(setting: str, path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise Misconfigured(
            f"{setting}: {path} cannot be read ({error.strerror}); name a file that the hub may "
            "read"
        ) from None
