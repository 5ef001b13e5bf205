"""Wiring of polling: which connectors are looked at, and by what."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from hub.app.settings import Configured
from hub.contract import Checker, Connection, Onboarding, Source, Wire
from hub.services.sync.ports import Polled, Tls
from hub.wire import OpenWire
from hub.wire.veil import Veil


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
            census_seconds=getattr(settings, "census_seconds", 0.0),
            work=manifest.work,
            source=source,
            checker=checker,
            onboarding=onboarding,
            surveys=connector.surveyor is not None,
            tls=tls_of(settings),
            budget=wire.budget,
            veil=Veil(settings).over,
        )


def tls_of(settings: Connection) -> Tls | None:
    """Say how the way to a tool is kept; of several addresses the worst counts."""
    plain = [one for one in settings.addresses if one.scheme == "http"]
    if any(not is_local(one.host or "") for one in plain):
        return "none"
    if len(plain) < len(settings.addresses):
        return "checked" if settings.verify_tls else "unchecked"
    return "local" if plain else None


def is_local(host: str) -> bool:
    """Tell whether a host is this machine to whoever asks it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _made(factory: Any, settings: Any, wire: Wire) -> Any:
    return None if factory is None else factory(settings, wire)
