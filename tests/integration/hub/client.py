"""A plain client of the hub: one connection a request, so that nothing hides between two."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

T = TypeVar("T")
PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Asks the hub at `base` as the holder of `token`."""

    base: str
    token: str

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; a header's name is lower-case in the answer."""
        place = urlsplit(self.base)
        assert place.hostname
        plug = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        try:
            plug.request(method, path, body, dict(headers or {}))
            answer = plug.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            plug.close()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send a request with the token; `body` becomes JSON."""
        given = {"Authorization": f"Bearer {self.token}", **headers}
        if body is None:
            return self.send(method, f"/api/v1{path}", None, given)
        given["Content-Type"] = "application/json"
        return self.send(method, f"/api/v1{path}", json.dumps(body).encode(), given)

    def get(self, path: str, **query: object) -> Any:
        """Read something that has to be there."""
        target = f"{path}?{urlencode(query, doseq=True)}" if query else path
        answer = self.ask("GET", target)
        assert answer.status == 200, (target, answer.status, answer.body[:500])
        return answer.json

    def one(self, kind: str, ref: str) -> Any:
        """Read one entity in full."""
        return self.get(f"/{kind}/{quote(ref, safe='')}")

    def items(self, kind: str, **query: object) -> list[Any]:
        """Read a whole list, page by page."""
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.get(
                f"/{kind}", limit=100, **query, **({"cursor": cursor} if cursor else {})
            )
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found

    def upload(self, data: bytes, **query: str) -> Answer:
        """Upload a plan file."""
        given = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/octet-stream",
        }
        return self.send("POST", f"/api/v1/imports?{urlencode(query)}", data, given)


def until(look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Look until something is there, and return it; how long that took is nobody's claim."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"did not come about: {what} (last seen: {found!r})"
        time.sleep(0.05)
