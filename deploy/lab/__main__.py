"""`python -m deploy.lab up|down|prepare`: real servers for a person, addresses as JSON."""

import argparse
import json
import sys
from pathlib import Path

from deploy.lab.everything import prepare, up
from deploy.lab.ports import NotReady
from deploy.lab.processes import House


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.lab", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "guard", "prepare"))
    parser.add_argument("dir", type=Path, nargs="?", default=Path(".lab/servers"))
    parser.add_argument("--webhook", help="address that both Alertmanagers tell")
    parser.add_argument("--secret", help="what they send as bearer token")
    given = parser.parse_args()
    house = House(given.dir.resolve())
    if given.command == "guard":
        # Returns when whoever started us is gone, in whatever way.
        sys.stdin.buffer.read()
        house.raze()
    elif given.command == "down":
        house.stop_all()
        print(json.dumps({"stopped": str(house.root)}))
    elif given.command == "prepare":
        _prepare()
    else:
        _up(house, given.webhook, given.secret)


def _prepare() -> None:
    try:
        print("".join(f"{line}\n" for line in prepare()), end="")
    except NotReady as reason:
        sys.exit(str(reason))


def _up(house: House, webhook: str | None, secret: str | None) -> None:
    try:
        print(json.dumps(up(house, webhook, secret), indent=1))
    except NotReady as reason:
        house.stop_all()
        sys.exit(str(reason))


main()
