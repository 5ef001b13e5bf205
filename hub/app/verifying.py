"""`connector verify`: a tool tried step by step, and what it answered kept as a recording."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, Final

from hub import __version__
from hub.app.settings import Configured
from hub.contract import Connector, Exchange, Step, Wire
from hub.errors import Misconfigured
from hub.recordings import Recording, Replay, recorded, vocabulary
from hub.recordings.redacting import Redactor
from hub.services.sync.proving import proven
from hub.wire import Veil, open_wire

MOST: Final = 32 << 20
"""Bytes of answers that one recording holds; arbitrary, some 30,000 problems."""
_BY_THE_CLOCK: Final = frozenset({"clock"})
"""Steps that compare the tool's clock with ours: a recording is of another day."""


class Heard:
    """Collects what goes over a wire, up to a bound."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.bytes = 0

    def __call__(self, exchange: Exchange) -> None:
        """Keep one exchange; called from several threads."""
        self.bytes += len(exchange.body)
        if self.bytes <= MOST:
            self.exchanges.append(exchange)


async def verified(one: Configured, heard: Heard | None = None) -> AsyncIterator[Step]:
    """Yield the steps of the connector's own check, then what the hub relies on of every source.

    Raises: Misconfigured, where there is nothing to try.
    """
    if one.connector.checker is None and one.connector.source is None:
        raise Misconfigured(f"{one.id} has nothing that could be verified")
    wire = open_wire(one.id, one.settings, heard)
    try:
        async for step in _tried(one.connector, one.settings, wire):
            yield step
    finally:
        await wire.close()


async def _tried(connector: Connector, settings: Any, wire: Wire) -> AsyncIterator[Step]:
    if connector.checker is not None:
        async for step in connector.checker(settings, wire).check():
            yield step
    source = connector.source(settings, wire) if connector.source is not None else None
    if source is not None:
        async for step in proven(source):
            yield step


def recording_of(one: Configured, heard: Heard, steps: Sequence[Step]) -> Recording:
    """Make a recording of what was heard, with other words in it.

    Raises: Misconfigured, when there is nothing, too much, or a secret is still in it.
    """
    if not heard.exchanges:
        raise Misconfigured(f"{one.id} answered nothing that could be recorded")
    if heard.bytes > MOST:
        raise Misconfigured(
            f"{one.id} answered {heard.bytes:,} bytes; a recording holds {MOST:,}: narrow what the "
            "connector sees, such as `host_groups`, while you record"
        )
    package = type(one.settings).__module__.rpartition(".")[0]
    redactor = Redactor(vocabulary(package, one.connector.manifest))
    made = recorded(
        one.connector.manifest.type,
        __version__,
        datetime.now(UTC),
        one.settings,
        heard.exchanges,
        steps,
        redactor,
    )
    if Veil(one.settings).holds(made.written()):
        raise Misconfigured(
            f"{one.id}: a secret of its settings is also an ordinary word of its answers, and "
            "would stand in the recording; nothing was written: use another secret"
        )
    return made


async def replayed(recording: Recording, connector: Connector) -> list[str]:
    """Take the steps again with a recording in the place of the tool; say what is otherwise.

    Raises: Misconfigured, when its settings are none of this connector's.
    """
    async with Replay(recording) as replay:
        try:
            settings = connector.settings(**replay.settings())
        except ValueError as error:
            raise Misconfigured(f"the settings of the recording do not fit: {error}") from None
        one = Configured(recording.type, connector, settings)
        steps = [step async for step in verified(one)]
    return list(_differing(recording, steps, replay.unknown))


def _differing(recording: Recording, steps: Sequence[Step], unknown: int) -> Iterator[str]:
    for then, now in zip_longest(recording.steps, steps):
        code = (now or then).code
        if then is None or now is None or then.code != now.code:
            yield f"{code}: taken only {'now' if then is None else 'then'}"
            return
        if code not in _BY_THE_CLOCK and then.done != now.done:
            yield f"{code}: {_WORD[then.done]} then, {_WORD[now.done]} now ({now.says})"
    if unknown:
        yield f"{unknown} questions that nobody had asked then"


_WORD: Final = {True: "holds", False: "fails", None: "not told"}
