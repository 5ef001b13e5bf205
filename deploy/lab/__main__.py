"""`python -m deploy.lab up|down|prepare`: real servers for a person, addresses as JSON."""

import argparse
import json
import sys
from pathlib import Path

from deploy.lab.alertmanager import Alertmanager
from deploy.lab.ports import NotReady
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.prometheus import Prometheus
from deploy.lab.rabbitmq import RabbitMQ
from deploy.lab.zabbix import Zabbix


def up(house: House, webhook: str | None, secret: str | None) -> dict[str, object]:
    """Start everything that is not running; return the addresses."""
    noted = house.root / "addresses.json"
    if noted.exists() and house.servers() and all(map(house.alive, house.servers())):
        known: dict[str, object] = json.loads(noted.read_text())
        return known
    house.root.mkdir(mode=0o755, parents=True, exist_ok=True)
    house.stop_all()
    pair = [Alertmanager(house, f"alertmanager-{n}").start(webhook, secret) for n in (1, 2)]
    addresses: dict[str, object] = {
        "postgres": Postgres(house).start().dsn(),
        "alertmanagers": [one.url for one in pair],
        "prometheus": Prometheus(house)
        .start(alertmanagers=[one.target for one in pair], targets=[])
        .url,
        "rabbitmq": RabbitMQ(house).start().url,
    }
    noted.write_text(json.dumps(addresses))
    return addresses


def prepare() -> dict[str, str]:
    """Make what the tests would make at their first start, and say what was left out."""
    said = {}
    for program, release in (("zabbix", "6.0"), ("zabbix-7.0", "7.0")):
        if find(program):
            Zabbix(House(Path()), release=release).prepare()
            said[program] = "ready"
        else:
            said[program] = "left out: not installed, or (7.0) not root"
    return said


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.lab", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "guard", "prepare"))
    parser.add_argument("dir", type=Path, nargs="?", default=Path(".lab/servers"))
    parser.add_argument("--webhook", help="address that both Alertmanagers tell")
    parser.add_argument("--secret", help="what they send as bearer token")
    given = parser.parse_args()
    house = House(given.dir.resolve())
    try:
        if given.command == "guard":
            # Returns when whoever started us is gone, in whatever way.
            sys.stdin.buffer.read()
            house.raze()
        elif given.command == "down":
            house.stop_all()
            print(json.dumps({"stopped": str(house.root)}))
        elif given.command == "prepare":
            print(json.dumps(prepare(), indent=1))
        else:
            print(json.dumps(up(house, given.webhook, given.secret), indent=1))
    except NotReady as reason:
        if given.command == "up":
            house.stop_all()
        sys.exit(str(reason))


main()
