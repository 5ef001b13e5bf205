"""The way to one tool. The hub opens it from the admin's settings and hands it to a connector."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import requests  # 60 ms that only a connector with a blocking library needs

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool answered. Shape: header names are lower-case; `url` holds no credential."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer as they went over a wire, for a recording.

    Shape: header names are lower-case; those of the question are not in it, for they log in.
    """

    method: str
    url: str
    sent: bytes | None
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Budget:
    """How often a tool may still be asked, as it says itself; None: it does not say.

    Shape: `resets_at` is when `remaining` is `limit` again, `held_until` when the tool asked to be
           asked again.
    """

    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None
    held_until: datetime | None = None


class Wire(Protocol):
    """The way to one tool as its admin set it: TLS, certificates, proxy, headers, time-outs.

    Errors are the same in both forms. Transient: refused, unreachable, reset, cut off, timed out,
    408, 425, 429 and 5xx (with the far side's Retry-After). Misconfigured: a certificate that is
    not trusted or names another host, 401, 403, 407, a redirect (with where it leads), a log-in
    page. Anomalous: an answer larger than promised, or no HTTP at all. Any other status is the
    caller's to read.
    """

    @property
    def verifies(self) -> bool:
        """Whether the far side's certificate is checked."""

    async def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most: int | None = None,
    ) -> Answer:
        """Ask once, without following redirects or trying again.

        Units: `most` is how many bytes of answer are taken; None: 64 MiB.
        """

    async def blocking(self, work: "Callable[[requests.Session], T]") -> T:
        """Run a call of a blocking library in a thread of this connector's own.

        Shape: the session has the admin's settings; it belongs to that thread, and no other work
               runs there meanwhile. An error of `work` that is no transport's comes through.
        """

    async def close(self) -> None:
        """Let go of every connection and thread."""
