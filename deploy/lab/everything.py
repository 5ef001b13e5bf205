"""The whole lab for a person: every server that is installed here, with something to see in it."""

import json
import shutil
from pathlib import Path
from typing import Any

from deploy.lab import shop
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.node_exporter import NodeExporter
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.prometheus import Prometheus
from deploy.lab.rabbitmq import RabbitMQ
from deploy.lab.redis import Redis
from deploy.lab.zabbix import ADMIN, PASSWORD, Zabbix

# Program, connector of the hub, release.
_ZABBIXES = (("zabbix", "zbx-main", "6.0"), ("zabbix-7.0", "zbx-next", "7.0"))


def up(house: House, webhook: str | None, secret: str | None) -> dict[str, Any]:
    """Start everything that is not running; return the addresses.

    Raises: NotReady.
    """
    noted = house.root / "addresses.json"
    if noted.exists() and house.servers() and all(map(house.alive, house.servers())):
        known: dict[str, Any] = json.loads(noted.read_text())
        return known
    house.root.mkdir(mode=0o755, parents=True, exist_ok=True)
    house.stop_all()
    addresses = {
        "postgres": Postgres(house).start().dsn(),
        "rabbitmq": RabbitMQ(house).start().url,
        **_watching(house, webhook, secret),
        "zabbix": [_zabbix(house, *one) for one in _ZABBIXES if find(one[0])],
        "left_out": left_out(),
    }
    if find("redis"):
        addresses["redis"] = Redis(house).start().url
    _note(noted, addresses)
    return addresses


def left_out() -> list[str]:
    """Say what cannot be started here, and why."""
    why = {
        "zabbix": "install zabbix-server-pgsql, zabbix-frontend-php and zabbix-agent",
        "zabbix-7.0": "it needs root and debootstrap",
        "redis": "install redis-server",
        "node_exporter": "install prometheus-node-exporter",
    }
    return [f"{name} is left out: {remedy}" for name, remedy in why.items() if find(name) is None]


def prepare() -> list[str]:
    """Make what the tests would make at their first start; say what was left out.

    Raises: NotReady.
    """
    for program, name, release in _ZABBIXES:
        if find(program):
            Zabbix(House(Path()), name, release).prepare()
    return left_out()


def _watching(house: House, webhook: str | None, secret: str | None) -> dict[str, Any]:
    pair = [Alertmanager(house, f"alertmanager-{n}").start(webhook, secret) for n in (1, 2)]
    exporter = NodeExporter(house).start() if find("node_exporter") else None
    prometheus = Prometheus(house).start(
        alertmanagers=[one.target for one in pair],
        targets=[exporter.target] if exporter else [],
        rules=shop.RULES,
    )
    return {
        "alertmanagers": [one.url for one in pair],
        "prometheus": prometheus.url,
        **({"node_exporter": exporter.url, "metrics": str(exporter.folder)} if exporter else {}),
    }


def _zabbix(house: House, program: str, connector: str, release: str) -> dict[str, str]:
    zabbix = Zabbix(house, program.replace(".", "-"), release)
    # Of an earlier start: the token of its shop cannot be read a second time.
    shutil.rmtree(zabbix.database.data, ignore_errors=True)
    zabbix.start()
    return {
        "connector": connector,
        "release": release,
        "url": zabbix.url,
        "user": ADMIN,
        "password": PASSWORD,
        "token": shop.furnish(zabbix),
        "example": shop.example(zabbix),
    }


def _note(noted: Path, addresses: dict[str, Any]) -> None:
    noted.touch(mode=0o600)
    noted.write_text(json.dumps(addresses))
