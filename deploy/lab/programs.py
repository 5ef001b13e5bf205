"""Where the programs of the system are. Knows names and places, starts nothing."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from deploy.lab import debian13

# Debian keeps these out of PATH, or under another name than upstream does.
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "postgres": ("/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres"),
    "alertmanager": ("/usr/bin/prometheus-alertmanager",),
    # The one in /usr/sbin is a wrapper that insists on root or the user rabbitmq.
    "rabbitmq": ("/usr/lib/rabbitmq/bin/rabbitmq-server",),
    "epmd": ("/usr/lib/erlang/erts-*/bin/epmd",),
    "zabbix": ("/usr/sbin/zabbix_server",),
    "zabbix_pages": ("/usr/share/zabbix/api_jsonrpc.php",),
}
_COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "rabbitmq": (),
    "redis": ("redis-server",),
    "zabbix": (),
    "zabbix-7.0": (),
    "node_exporter": ("prometheus-node-exporter", "node_exporter"),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
}
# Nothing starts without these.
_WITH: Final[dict[str, tuple[str, ...]]] = {
    "zabbix": ("zabbix_pages", "zabbix_sender", "php", "postgres"),
    "zabbix-7.0": ("zabbix_sender", "postgres"),
}


def find(name: str) -> Path | None:
    """Find a program by the name that `needs_system` uses; None when it is not installed."""
    if not all(map(find, _WITH.get(name, ()))):
        return None
    if name == "zabbix-7.0":
        return debian13.possible()
    for command in _COMMANDS.get(name, (name,)):
        if found := shutil.which(command):
            path = Path(found)
            # redis-server is a link to a program that goes by the name it is called.
            return resolved if (resolved := path.resolve()).name == path.name else path
    found_by_place = [
        path
        for pattern in _PLACES.get(name, ())
        for path in Path("/").glob(pattern.removeprefix("/"))
    ]
    return _newest(found_by_place)


def _newest(paths: Iterable[Path]) -> Path | None:
    """Take the path with the greatest version number in it."""

    def version(path: Path) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", str(path)))

    return max(paths, key=version, default=None)
