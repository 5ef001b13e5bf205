"""`python -m deploy.lab up|down DIR`: real servers for a person, addresses as JSON."""

import argparse
import json
import sys
from pathlib import Path

from deploy.lab.processes import House


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.lab", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "guard"))
    parser.add_argument("dir", type=Path)
    given = parser.parse_args()
    house = House(given.dir.resolve())
    if given.command == "guard":
        # Returns when whoever started us is gone, in whatever way.
        sys.stdin.buffer.read()
        house.raze()
    elif given.command == "down":
        house.stop_all()
        print(json.dumps({"stopped": str(house.root)}))


main()
