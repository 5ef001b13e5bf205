"""Wiring of writes to tools: who may write what, and the task that does it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from hub.app.settings import Configured
from hub.contract import Wire
from hub.errors import Unmappable
from hub.mapping import inverse
from hub.model.words import Severity
from hub.services.acting.desk import ActDesk, Allowed
from hub.services.acting.ports import Outbox
from hub.services.acting.sender import Sender
from hub.services.board import Board
from hub.services.ingest.context import Context
from hub.services.refusals import Fault, Refusal, Why


class Acting:
    """The desk that takes wishes, and the sender that carries them out."""

    def __init__(
        self,
        outbox: Outbox,
        board: Board,
        connectors: Iterable[Configured],
        wires: Mapping[str, Wire],
        context: Callable[[], Awaitable[Context]],
        *,
        read_only: bool = False,
    ) -> None:
        known = {one.id: one for one in connectors if one.connector.manifest.writes}
        allowed = {name: _allowed(one, read_only=read_only) for name, one in known.items()}
        writers = {
            name: one.connector.writer(one.settings, wires[name])
            for name, one in known.items()
            if one.connector.writer is not None and name in wires
        }
        self.sender = Sender(outbox, writers, allowed)
        types = {name: one.connector.manifest.type for name, one in known.items()}

        async def word_of(connector: str, kind: str, level: int) -> str | Refusal:
            # Whatever arrived was mapped by it, so it is there.
            document = (await context()).documents[f"{types[connector]}/{kind}"]
            try:
                return inverse(document, "severity", Severity(level))
            except Unmappable as error:
                return Refusal(Why.INVALID, str(error), (Fault("severity", "word", str(error)),))

        self.desk = ActDesk(outbox, board, allowed, word_of, self.sender.ring)


def _allowed(one: Configured, *, read_only: bool) -> Allowed:
    manifest, settings = one.connector.manifest, one.settings
    may: Any = getattr(settings, "writes", ())
    return Allowed(
        kind=manifest.kinds[0],
        can=frozenset(manifest.writes) if one.connector.writer is not None else frozenset(),
        may=frozenset(may),
        read_only=read_only or bool(getattr(settings, "read_only", True)),
    )
