"""`milepost check` and `milepost doctor`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import orjson
import typer

from hub.app.hub import Hub, own_documents
from hub.app.logs import configure
from hub.app.settings import Configuration, beside, load
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.errors import HubError, Misconfigured
from hub.services.catalogue import loose_ends

_REACH_SECONDS = 5.0


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
    if not apply and configuration.hub.store == "sqlite" and not (data / "milepost.db").exists():
        return [], await _loose_ends(configuration, None)
    hub = Hub(configuration, data)
    try:
        await hub.database.start(migrate=False, create=apply)
        kept = await hub.offer_documents() if apply else []
        return kept, await _loose_ends(configuration, hub)
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


@app.command()
def doctor(
    config: ConfigOption = None, data: DataOption = DATA, *, json: JsonOption = False
) -> None:
    """Say whether the hub can reach what it is told to reach, and how old each source is."""
    run(_doctor(config, data, json=json))


async def _doctor(config: Path | None, data: Path, *, json: bool) -> int:
    configuration = configured(config)
    hub = Hub(configuration, data)
    found: list[dict[str, object]] = [_ours()]
    try:
        await hub.open()
        found.append(
            {"check": "store", "ok": True, "detail": configuration.hub.store.split(":")[0]}
        )
    except HubError as error:
        found.append({"check": "store", "ok": False, "detail": str(error)})
        return _report(found, json=json)
    try:
        fresh = await hub.stores.board.freshness()
        for one in configuration.connectors.values():
            found += await _reach(one.id, one.settings)
            last = fresh[one.id].last_received_at if one.id in fresh else None
            detail = f"last delivery {last.isoformat()}" if last else "nothing received yet"
            found.append({"check": f"{one.id}: age", "ok": True, "detail": detail})
    finally:
        await hub.close()
    return _report(found, json=json)


def _ours() -> dict[str, object]:
    """Make sure that `hub` is ours: the name is a short one."""
    import hub as package  # noqa: PLC0415

    ok = (package.__doc__ or "").startswith("Milepost")
    return {"check": "package hub", "ok": ok, "detail": str(package.__file__)}


async def _reach(name: str, settings: object) -> list[dict[str, object]]:
    """Try to connect to every address in a connector's settings."""
    urls: list[str] = []
    for field in ("url", "prometheus_url", "alertmanager_urls"):
        value = getattr(settings, field, None)
        urls += (
            [str(v) for v in value]
            if isinstance(value, tuple | list)
            else [str(value)]
            if value
            else []
        )
    found: list[dict[str, object]] = []
    for url in urls:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            _, writer = await asyncio.wait_for(
                asyncio.open_connection(parts.hostname, port), _REACH_SECONDS
            )
            writer.close()
            ok, detail = True, f"{parts.hostname}:{port} answers"
        except (OSError, TimeoutError) as error:
            why = str(error) or "no answer in 5 s"
            ok, detail = False, f"{parts.hostname}:{port}: {why}"
        found.append({"check": f"{name}: reach", "ok": ok, "detail": detail})
    path = getattr(settings, "path", None)
    if path is not None:
        there = Path(path).is_file()
        found.append(
            {
                "check": f"{name}: file",
                "ok": there,
                "detail": str(path) if there else f"{path}: there is no such file",
            }
        )
    return found


def _report(found: list[dict[str, object]], *, json: bool) -> int:
    ok = all(line["ok"] for line in found)
    if json:
        out = orjson.dumps({"ok": ok, "checks": found}, option=orjson.OPT_INDENT_2)
        sys.stdout.write(out.decode() + "\n")
    else:
        for line in found:
            sys.stdout.write(
                f"{'ok  ' if line['ok'] else 'FAIL'} {line['check']}: {line['detail']}\n"
            )
    return 0 if ok else 1
