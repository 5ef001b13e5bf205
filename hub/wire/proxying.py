"""Which requests go through the admin's proxy. What the environment says does not count."""

import ipaddress
from typing import Final

from hub.contract import Connection
from hub.contract.connection import LOCAL

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_ALL: Final = "*"


class Proxy:
    """The proxy of one connector, and which hosts are reached without it.

    The rules are about hosts as they are written in the address: no name is looked up, because
    behind a proxy often only the proxy can.
    """

    def __init__(self, settings: Connection) -> None:
        self.address = None if settings.proxy is None else str(settings.proxy).rstrip("/")
        self.user = settings.proxy_username or ""
        password = settings.proxy_password
        self.password = "" if password is None else password.get_secret_value()
        self._networks: list[Network] = []
        self._names: list[str] = []
        for rule in (*LOCAL, *settings.no_proxy):
            self._take(rule.strip().lower())

    @property
    def logs_in(self) -> bool:
        """Whether the proxy is told who asks."""
        return bool(self.user or self.password)

    def leads_to(self, host: str) -> bool:
        """Tell whether a host is asked through the proxy."""
        return self.address is not None and not self._direct(host.lower().strip("[]").rstrip("."))

    def _take(self, rule: str) -> None:
        try:
            self._networks.append(ipaddress.ip_network(rule.strip("[]"), strict=False))
        except ValueError:
            self._names.append(rule.rstrip("."))

    def _direct(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return host.endswith(".localhost") or any(_names(rule, host) for rule in self._names)
        if address.is_loopback or _ALL in self._names:
            return True
        return any(address.version == net.version and address in net for net in self._networks)


def _names(rule: str, host: str) -> bool:
    """Tell whether a rule means a host: a name only itself, `.domain` it and all below."""
    if rule.startswith("."):
        return host == rule[1:] or host.endswith(rule)
    return rule in {_ALL, host}
