"""`milepost check`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.app.hub import Hub, own_documents
from hub.app.logs import configure
from hub.app.settings import Configuration, beside, load
from hub.cli.program import DATA, ConfigOption, DataOption, app, run
from hub.errors import HubError, Misconfigured
from hub.services.catalogue import loose_ends
from hub.store import EmptyStore, stands


@app.command()
def check(
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Make documents whose content is new the active ones.")
    ] = False,
) -> None:
    """Check settings, mappings and services: all faults at once, each with file and line."""
    run(_check(config, data, apply=apply))


async def _check(config: Path | None, data: Path, *, apply: bool) -> int:
    problems: list[str] = []
    kept: list[str] = []
    configuration: Configuration | None = None
    try:
        configuration = load(config)
    except Misconfigured as error:
        problems += error.problems or (str(error),)
    problems += own_documents(configuration or beside(config))[1]
    if configuration is not None:
        configure(configuration.hub.log_format)
        kept, loose = await _in_store(configuration, data, apply=apply and not problems)
        problems += loose
    for line in (*problems, *kept):
        sys.stderr.write(f"{line}\n")
    if problems:
        sys.stderr.write(f"{len(problems)} fault(s)\n")
        return 1
    sys.stdout.write("settings, mappings and services are sound\n")
    # What the console changed since is not overwritten.
    return 3 if kept else 0


async def _in_store(
    configuration: Configuration, data: Path, *, apply: bool
) -> tuple[list[str], list[str]]:
    """Say what was not applied, and which names of the catalogue lead nowhere."""
    if not apply and not stands(configuration.hub.store, data):
        return [], await _loose_ends(configuration, None)
    hub = Hub(configuration, data)
    try:
        await hub.database.start(migrate=False, create=apply)
        kept = await hub.offer_documents() if apply else []
        return kept, await _loose_ends(configuration, hub)
    except EmptyStore:
        return [], await _loose_ends(configuration, None)
    except HubError as error:
        return [], [str(error)]
    finally:
        await hub.close()


async def _loose_ends(configuration: Configuration, hub: Hub | None) -> list[str]:
    """Hold the catalogue of the folder, else the active one, against the plans that are there."""
    file = configuration.services_file
    texts = [text for kind, _, text in own_documents(configuration)[0] if kind == "services"]
    milestones = (await hub.stores.ingest.facts()).milestones if hub else ()
    if hub and not file.is_file():
        texts = [stored.text for stored in await hub.stores.documents.active("services")]
    return [line for text in texts for line in loose_ends(text, milestones, name=str(file))]
