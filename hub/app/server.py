"""The hub behind a socket."""

from aiohttp import web

from hub.app.hub import Hub
from hub.web import application, runner


class Server:
    """Serves one hub."""

    def __init__(self, hub: Hub, host: str, port: int) -> None:
        self._hub = hub
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Start the hub and listen; return the address.

        Raises: OSError, when the port cannot be had; then nothing runs.
        """
        app = application(self._hub.services, self._hub.web_settings())
        self._runner = runner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, backlog=1024)
        try:
            await self._hub.start()
            await site.start()
        except BaseException:
            await self._hub.stop()
            await self._runner.cleanup()
            raise
        name = self._runner.addresses[0]
        host = f"[{name[0]}]" if ":" in name[0] else name[0]
        return f"http://{host}:{name[1]}"

    async def stop(self) -> None:
        """Stop listening, then the hub."""
        if self._runner is not None:
            await self._runner.cleanup()
        await self._hub.stop()
