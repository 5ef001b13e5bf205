"""Which bus a setting means, and what that bus cannot promise."""

from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit

import structlog

from hub.bus.broker import BrokerBus
from hub.bus.memory import MemoryBus
from hub.errors import Misconfigured
from hub.services.telling import Bus, Position

log = structlog.get_logger(__name__)

_CONFIRMED: Final = frozenset({"amqp", "amqps"})
# What is missing, in the words that are logged at start.
_WEAK: Final[dict[str, str]] = {
    "redis": (
        "Redis confirms nothing and keeps what its own settings say (appendonly, appendfsync): "
        "a change may be lost when it crashes, and what a consumer held when it was killed comes "
        "back only after its visibility timeout"
    ),
    "filesystem": "for development only: a killed reader or writer loses or tears messages",
    "memory": "for development only: nobody outside this process is told, and nothing is kept",
}
_SAME: Final = {"rediss": "redis"}
_NEEDS: Final = {"redis": "redis"}


def open_bus(
    url: str,
    *,
    source: str = "/milepost",
    queue: str | None = None,
    position: Position | None = None,
) -> Bus:
    """Make the bus that the setting `bus` names; nothing is connected before `start`.

    Shape:  `url` is "memory" or an address; `source` is the CloudEvents source of this hub;
            `queue` is a durable queue to declare, which then gets every change.
    Raises: Misconfigured, when it is no bus that we know, or its client is not installed.
    """
    if url == "memory":
        return MemoryBus()
    scheme = urlsplit(url).scheme
    kind = _SAME.get(scheme, scheme)
    if kind not in _CONFIRMED and kind not in _WEAK:
        known = ", ".join(f"{name}://" for name in sorted((*_CONFIRMED, "redis", "rediss")))
        # The address itself may hold a password.
        raise Misconfigured(f"bus: {scheme or 'this'} is no bus; use memory, or one of {known}")
    if (package := _NEEDS.get(kind)) and find_spec(package) is None:
        raise Misconfigured(f"bus: {scheme}:// needs the Python package {package}; install it")
    if kind in _WEAK:
        log.warning("bus_promises_less", transport=scheme, detail=_WEAK[kind])
    return BrokerBus(url, source=source, queue=queue, position=position)
