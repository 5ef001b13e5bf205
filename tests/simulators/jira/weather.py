"""What goes wrong on the way to a Jira, on demand: one answer after another, or all of them."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

LOG_IN: Final = (
    "<!DOCTYPE html><html><head><title>Log in with your organisation</title></head>"
    '<body><form action="/sso"><input type="password" name="p"></form></body></html>'
)


@dataclass(frozen=True)
class Fault:
    """One bad answer.

    Shape: `kind` is answer, drop (before the request is handled), late_drop (after it was carried
           out) or silence. `where` picks the requests by method and path.
    """

    kind: str = "answer"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    content_type: str = "application/json"
    where: Callable[[str, str], bool] = lambda _method, _path: True


def too_many(
    retry_after: str | None = None, reset: str | None = None, reason: str | None = None
) -> Fault:
    """Answer 429 as a Cloud does. Shape: `reset` is X-RateLimit-Reset as written."""
    said = {"Retry-After": retry_after, "X-RateLimit-Reset": reset, "RateLimit-Reason": reason}
    headers = {name: value for name, value in said.items() if value is not None}
    return Fault(status=429, headers=headers, body='{"errorMessages":["Rate limit exceeded."]}')


def status(code: int, body: str = "", **headers: str) -> Fault:
    """Answer a bare status."""
    return Fault(status=code, body=body, headers=headers)


def html(code: int = 200) -> Fault:
    """Answer the log-in page of a company's proxy."""
    return Fault(status=code, body=LOG_IN, content_type="text/html")


def dropped() -> Fault:
    """Cut the connection before the request is looked at."""
    return Fault("drop")


def late_drop() -> Fault:
    """Carry the request out, and cut the connection before the answer."""
    return Fault("late_drop")


def silence() -> Fault:
    """Take the request and never answer."""
    return Fault("silence")


@dataclass
class Weather:
    """What happens to the next requests.

    Shape: faults of `next` strike once each, in their order, at the first request that they are
           for; `always` strikes whenever no other does.
    """

    always: Fault | None = None
    _next: deque[Fault] = field(default_factory=deque)

    def next(self, *faults: Fault, on: str = "") -> None:
        """Let faults strike; with `on`, only requests whose method and path contain it."""
        for fault in faults:
            if on:
                where: Callable[[str, str], bool] = lambda m, p: on in f"{m} {p}"  # noqa: E731
                fault = Fault(  # noqa: PLW2901 - the same, but for whom
                    fault.kind, fault.status, fault.headers, fault.body, fault.content_type, where
                )
            self._next.append(fault)

    @property
    def waiting(self) -> int:
        """How many faults did not strike yet."""
        return len(self._next)

    def strikes(self, request: web.Request) -> Fault | None:
        """Return what strikes a request."""
        for fault in self._next:
            if fault.where(request.method, request.path):
                self._next.remove(fault)
                return fault
        return self.always
