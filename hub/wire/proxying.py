"""Who is asked through the proxy, and who directly."""

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from hub.contract import Connection
from hub.contract.connection import LOCAL


def is_direct(url: str, settings: Connection) -> bool:
    """Tell whether an address is asked without the proxy.

    Shape: loopback always is. An entry of `no_proxy` is a name, a domain that begins with a dot
           (it and all below it), an address, a network, or `*`.
    """
    host = (urlsplit(url).hostname or "").casefold().rstrip(".")
    if settings.proxy is None or host in LOCAL or host.endswith(".localhost"):
        return True
    return any(_names(entry.strip().casefold(), host) for entry in settings.no_proxy)


def _names(entry: str, host: str) -> bool:
    if entry in {"*", host}:
        return True
    if entry.startswith("."):
        return host == entry[1:] or host.endswith(entry)
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        return False


def credentials(settings: Connection) -> tuple[str, str] | None:
    """Return the account at the proxy; None where it asks for none."""
    if settings.proxy_username is None and settings.proxy_password is None:
        return None
    password = settings.proxy_password
    return settings.proxy_username or "", password.get_secret_value() if password else ""
