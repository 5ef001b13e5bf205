"""`milepost serve`."""

import asyncio
import contextlib
import errno
import gc
import signal
import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.app.hub import Hub
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.errors import Misconfigured


@app.command()
def serve(
    config: ConfigOption = None,
    data: DataOption = DATA,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8080,
    *,
    json: JsonOption = False,
) -> None:
    """Run the hub."""
    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415 - absent on some platforms

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    run(_serve(config, data, host, port, json=json))


async def _serve(config: Path | None, data: Path, host: str, port: int, *, json: bool) -> int:
    from hub.app.server import Server  # noqa: PLC0415 - 15 MB that no other command needs

    hub = Hub(configured(config), data)
    await hub.open(migrate=True)
    server = Server(hub, host, port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    try:
        address = await server.start()
    except OSError as error:
        await hub.close()
        if error.errno == errno.EADDRINUSE:
            raise Misconfigured(
                f"port {port} of {host} is in use; give --port another one (0 takes any)"
            ) from error
        raise Misconfigured(f"cannot listen on {host}:{port}: {error.strerror}") from error
    _spare_the_collector()
    link = await hub.first_link(address)
    _announce(address, link, json=json)
    await stop.wait()
    await server.stop()
    await hub.close()
    return 0


def _spare_the_collector() -> None:
    """Let the garbage collector leave out what lives as long as the hub, and look less often.

    Nearly all that a delivery makes goes by its reference count; a full look costs a tenth of a
    second in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _announce(address: str, link: str | None, *, json: bool) -> None:
    if json:
        told = {"listening": address} | ({"admin_link": link} if link else {})
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
    else:
        sys.stdout.write(f"Milepost listens on {address}\n")
        if link:
            sys.stdout.write(f"First log-in as admin (works once, for 24 hours): {link}\n")
    sys.stdout.flush()
