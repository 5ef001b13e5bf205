"""Measure the whole hub beside what it is compared with."""

import argparse
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import uvloop

from deploy.bench import alerta, ingest, lists, plans, push, table, tools
from deploy.bench.targets import ROOT, Store
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.programs import find

_PARTS: Final = ("ingest", "lists", "plans", "push", "tools", "peers")
_STORES: Final = ("sqlite", "postgresql")


def main() -> int:
    """Measure what was asked for; print a table."""
    given = _arguments()
    with _house() as (house, folder):
        stores = _stores(given.stores, house)
        results = {part: _measure(part, given, stores, (house, folder)) for part in given.parts}
    text = table.report(results)
    print(text)
    if given.json:
        given.json.write_text(json.dumps(_plain(results), indent=1))
    if given.write:
        now = datetime.now(UTC).date()
        path = ROOT / "docs" / "evidence" / f"bench-{now}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# Bench of {now}\n\n{_machine()}\n\n{text}")
    return 0 if table.all_right(results) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.bench", description=__doc__)
    parser.add_argument("--parts", type=_words(_PARTS), default=list(_PARTS), metavar="A,B")
    parser.add_argument("--rounds", type=int, default=5, help="of the ingest")
    parser.add_argument("--seconds", type=float, default=4, help="of one run")
    parser.add_argument("--stores", type=_words(_STORES), default=list(_STORES), metavar="A,B")
    parser.add_argument("--batches", default="1,10,100", help="alerts in a request")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run there")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/evidence")
    return parser.parse_args()


def _words(known: tuple[str, ...]) -> Any:
    def words(text: str) -> list[str]:
        found = text.split(",")
        if unknown := [word for word in found if word not in known]:
            raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(known)}")
        return found

    return words


def _measure(
    part: str, given: argparse.Namespace, stores: list[Store], place: tuple[House, Path]
) -> Any:
    house, folder = place
    print(f"-- {part}", flush=True)
    if part == "ingest":
        batches = [int(batch) for batch in given.batches.split(",")]
        plan = ingest.Plan(batches, given.rounds, given.seconds)
        return uvloop.run(ingest.rounds(plan, stores, folder))
    if part == "lists":
        return uvloop.run(lists.first_pages(stores, folder))
    if part == "push":
        return uvloop.run(push.latencies(stores, folder))
    if part == "tools":
        return uvloop.run(tools.reaching(house, folder))
    if part == "plans":
        file = plans.written(folder)
        found = plans.costs(file, stores, folder)
        return [*found, *uvloop.run(plans.meanwhile(file, stores, folder))]
    return [] if alerta.program() else ["Alerta"]


def _plain(results: dict[str, Any]) -> dict[str, Any]:
    return {
        part: [one if isinstance(one, str) else asdict(one) for one in found]
        for part, found in results.items()
    }


def _machine() -> str:
    """Say what it ran on, without saying where."""
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"loopback; load {os.getloadavg()[0]:.1f} at the end. Only ratios within a round compare."
    )


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
    if "postgresql" in names and find("postgres") is None:
        print("postgres is not installed: left out")
        names = [name for name in names if name != "postgresql"]
    return [
        Store(name, Postgres(house).start() if name == "postgresql" else None) for name in names
    ]
