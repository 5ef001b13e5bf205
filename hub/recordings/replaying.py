"""A recording that answers on loopback, as the tool did."""

import json
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Self

from aiohttp import web

from hub.recordings.recording import Content, Exchanged, Recording, placeholder

_Key = tuple[int, str, str, object]


class Replay:
    """Serves a recording, each of its tools at a port of its own; used with `async with`.

    Shape: a question is answered with the first answer to the very same one that was not given
           yet; else with the next to one of its kind, for instants move on; the last one stays.
           `unknown` counts the questions that nobody had asked when it was recorded.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._left: dict[_Key, list[Exchanged]] = defaultdict(list)
        self._last: dict[_Key, Exchanged] = {}
        self._stack = AsyncExitStack()
        self._ports: dict[int, int] = {}
        self.unknown = 0
        for one in recording.exchanges:
            sent = one.sent.value if one.sent else None
            self._left[_key(one.tool, one.method, one.path, sent)].append(one)

    async def __aenter__(self) -> Self:
        """Listen."""
        for tool in sorted({one.tool for one in self._recording.exchanges} | {0}):
            app = web.Application(client_max_size=64 << 20)
            app.router.add_route("*", "/{path:.*}", self._answering(tool))
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            self._stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self._ports[tool] = runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        await self._stack.aclose()

    def settings(self) -> Mapping[str, Any]:
        """Return the settings with which a connector meets the recording."""
        text = json.dumps(self._recording.settings)
        for tool, port in sorted(self._ports.items(), reverse=True):
            text = text.replace(placeholder(tool), f"http://127.0.0.1:{port}")
        settings: dict[str, Any] = json.loads(text)
        return settings

    def _answering(self, tool: int) -> Any:
        async def answer(request: web.Request) -> web.Response:
            sent = _json(await request.read())
            found = self._found(_key(tool, request.method, request.path, sent), request, sent)
            if found is None:
                self.unknown += 1
                return web.Response(status=404, text="nobody asked this when it was recorded")
            return _response(found)

        return answer

    def _found(self, key: _Key, request: web.Request, sent: Any) -> Exchanged | None:
        left = self._left[key]
        query = tuple(request.query.items())
        same = (one for one in left if one.query == query and _same(one.sent, sent))
        found = next(same, left[0] if left else None)
        if found is None:
            return self._last.get(key)
        left.remove(found)
        self._last[key] = found
        return found


def _key(tool: int, method: str, path: str, sent: Any) -> _Key:
    """Return the kind of a question: over JSON-RPC the method says it, not the path."""
    return tool, method, path, sent.get("method") if isinstance(sent, dict) else None


def _same(then: Content | None, now: Any) -> bool:
    return bool(_without(then.value if then else None) == _without(now))


def _without(sent: Any) -> Any:
    """Leave out what differs though the question is the same: its number, and who asks."""
    if not isinstance(sent, dict):
        return sent
    return {name: one for name, one in sent.items() if name not in {"id", "auth"}}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _response(one: Exchanged) -> web.Response:
    text = one.body.text
    body = json.dumps(one.body.value) if text is None else text
    response = web.Response(status=one.status, body=body.encode())
    response.headers.update(one.headers)
    return response
