"""`milepost connector verify` and `milepost connector onboarding`: a tool of one's own, tried."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.app.hub import Hub
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.errors import Misconfigured
from hub.services.sync.desk import taken
from hub.services.sync.ports import Polled

connectors = typer.Typer(help="A connector and its tool.", no_args_is_help=True)
app.add_typer(connectors, name="connector")

_MARKS = {True: "holds", False: "FAILS", None: "     "}
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A connector of milepost.yaml.")]


@connectors.command("verify")
def verify(
    connector: IdArgument,
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    json: JsonOption = False,
) -> None:
    """Try the tool step by step, changing nothing, and print what holds of it."""
    run(_verify(connector, config, data, json=json))


async def _verify(connector: str, config: Path | None, data: Path, *, json: bool) -> int:
    hub = Hub(configured(config), data)
    try:
        one = _named(hub, connector)
        if one.checker is None:
            raise Misconfigured(f"{connector} has nothing that could be verified")
        steps = await taken(one.checker.check())
    finally:
        await hub.close()
    if json:
        told = {"connector": connector, "steps": steps}
        sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        for step in steps:
            mark = _MARKS[step["done"]]  # type: ignore[index]
            sys.stdout.write(f"{mark} {step['code']}: {step['says']}\n")
    return 1 if any(step["done"] is False for step in steps) else 0


@connectors.command("onboarding")
def onboarding(
    connector: IdArgument,
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    hook: Annotated[
        str | None, typer.Option("--hook", help="The hub's address as the tool sees it.")
    ] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Do it in the tool, where it can be done.")
    ] = False,
) -> None:
    """Print what to copy into the tool so that it tells the hub, or do it there."""
    run(_onboarding(connector, config, data, hook=hook, install=install))


async def _onboarding(
    connector: str, config: Path | None, data: Path, *, hook: str | None, install: bool
) -> int:
    hub = Hub(configured(config), data)
    base = (hook or "http://127.0.0.1:8080").rstrip("/")
    address = base if "/hooks/" in base else f"{base}/hooks/{connector}"
    try:
        one = _named(hub, connector)
        if one.onboarding is None:
            raise Misconfigured(f"{connector} needs nothing from its tool")
        if not install:
            sys.stdout.write(one.onboarding.printed(address).rstrip() + "\n")
            return 0
        steps = await taken(one.onboarding.install(address))
    finally:
        await hub.close()
    for step in steps:
        mark = _MARKS[step["done"]]  # type: ignore[index]
        sys.stdout.write(f"{mark} {step['code']}: {step['says']}\n")
    return 1 if any(step["done"] is False for step in steps) else 0


def _named(hub: Hub, connector: str) -> Polled:
    known = hub.syncing.polled
    if connector not in known:
        raise Misconfigured(f"there is no connector {connector}; use {', '.join(sorted(known))}")
    return known[connector]
