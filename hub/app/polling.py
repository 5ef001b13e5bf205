"""Wiring of polling: which connectors are looked at, and by what."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.app.settings import Configured
from hub.contract import Checker, Onboarding, Source, Wire
from hub.services.sync.ports import Polled
from hub.wire import OpenWire


def polled(connectors: Iterable[Configured], wires: Mapping[str, OpenWire]) -> Iterator[Polled]:
    """Make what polling needs of every connector; one without a wire is never asked."""
    for one in connectors:
        connector, settings = one.connector, one.settings
        manifest = connector.manifest
        wire = wires.get(one.id)
        if wire is None:
            yield Polled(one.id, manifest.type, manifest.kinds[0], settings.poll_seconds)
            continue
        source: Source | None = _made(connector.source, settings, wire)
        checker: Checker | None = _made(connector.checker, settings, wire)
        onboarding: Onboarding | None = _made(connector.onboarding, settings, wire)
        yield Polled(
            id=one.id,
            type=manifest.type,
            kind=manifest.kinds[0],
            poll_seconds=settings.poll_seconds,
            source=source,
            checker=checker,
            onboarding=onboarding,
            surveys=connector.surveyor is not None,
            verifies_tls=wire.verifies,
            budget=wire.budget,
        )


def _made(factory: Any, settings: Any, wire: Wire) -> Any:
    return None if factory is None else factory(settings, wire)
