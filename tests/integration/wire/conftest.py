"""Both forms of asking over one wire, and an authority of the tests' own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
import requests
import trustme

from hub.contract import Answer, Connection
from hub.wire import open_wire

Ask = Callable[..., Awaitable[Answer]]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Return an authority that nobody else trusts."""
    return trustme.CA()


@pytest.fixture(params=["ask", "blocking"])
async def ask(request: pytest.FixtureRequest) -> AsyncIterator[Ask]:
    """Ask `url` with these settings, by aiohttp or by a library on requests."""
    async with AsyncExitStack() as ending:

        async def asking(
            url: str, told: Mapping[str, str] | None = None, **settings: Any
        ) -> Answer:
            given = {"timeout_seconds": 5, "connect_seconds": 2, **settings}
            wire = open_wire("tool", Connection.model_validate(given))
            ending.push_async_callback(wire.close)
            if request.param == "ask":
                return await wire.ask("GET", url, headers=told)

            def work(session: requests.Session) -> Answer:
                response = session.get(url, headers=told)
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, names, response.content, url)

            return await wire.blocking(work)

        yield asking
