"""The commands, and how a failure becomes a message and a status."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from hub import __version__
from hub.app.settings import Configuration, load
from hub.errors import HubError, Misconfigured

app = typer.Typer(
    name="milepost",
    help="Milepost: the hub where incidents meet milestones.",
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The settings; default ./milepost.yaml.")
]
DataOption = Annotated[Path, typer.Option("--data", help="Where the embedded store is kept.")]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on standard output.")
]
DATA = Path("data")


def fail(error: HubError) -> NoReturn:
    """Print what is wrong and what to do, and end with status 1."""
    print(f"milepost: {error}", file=sys.stderr)  # noqa: T201 - this is the command line
    if isinstance(error, Misconfigured):
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)  # noqa: T201
    sys.exit(1)


def run(work: Coroutine[Any, Any, int | None]) -> None:
    """Run a command's coroutine and end with the status it returns."""
    status = asyncio.run(work)
    if status:
        raise typer.Exit(status)


def configured(config: Path | None) -> Configuration:
    """Read the settings and set up logging.

    Raises: Misconfigured, with every fault.
    """
    from hub.app.logs import configure  # noqa: PLC0415 - only commands that do something log

    configuration = load(config)
    configure(configuration.hub.log_format)
    return configuration


@app.callback()
def _top(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the release.")] = False,
) -> None:
    if version:
        print(__version__)  # noqa: T201
        raise typer.Exit


__all__ = ["DATA", "ConfigOption", "DataOption", "JsonOption", "app", "configured", "fail", "run"]
