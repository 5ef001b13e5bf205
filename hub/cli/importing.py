"""`milepost import`, `milepost template` and `milepost sync`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hub.app.hub import Hub
from hub.app.settings import BUILT_IN, Configured
from hub.cli.mapping import named
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.contract import Tabular
from hub.errors import Anomalous, HubError, Misconfigured, Unmappable
from hub.services.plans.tables import template

LANGUAGES = ("en", "zh-CN")


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(help="A plan: XML, .xlsx, CSV, .mpp, .mpx, .xer, PMXML.", metavar="FILE"),
    ],
    connector: Annotated[str, typer.Option(help="Under whose name.")] = BUILT_IN,
    project: Annotated[str | None, typer.Option(help="The key of the project.")] = None,
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="The file may remove most of the plan.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Import one plan file."""
    run(_import(file, connector, project, config, data, json=json, removals=accept_removals))


async def _import(
    file: Path,
    connector: str,
    project: str | None,
    config: Path | None,
    data: Path,
    *,
    json: bool,
    removals: bool,
) -> int:
    hub = Hub(configured(config), data)
    target = hub.plans.connector(connector)
    if target is None:
        names = hub.configuration.connectors
        why = "takes no files" if connector in names else "there is no such connector"
        known = ", ".join(name for name in names if hub.plans.connector(name))
        raise Misconfigured(f"--connector {connector}: {why}; use one of {known}")
    if not file.is_file():
        why = "is a folder" if file.is_dir() else "there is no such file"
        raise Misconfigured(f"{file}: {why}; give a plan file, as milepost import plans/erp.xml")
    await hub.open()
    try:
        summary = await _with_progress(hub, target, file, project, removals=removals)
    except (Anomalous, Misconfigured, Unmappable) as error:
        problems = error.problems if isinstance(error, Misconfigured) else ()
        raise Misconfigured(f"{file}: {error}", problems=problems) from error
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be read ({error.strerror})") from error
    finally:
        await hub.close()
    _print(summary, json=json)
    return 0


async def _with_progress(
    hub: Hub, target: Configured, file: Path, project: str | None, *, removals: bool
) -> dict[str, object]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"))
    with (
        file.open("rb") as stream,
        Progress(
            *columns,
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        ) as progress,
    ):
        steps = {
            "stored": progress.add_task("bytes stored", total=file.stat().st_size),
            "read": progress.add_task("records read", total=None),
        }
        return await hub.plans.bring_in(
            target,
            stream,
            file.name,
            project=project,
            who="command line",
            allow_removals=removals,
            progress=lambda step, amount: progress.update(steps[step], completed=amount),
        )


_LINES = (
    "project", "title", "file_type", "tasks", "milestones", "summaries", "critical_tasks",
    "dependencies", "resources", "assignments", "project_start", "project_finish", "currency",
)  # fmt: skip


def _print(summary: dict[str, Any], *, json: bool) -> None:
    if json:
        sys.stdout.write(orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    for name in _LINES:
        sys.stdout.write(f"{name:16} {summary.get(name)}\n")
    for name, label in (("warnings", "warning"), ("losses", "loss")):
        for found in summary.get(name) or ():
            text = found.get("message", found) if isinstance(found, dict) else found
            times = f" ({found['count']}, e.g. {found['example']})" if "count" in found else ""
            sys.stdout.write(f"{label:16} {text}{times}\n")
    changed = summary["changed"]
    sys.stdout.write(
        f"{'changed':16} {changed['created']} new, {changed['updated']} changed, "
        f"{changed['removed']} removed\n"
    )


@app.command("template")
def template_(
    file: Annotated[Path, typer.Argument(help="Where to write it: plan.xlsx.", metavar="FILE")],
    language: Annotated[
        str | None, typer.Option(help="en or zh-CN; default that of the organisation.")
    ] = None,
    connector: Annotated[str, typer.Option(help="For which connector.")] = BUILT_IN,
    config: ConfigOption = None,
    data: DataOption = DATA,
) -> None:
    """Write an empty plan to fill in, as an Excel workbook."""
    run(_template(file, language, connector, config, data))


async def _template(
    file: Path, language: str | None, connector: str, config: Path | None, data: Path
) -> int:
    configuration = configured(config)
    language = language or configuration.hub.organisation.locale
    if language not in LANGUAGES:
        raise Misconfigured(f"--language {language}: use one of {', '.join(LANGUAGES)}")
    target = configuration.connectors.get(connector)
    make = target.connector.importer if target is not None else None
    importer = make(target.settings) if target is not None and make is not None else None
    if target is None or importer is None or not isinstance(importer, Tabular):
        words = f"--connector {connector}: there is none of that name that takes tables"
        raise Misconfigured(words)
    type_ = target.connector.manifest.type
    document = await named(f"{type_}/{importer.columns}", config, data)
    try:
        with file.open("xb") as out:
            out.write(template(importer, document, language) or b"")
    except FileExistsError as error:
        raise Misconfigured(f"{file}: is there already; give another name") from error
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be written ({error.strerror})") from error
    sys.stdout.write(f"{file}\n")
    return 0


_UNREAD = "is told by webhooks; there is nothing to read"
_UNWATCHED = "watches no file; give it a path, or use milepost import"


@app.command()
def sync(
    connectors: Annotated[list[str] | None, typer.Argument(metavar="[CONNECTOR]…")] = None,
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only news.")] = False,
    json: JsonOption = False,
) -> None:
    """Read every source now (or those named)."""
    run(_sync(connectors or [], config, data, full=full, json=json))


async def _sync(
    names: list[str], config: Path | None, data: Path, *, full: bool, json: bool
) -> int:
    hub = Hub(configured(config), data)
    known = hub.configuration.connectors
    if unknown := [name for name in names if name not in known]:
        raise Misconfigured(f"there is no connector {unknown[0]}; use {', '.join(known)}")
    await hub.open()
    report: dict[str, dict[str, object]] = {}
    try:
        for one, watch in hub.watch.watched:
            if names and one.id not in names:
                continue
            try:
                found = watch.poll(None)
                assert found is not None  # noqa: S101 - a first look always opens
                with found[0] as file:
                    name = Path(str(one.settings.path)).name
                    done = await hub.plans.bring_in(one, file, name, project=None, who="sync")
                report[one.id] = {"ok": True, "changed": done["changed"]}
            except HubError as error:
                report[one.id] = {"ok": False, "error": str(error)}
        report |= await _polled(hub, names, full=full)
    finally:
        await hub.close()
    for name in [name for name in names if name not in report]:
        why = _UNREAD if hub.plans.connector(name) is None else _UNWATCHED
        report[name] = {"ok": False, "error": why}
    if json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        for name, line in report.items():
            sys.stdout.write(f"{name}: {line.get('error') or line.get('changed')}\n")
        if not report:
            sys.stdout.write("no connector has anything to read; give one a path\n")
    bad = [name for name, line in report.items() if not line["ok"]]
    return 0 if not bad else 1 if len(bad) == len(report) else 3


async def _polled(hub: Hub, names: list[str], *, full: bool) -> dict[str, dict[str, object]]:
    """Look at every tool that can be asked; beside a running server too."""
    report: dict[str, dict[str, object]] = {}
    await hub.syncing.recall()
    await hub.intake.start()
    try:
        for one in hub.syncing.polled.values():
            if one.source is None or (names and one.id not in names):
                continue
            await hub.syncing.once(one.id, full=full)
            pulse = hub.syncing.pulses[one.id]
            if pulse.state in {"ok", "unverified"}:
                report[one.id] = {"ok": True, "changed": {"open": pulse.open}}
            else:
                report[one.id] = {"ok": False, "error": pulse.message}
    finally:
        await hub.intake.stop()
    return report
