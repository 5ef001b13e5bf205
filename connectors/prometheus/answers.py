"""How to ask Prometheus and Alertmanager over HTTP, and what an answer is that is none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import msgspec

from hub.contract import Answer, Wire
from hub.errors import Anomalous, Misconfigured

_JSON: Final = {"Content-Type": "application/json"}
_SHOWN: Final = 200


class Far:
    """One server at one address."""

    def __init__(self, wire: Wire, url: str, what: str) -> None:
        self._wire = wire
        self.url = url.rstrip("/")
        self._what = what

    async def get(
        self, path: str, params: Mapping[str, str] | tuple[tuple[str, str], ...] = ()
    ) -> Answer:
        """Ask for what is at a path.

        Raises: Misconfigured, when there is nothing at that path; Anomalous, when it is refused.
        """
        return self.well(await self._wire.ask("GET", f"{self.url}{path}", params=params))

    async def send(self, method: str, path: str, body: object | None = None) -> Answer:
        """Change something; the answer may be of any status."""
        said = None if body is None else msgspec.json.encode(body)
        headers = _JSON if said is not None else None
        return await self._wire.ask(method, f"{self.url}{path}", body=said, headers=headers)

    def well(self, answer: Answer) -> Answer:
        """Let an answer through that is one.

        Raises: Misconfigured, Anomalous.
        """
        if answer.status == HTTPStatus.OK:
            return answer
        said = f"{answer.status}: {sentence(answer.body)}"
        if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            raise Misconfigured(
                f"{self.url} has no API of {self._what} ({said}); look at the address and its path"
            )
        raise Anomalous(f"{self._what} at {self.url} answered {said}", evidence=answer.body)

    def odd(self, answer: Answer, fault: Exception) -> Anomalous:
        """Say that an answer has not the promised shape."""
        words = f"{self._what} at {self.url} answered what it never promised: {fault}"
        return Anomalous(words, evidence=answer.body)


def sentence(body: bytes) -> str:
    """Find the sentence in an answer that is an error, cut to a length that can be shown.

    Shape: Prometheus sends an object with `error`, Alertmanager a bare JSON text or an object.
    """
    try:
        said = msgspec.json.decode(body)
    except ValueError:
        said = body.decode(errors="replace")
    if isinstance(said, dict):
        said = said.get("error") or said.get("message") or said
    return str(said).strip()[:_SHOWN]


def clock(answer: Answer) -> datetime:
    """Return the far side's clock; where it does not say, ours."""
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)
