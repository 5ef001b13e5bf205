"""`milepost check` and `milepost doctor`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import orjson
import typer

from hub.app.hub import Hub, own_documents
from hub.app.settings import Configuration, load
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.errors import HubError, Misconfigured

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
    configuration: Configuration | None = None
    try:
        configuration = load(config)
        problems += own_documents(configuration)[1]
    except Misconfigured as error:
        problems += error.problems or (str(error),)
    unbound: list[str] = []
    if configuration is not None and not problems:
        configured(config)
        unbound = await _bound(configuration, data, apply=apply)
    for line in (*problems, *unbound):
        sys.stderr.write(f"{line}\n")
    if problems or unbound:
        sys.stderr.write(f"{len(problems) + len(unbound)} fault(s)\n")
        return 1
    sys.stdout.write("settings, mappings and services are sound\n")
    return 0


async def _bound(configuration: Configuration, data: Path, *, apply: bool) -> list[str]:
    """Say which services deliver milestones that are not there (or there twice)."""
    there = configuration.hub.store != "sqlite" or (data / "milepost.db").exists()
    if not (there or apply):
        return []
    hub = Hub(configuration, data)
    await hub.database.start(migrate=apply)
    try:
        kept = await hub.offer_documents() if apply else []
        own, _ = own_documents(configuration)
        text = next((text for kind, _, text in own if kind == "services"), None)
        facts = await hub.stores.ingest.facts()
        return [*kept, *hub.unbound(text, facts)]
    finally:
        await hub.close()


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
