"""`milepost connector verify` and `milepost connector onboarding`: a tool of one's own, tried."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
import typer

from hub.app.polling import is_local
from hub.app.settings import Configuration, Configured
from hub.app.verifying import Heard, recording_of, replayed, verified
from hub.cli.program import ConfigOption, JsonOption, app, configured, run
from hub.contract import Step
from hub.errors import Misconfigured
from hub.recordings import Recording
from hub.wire import open_wire

connectors = typer.Typer(help="A connector and its tool.", no_args_is_help=True)
app.add_typer(connectors, name="connector")

_MARKS = {True: "holds", False: "FAILS", None: "     "}
CaptureOption = Annotated[
    Path | None,
    typer.Option("--capture", metavar="FILE", help="Write what the tool answered, in other words."),
]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A connector of milepost.yaml.")]


@connectors.command("verify")
def verify(
    connector: IdArgument,
    config: ConfigOption = None,
    *,
    capture: CaptureOption = None,
    json: JsonOption = False,
) -> None:
    """Try the tool step by step, changing nothing, and print what holds of it."""
    run(_verify(connector, config, capture, json=json))


async def _verify(connector: str, config: Path | None, capture: Path | None, *, json: bool) -> int:
    one = _configured(configured(config), connector)
    heard = Heard()
    steps = [step async for step in verified(one, heard)]
    told: dict[str, Any] = {"connector": connector, "steps": steps}
    differs: list[str] = []
    if capture is not None:
        recording = recording_of(one, heard, steps)
        written(capture, recording.written())
        differs = await replayed(Recording.of(capture), one.connector)
        told |= {"recording": str(capture), "differs": differs}
    if json:
        sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _print_steps(steps)
        _print_recording(capture, len(heard.exchanges), differs)
    return 1 if differs or any(step.done is False for step in steps) else 0


def written(path: Path, text: str) -> None:
    """Write a file that was not there. Raises: Misconfigured."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Misconfigured(f"{path} is there already; name another file") from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}") from None


def _print_steps(steps: Iterable[Step]) -> None:
    for step in steps:
        sys.stdout.write(f"{_MARKS[step.done]} {step.code}: {step.says}\n")


def _print_recording(capture: Path | None, answers: int, differs: list[str]) -> None:
    if capture is None:
        return
    sys.stdout.write(
        f"\n{capture}: {answers} answers, with other words in the place of yours. Numbers and "
        "instants are in it as they were: read it before you give it away.\n"
    )
    if differs:
        sys.stdout.write(f"FAILS replay: it does not end as the tool did: {'; '.join(differs)}\n")
    else:
        sys.stdout.write("holds replay: it ends as the tool did\n")


@connectors.command("onboarding")
def onboarding(
    connector: IdArgument,
    config: ConfigOption = None,
    *,
    hook: Annotated[
        str | None, typer.Option("--hook", help="The hub's address as the tool sees it.")
    ] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Do it in the tool, where it can be done.")
    ] = False,
) -> None:
    """Print what to copy into the tool so that it tells the hub, or do it there."""
    run(_onboarding(connector, config, hook=hook, install=install))


async def _onboarding(
    connector: str, config: Path | None, *, hook: str | None, install: bool
) -> int:
    one = _configured(configured(config), connector)
    if install and hook is None:
        raise Misconfigured(
            "--install needs --hook, the hub's address as the tool sees it, such as "
            "--hook https://hub.example"
        )
    base = (hook or "http://127.0.0.1:8080").rstrip("/")
    address = base if "/hooks/" in base else f"{base}/hooks/{connector}"
    if one.connector.onboarding is None:
        raise Misconfigured(f"{connector} needs nothing from its tool")
    if install:
        _must_lead_here(address, one)
    wire = open_wire(one.id, one.settings)
    try:
        onboarding = one.connector.onboarding(one.settings, wire)
        if not install:
            sys.stdout.write(onboarding.printed(address).rstrip() + "\n")
            return 0
        steps = [step async for step in onboarding.install(address)]
    finally:
        await wire.close()
    _print_steps(steps)
    return 1 if any(step.done is False for step in steps) else 0


def _must_lead_here(address: str, one: Configured) -> None:
    """Raise Misconfigured where the tool would call its own machine for the hub's."""
    away = [found.host or "" for found in one.settings.addresses if not is_local(found.host or "")]
    if away and is_local(urlsplit(address).hostname or ""):
        raise Misconfigured(
            f"{address} is the machine of {one.id} itself, {', '.join(away)}, to whoever asks "
            "there; name the hub's address as the tool sees it, such as --hook https://hub.example"
        )


def _configured(configuration: Configuration, connector: str) -> Configured:
    known = configuration.connectors
    if connector not in known:
        raise Misconfigured(f"there is no connector {connector}; use {', '.join(sorted(known))}")
    return known[connector]
