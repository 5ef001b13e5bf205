"""`milepost preview` and `milepost replay`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.app.discovery import connectors, shipped_documents
from hub.app.hub import Hub, own_mappings
from hub.app.settings import Configuration
from hub.cli.foreseeing import foresee
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.contract import Record
from hub.errors import HubError, Misconfigured, Unmappable
from hub.mapping import Document, Step, explain, load
from hub.services.access import Principal, Role
from hub.services.mapping_desk import DocumentVersion
from hub.services.refusals import Refusal
from hub.store import stands


@app.command()
def preview(
    mapping: Annotated[
        str, typer.Argument(help="<tool>/<kind>, <tool>/<kind>@<version>, or a document's file.")
    ],
    record: Annotated[
        Path | None, typer.Argument(help="A record of the tool, as JSON.", show_default=False)
    ] = None,
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Say which stored alerts it would join or split.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show every step of mapping one record, or what becomes of alerts; nothing is stored."""
    if alerts == (record is not None):
        raise typer.BadParameter("give either a record or --alerts")
    document = asyncio.run(named(mapping, config, data))
    if record is None:
        asyncio.run(foresee(document, configured(config), data, json=json))
        return
    try:
        body = orjson.loads(record.read_bytes())
    except OSError as error:
        raise Misconfigured(f"{record}: cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise Misconfigured(f"{record}:{error.lineno}: is not JSON: {error.msg}") from error
    if not isinstance(body, dict):
        raise Misconfigured(f"{record}: is not a record; write one JSON object")
    steps = explain(document, Record(document.mapping.partition(".")[2], "preview", body))
    problems = [step for step in steps if step.problem]
    if json:
        _print_json(document, steps)
    else:
        _print_table(steps)
    if problems:
        raise typer.Exit(1)


async def named(mapping: str, config: Path | None, data: Path) -> Document:
    """Return a document by its file or its name; by name alone it is the active one."""
    file = Path(mapping)
    if file.suffix in {".yaml", ".yml"}:
        if not file.is_file():
            raise Misconfigured(f"{file}: there is no such file")
        return load(file.read_text("utf-8"), name=str(file))
    configuration = configured(config)
    stored = await _stored(configuration, data, mapping)
    if stored is not None:
        return load(stored.text, name=f"{stored.name}@{stored.number}")
    own, problems = own_mappings(configuration)
    if problems:
        raise Misconfigured("mappings beside milepost.yaml have faults", problems=problems)
    texts = {n: t for c in connectors().values() for n, t in shipped_documents(c).items()}
    texts |= {name: text for _, name, text in own}
    if mapping not in texts:
        raise Misconfigured(f"there is no mapping {mapping}; use one of {', '.join(sorted(texts))}")
    return load(texts[mapping], name=f"mappings/{mapping}.yaml")


async def _stored(configuration: Configuration, data: Path, mapping: str) -> DocumentVersion | None:
    """Return the version that was asked for, or the console's where that is the active one."""
    name, _, number = mapping.partition("@")
    if not stands(configuration.hub.store, data):
        if number:
            raise Misconfigured(f"there is no {mapping}: nothing is stored yet")
        return None
    hub = Hub(configuration, data)
    try:
        await hub.database.start(migrate=False)
        versions = await hub.stores.documents.versions("mapping", name)
    except HubError as error:
        if number:
            raise
        sys.stderr.write(f"what the console made is not looked at: {error}\n")
        return None
    finally:
        await hub.close()
    if number:
        found = next((one for one in versions if str(one.number) == number), None)
        if found is None:
            known = ", ".join(f"{name}@{one.number}" for one in versions) or "none"
            raise Misconfigured(f"there is no {mapping}; stored are {known}")
        return found
    active = next((one for one in versions if one.active), None)
    if active is None or active.origin != "console":
        return None
    sys.stderr.write(f"{name}@{active.number}, made in the console, is the active version\n")
    return active


def _print_json(document: Document, steps: list[Step]) -> None:
    told = {
        "mapping": document.mapping,
        "to": document.to,
        "version": document.version,
        "steps": [
            {
                "field": step.field,
                "path": step.path,
                "source": step.source,
                "converter": step.how,
                "value": step.value,
                "line": step.line,
                "problem": step.problem or None,
            }
            for step in steps
        ],
    }
    out = orjson.dumps(told, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    sys.stdout.write(out.decode() + "\n")


def _print_table(steps: list[Step]) -> None:
    table = Table("field", "path", "source", "converter", "value", "line")
    for step in steps:
        value = f"! {step.problem}" if step.problem else _short(step.value)
        table.add_row(step.field, step.path, _short(step.source), step.how, value, str(step.line))
    Console().print(table)


def _short(value: Any, most: int = 60) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


@app.command()
def replay(
    connector: Annotated[str | None, typer.Option(help="Only this one's deliveries.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what came after, 2026-01-05T12:00:00+08:00.")
    ] = None,
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    diff: Annotated[bool, typer.Option("--diff", help="Only say what would change.")] = False,
    json: JsonOption = False,
) -> None:
    """Run the journal through the mappings again."""
    run(_replay(connector, since, config, data, diff=diff, json=json))


async def _replay(
    connector: str | None,
    since: str | None,
    config: Path | None,
    data: Path,
    *,
    diff: bool,
    json: bool,
) -> int:
    hub = Hub(configured(config), data)
    await hub.open()
    try:
        who = Principal("command line", Role.ADMIN, "cli", "cli")
        report = await hub.services.replays.start(connector, since, diff=diff, who=who)
    except Unmappable as error:
        raise Misconfigured(f"a stored plan does not fit its mapping any more: {error}") from error
    finally:
        await hub.close()
    if isinstance(report, Refusal):
        places = " ".join(f"--{fault.loc}" for fault in report.errors)
        raise Misconfigured(f"{places}: {report.detail}" if places else report.detail)
    if json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
        return 0
    verb = "would be" if diff else "were"
    sys.stdout.write(
        f"{report['records']} records: {report['changed']} {verb} changed, {report['created']} "
        f"{verb} created, {report['quarantined']} {verb} quarantined\n"
    )
    examples = report["examples"]
    for example in examples if isinstance(examples, list) else ():
        sys.stdout.write(f"  {example['type']:8} {example['ref']} ({example['cause']})\n")
    return 0
