"""The command line of the bench."""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from deploy.bench import ingest
from deploy.bench.targets import Store
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--stores", default="sqlite,postgresql")
    parser.add_argument("--batches", default="1,10,100")
    given = parser.parse_args()
    plan = ingest.Plan([int(b) for b in given.batches.split(",")], given.rounds, given.seconds)
    with _house() as (house, folder):
        stores = _stores(given.stores.split(","), house)
        uvloop.run(ingest.rounds(plan, stores, folder))
    return 0


@contextmanager
def _house() -> Iterator[tuple[House, Path]]:
    house = House.temporary()
    folder = Path(tempfile.mkdtemp(prefix="milepost-bench-"))
    try:
        yield house, folder
    finally:
        house.raze()
        shutil.rmtree(folder, ignore_errors=True)


def _stores(names: list[str], house: House) -> list[Store]:
    return [
        Store(name, Postgres(house).start() if name == "postgresql" else None) for name in names
    ]
