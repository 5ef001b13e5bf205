"""`milepost doctor`: try what the hub will do, one thing after another, and make nothing."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from hub.app.hub import Hub, own_documents
from hub.app.settings import Configured
from hub.bus import log_in
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.errors import HubError
from hub.services.sample import CONNECTORS
from hub.store import EmptyStore, stands

_HEAD: Final = 4096
_UNCHECKED: Final = (
    "not checked (verify_tls: false): whoever stands between can read and change everything; name "
    "the authority in ca_file instead"
)
_MARKS: Final = {True: "ok  ", False: "FAIL", None: "n/a "}
SAMPLE: Final = frozenset(CONNECTORS)


class Found(NamedTuple):
    """One thing that was tried. Shape: `ok` is None where nobody could tell."""

    check: str
    ok: bool | None
    detail: str


@app.command()
def doctor(
    config: ConfigOption = None, data: DataOption = DATA, *, json: JsonOption = False
) -> None:
    """Say whether the hub can reach what it is told to reach, and how old each source is."""
    run(_doctor(config, data, json=json))


async def _doctor(config: Path | None, data: Path, *, json: bool) -> int:
    hub = Hub(configured(config), data)
    try:
        found = [one async for one in _tried(hub)]
    finally:
        await hub.close()
    return _report(found, json=json)


async def _tried(hub: Hub) -> AsyncIterator[Found]:
    yield _ours()
    yield _documents(hub)
    store, opened = await _store(hub)
    yield store
    yield await _bus(hub.configuration.hub.bus)
    fresh = await hub.stores.board.freshness() if opened else {}
    for one in hub.configuration.connectors.values():
        async for found in _looked(hub, one):
            yield found
        for found in await asyncio.to_thread(list, _file(hub, one)):
            yield found
        last = fresh[one.id].last_received_at if one.id in fresh else None
        detail = _age(last) if last else "nothing received yet"
        yield Found(f"{one.id}: age", ok=True, detail=detail)

    for name in sorted(SAMPLE & fresh.keys()):
        detail = "sample data; remove it on the page or by DELETE /api/v1/sample"
        yield Found(f"{name}: sample", ok=True, detail=detail)


def _age(last: datetime) -> str:
    """Say how long ago a source was heard, and when, with its zone."""
    passed = timedelta(seconds=int((datetime.now(UTC) - last).total_seconds()))
    return f"last delivery {passed} ago (h:mm:ss), at {last.isoformat(timespec='seconds')}"


def _ours() -> Found:
    """Make sure that `hub` is ours: the name is a short one."""
    import hub as package  # noqa: PLC0415

    ok = (package.__doc__ or "").startswith("Milepost")
    return Found("package hub", ok, str(package.__file__))


def _documents(hub: Hub) -> Found:
    own, problems = own_documents(hub.configuration)
    if problems:
        more = f" (and {len(problems) - 1} more; see milepost check)" if problems[1:] else ""
        return Found("documents", ok=False, detail=f"{problems[0]}{more}")
    return Found("documents", ok=True, detail=f"{len(own)} beside milepost.yaml, all sound")


async def _store(hub: Hub) -> tuple[Found, bool]:
    """Log in, read and write; an empty store is none's fault."""
    kind = hub.configuration.hub.store.split(":")[0]
    nothing = "nothing stored yet; milepost serve makes it"
    if not stands(hub.configuration.hub.store, hub.data):
        return Found("store", ok=True, detail=f"{kind}: {nothing}"), False
    try:
        await hub.database.start(migrate=False)
        await hub.database.write(lambda writing: writing.base)
    except EmptyStore:
        return Found("store", ok=True, detail=f"{kind}: logged in; {nothing}"), False
    except HubError as error:
        return Found("store", ok=False, detail=str(error)), False
    return Found("store", ok=True, detail=f"{kind}: can be read and written"), True


async def _bus(url: str) -> Found:
    if url == "memory":
        return Found("bus", ok=True, detail="memory: nobody outside is told")
    kind = url.partition(":")[0]
    try:
        await asyncio.to_thread(log_in, url)
    except HubError as error:
        return Found("bus", ok=False, detail=f"{kind}: {error}")
    return Found("bus", ok=True, detail=f"{kind}: logged in")


async def _looked(hub: Hub, one: Configured) -> AsyncIterator[Found]:
    """Look at the tool as the connector itself does, over its own wire."""
    wire = hub.wires.get(one.id)
    if wire is None:
        return
    if not wire.verifies:
        yield Found(f"{one.id}: certificates", ok=None, detail=_UNCHECKED)
    if one.connector.checker is None:
        return
    async for step in one.connector.checker(one.settings, wire).check():
        yield Found(f"{one.id}: {step.code}", ok=step.done, detail=step.says)


def _file(hub: Hub, one: Configured) -> Iterator[Found]:
    """Open the watched file, and see whether it is a plan."""
    for watched, watch in hub.watch.watched:
        if watched.id != one.id or one.connector.importer is None:
            continue
        try:
            opened = watch.poll(None)
            assert opened is not None  # noqa: S101 - a first look always opens
            with opened[0] as file:
                type_ = one.connector.importer(one.settings).sniff(file.read(_HEAD))
        except (HubError, OSError) as error:
            yield Found(f"{one.id}: file", ok=False, detail=str(error))
            continue
        path = one.settings.path
        if type_ is None:
            yield Found(f"{one.id}: file", ok=False, detail=f"{path}: is no plan that can be read")
        else:
            yield Found(f"{one.id}: file", ok=True, detail=f"{path}: readable, {type_}")


def _report(found: list[Found], *, json: bool) -> int:
    ok = all(one.ok is not False for one in found)
    if json:
        told = {"ok": ok, "checks": [one._asdict() for one in found]}
        sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        for one in found:
            sys.stdout.write(f"{_MARKS[one.ok]} {one.check}: {one.detail}\n")
    return 0 if ok else 1
