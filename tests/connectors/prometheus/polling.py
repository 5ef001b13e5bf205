"""What tests ask of a source of this connector."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.prometheus.settings import Settings
from connectors.prometheus.source import PrometheusSource
from hub.contract import Known, Record, Wire


def source(wire: Wire, *managers: str, **settings: object) -> PrometheusSource:
    told = Settings.model_validate({"alertmanager_urls": managers, **settings})
    return PrometheusSource(told, wire)


async def census(asked: PrometheusSource) -> tuple[dict[str, Record], dict[str, int]]:
    """Return the records by alert name, a heartbeat as `heartbeat`, and the hints."""
    pages = [page async for page in asked.census()]
    records = [record for page in pages for record in page.records]
    named = {name_of(record): record for record in records}
    assert len(named) == len(records)
    assert not any(page.rejected for page in pages)
    return named, dict(pages[0].hints or {})


def name_of(record: Record) -> str:
    return record.kind if record.kind == "heartbeat" else labels(record)["alertname"]


def labels(record: Record) -> dict[str, str]:
    found = record.body["labels"]
    assert isinstance(found, dict)
    return found


def known(record: Record) -> Known:
    return Known(record.kind, record.series, record.key)


async def until(look: Callable[[], Awaitable[Any]], seconds: float = 40) -> Any:
    """Look again and again until there is something."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.05)


def pushed(name: str, **more: object) -> dict[str, object]:
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    return {"labels": {"alertname": name}, "annotations": {"summary": name}, "endsAt": soon, **more}
