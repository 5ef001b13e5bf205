"""`milepost serve`."""

import asyncio
import contextlib
import errno
import fcntl
import gc
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.app.hub import Hub
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.errors import Misconfigured

LOCK = "serving.lock"


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
    try:
        with _alone(data):
            server = Server(hub, host, port)
            stop = _stop_signal()
            with _said_plainly(host, port):
                address = await server.start()
            _spare_the_collector()
            link = await hub.first_link(address)
            _announce(address, link, json=json)
            await stop.wait()
            await server.stop()
    finally:
        await hub.close()
    return 0


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the folder for this process; the system lets go of it however the process ends.

    What is firing is decided in memory: two processes would each open incidents of their own.
    """
    with (data / LOCK).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured(
                f"{data}: another `milepost serve` runs on this folder; end that one, or give "
                "--data another folder"
            ) from None
        yield


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop


@contextlib.contextmanager
def _said_plainly(host: str, port: int) -> Iterator[None]:
    """Turn what the system says of an address into what the user can do."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Misconfigured(
                f"port {port} of {host} is in use; give --port another one (0 takes any)"
            ) from error
        raise Misconfigured(f"cannot listen on {host}:{port}: {error.strerror}") from error


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
