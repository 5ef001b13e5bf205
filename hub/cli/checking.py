"""`milepost check`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hub.app.hub import Hub, Taken, own_documents
from hub.app.logs import configure
from hub.app.settings import Configuration, beside, load
from hub.app.slos import loose_slos, measurers, own_slos
from hub.cli.program import DATA, ConfigOption, DataOption, app, run
from hub.errors import HubError, Misconfigured
from hub.services.catalogue import load as load_catalogue
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
    """Check settings, mappings, services and SLOs: all faults at once, each with file and line."""
    run(_check(config, data, apply=apply))


async def _check(config: Path | None, data: Path, *, apply: bool) -> int:
    problems: list[str] = []
    taken = Taken()
    configuration: Configuration | None = None
    try:
        configuration = load(config)
    except Misconfigured as error:
        problems += error.problems or (str(error),)
    problems += own_documents(configuration or beside(config))[1]
    if configuration is not None:
        configure(configuration.hub.log_format)
        problems += await _in_store(configuration, data, taken, apply=apply and not problems)
    problems = list(dict.fromkeys(problems))
    for line in taken.applied:
        sys.stdout.write(f"{line}\n")
    for line in (*problems, *taken.kept):
        sys.stderr.write(f"{line}\n")
    if problems:
        sys.stderr.write(f"{len(problems)} fault(s){_rest(taken) if apply else ''}\n")
        return 3 if taken.applied else 1
    sys.stdout.write("settings, mappings, services and SLOs are sound\n")
    # What the console changed since is not overwritten.
    return 3 if taken.kept else 0


def _rest(taken: Taken) -> str:
    """Say what counts in spite of the faults."""
    if taken.applied:
        return "; what is listed as applied counts, but what these faults name leads nowhere"
    return "; nothing was applied"


async def _in_store(
    configuration: Configuration, data: Path, taken: Taken, *, apply: bool
) -> list[str]:
    """Apply the documents if asked to; say which names of the catalogue lead nowhere."""
    if not apply and not stands(configuration.hub.store, data):
        return await _loose_ends(configuration, None)
    hub = Hub(configuration, data)
    try:
        await hub.database.start(migrate=False, create=apply)
        if apply:
            await hub.offer_documents(taken)
        return await _loose_ends(configuration, hub)
    except EmptyStore:
        return await _loose_ends(configuration, None)
    except HubError as error:
        return [str(error)]
    finally:
        await hub.close()


async def _loose_ends(configuration: Configuration, hub: Hub | None) -> list[str]:
    """Hold the catalogue of the folder, else the active one, against the plans that are there."""
    file = configuration.services_file
    texts = [_text(file)] if file.is_file() else []
    milestones = (await hub.stores.ingest.facts()).milestones if hub else ()
    if hub and not file.is_file():
        texts = [stored.text for stored in await hub.stores.documents.active("services")]
    known = measurers(configuration.connectors.values())
    found = [
        line
        for text in texts
        for line in loose_ends(text, milestones, name=str(file), measurers=known)
    ]
    return [*found, *loose_slos(own_slos(configuration), known, _services(texts, file))]


def _services(texts: Sequence[str], file: Path) -> set[str] | None:
    """Return the services by ref and alias; those of a faulty catalogue are not known."""
    try:
        described = [one for text in texts for one in load_catalogue(text, name=str(file))]
    except Misconfigured:
        return None
    return {name for one in described for name in (one.ref, *one.aliases)}


def _text(file: Path) -> str:
    """Read the catalogue; that it cannot be read is told with the other faults of the folder."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
