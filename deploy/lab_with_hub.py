"""What `make lab` runs: real servers on loopback with a hub connected; thrown away at the end."""

import json
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.children import free_port, serve
from deploy.lab.shop import SERVICES, SLOS
from hub.app.discovery import connectors

_FOLDER: Final = Path(".lab")
_LAB: Final = (sys.executable, "-m", "deploy.lab")


def main() -> int:
    """Run the lab until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        return _run(_FOLDER.resolve(), ending)
    print("\nThe lab is thrown away.")
    return 0


def _run(folder: Path, ending: ExitStack) -> int:
    port, secret = free_port(), secrets.token_urlsafe(24)
    servers = folder / "servers"
    folder.mkdir(mode=0o755, exist_ok=True)
    ending.callback(shutil.rmtree, folder, ignore_errors=True)
    ending.callback(subprocess.run, [*_LAB, "down", str(servers)], check=False)
    hook = f"http://127.0.0.1:{port}/hooks/am-main"
    command = [*_LAB, "up", str(servers), "--webhook", hook, "--secret", secret]
    print("Starting the servers (the first time on a machine it takes some minutes) …", flush=True)
    up = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if up.returncode:
        return up.returncode
    addresses = json.loads(up.stdout)
    write(folder, settings(addresses, secret))
    hub, ready = serve(folder, port, ending)
    if ready is None:
        print("The hub did not start; what it said stands above.", file=sys.stderr)
        return 1
    print("\n".join(welcome(addresses, ready)), flush=True)
    return hub.wait()


def write(folder: Path, chosen: dict[str, Any]) -> None:
    """Write what an administrator would; the secrets in it live as long as the lab does."""
    path = folder / "milepost.yaml"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(chosen))
    (folder / "services.yaml").write_text(yaml.safe_dump({"services": SERVICES}, sort_keys=False))
    (folder / "slos").mkdir(exist_ok=True)
    (folder / "slos" / "shop.yaml").write_text(SLOS)


def settings(addresses: dict[str, Any], secret: str) -> dict[str, Any]:
    """Connect the hub to everything that it has a connector for."""
    return {
        "organisation": {"name": "Lab", "timezone": "UTC", "locale": "en"},
        "store": addresses["postgres"],
        "bus": addresses["rabbitmq"],
        "services": "services.yaml",
        "connectors": {
            "am-main": {
                "type": "prometheus",
                "prometheus_url": addresses["prometheus"],
                "alertmanager_urls": addresses["alertmanagers"],
                "webhook_secret": secret,
                # The lab's Prometheus tells all anew each two seconds.
                "heartbeat": {"seconds": 6},
                **_writing("prometheus"),
            },
            **{one["connector"]: _zabbix(one) for one in _connected(addresses)},
        },
    }


def _connected(addresses: dict[str, Any]) -> list[dict[str, str]]:
    return addresses["zabbix"] if "zabbix" in connectors() else []


def _zabbix(one: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "zabbix",
        "url": one["url"],
        "token": one["token"],
        "webhook_secret": secrets.token_urlsafe(24),
        **_writing("zabbix", () if one["release"] != "6.0" else ("suppress", "unsuppress")),
    }


def _writing(type_: str, beyond: Iterable[str] = ()) -> dict[str, Any]:
    """Let the hub do all but what is beyond the tool, and look often: these tools are nobody's."""
    writes = sorted({*connectors()[type_].manifest.writes} - {*beyond})
    return {"read_only": False, "writes": writes, "poll_seconds": 5}


def welcome(addresses: dict[str, Any], ready: dict[str, str]) -> Iterable[str]:
    """Say what runs where, who may come in, and how to make something happen."""
    yield "\nThe lab is ready. It listens on this machine only and is thrown away at the end.\n"
    yield from _table(_rows(addresses, ready))
    yield ""
    for one in addresses["zabbix"]:
        yield f"A problem in Zabbix {one['release']}, then its end (any value up to 80):"
        yield f"  {one['example']}"
        yield f"  {one['example'].rpartition(' ')[0]} 12"
    if "metrics" in addresses:
        metrics = f"{addresses['metrics']}/shop.prom"
        yield "An alert in Prometheus and both Alertmanagers, then its end:"
        yield f"  echo 'shop_queue_length 250' > {metrics}"
        yield f"  echo 'shop_queue_length 0' > {metrics}"
    yield "The numbers of a service and its error budget, from the first minute on:"
    yield f"  {ready['listening']}/?open=service:shop-db"
    if addresses["zabbix"] and not _connected(addresses):
        yield "The hub has no connector for Zabbix installed: it hears of Prometheus only."
    yield from (f"{line}." for line in addresses["left_out"])
    yield "Ctrl-C ends the hub and the servers, and throws their data away.\n"


def _rows(addresses: dict[str, Any], ready: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    yield "Milepost", ready["listening"], ""
    if "admin_link" in ready:
        yield "", ready["admin_link"], "comes in as administrator, once"
    for one in addresses["zabbix"]:
        who = f"user {one['user']}, password {one['password']}"
        yield f"Zabbix {one['release']}", one["url"], who
    yield "Prometheus", addresses["prometheus"], ""
    for url in addresses["alertmanagers"]:
        yield "Alertmanager", url, ""
    for name, key in (("node exporter", "node_exporter"), ("Redis", "redis")):
        if key in addresses:
            yield name, addresses[key], ""
    yield "PostgreSQL", addresses["postgres"], "no password"
    yield "RabbitMQ", addresses["rabbitmq"], ""


def _table(rows: Iterable[tuple[str, str, str]]) -> Iterable[str]:
    listed = list(rows)
    widths = [max(len(row[n]) for row in listed) for n in range(2)]
    for name, where, who in listed:
        yield f"  {name:{widths[0]}}  {where:{widths[1]}}  {who}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
