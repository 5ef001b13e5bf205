"""Reads the fixtures, and keeps what came of them in a form that tests can ask."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from connectors.msproject import CONNECTOR
from connectors.msproject.importer import MspdiImporter
from connectors.msproject.settings import Settings
from hub.contract import Record, Rejected
from hub.mapping import Document, apply, load

FIXTURES = Path(__file__).parent / "fixtures"
MAPPINGS = Path(__file__).parents[3] / "mappings" / "msproject"
KINDS = CONNECTOR.manifest.kinds


@dataclass(frozen=True)
class Plan:
    """Everything one file gave."""

    records: list[Record]
    summary: Mapping[str, Any]
    rejected: list[Rejected]

    def of(self, kind: str) -> dict[str, Any]:
        """Return the bodies of a kind by their keys."""
        return {record.key: record.body for record in self.records if record.kind == kind}

    def notes(self, place: str) -> dict[str, int]:
        """Return `warnings` or `losses` as code and count."""
        return {note["code"]: note["count"] for note in self.summary[place]}

    def mapped(self, kind: str) -> dict[str, dict[str, object]]:
        """Return what the shipped document makes of a kind."""
        document = documents()[kind]
        return {r.key: apply(document, r).values for r in self.records if r.kind == kind}


def importer(**settings: Any) -> MspdiImporter:
    return MspdiImporter(Settings(**settings))


def read(file: BinaryIO, **settings: Any) -> Plan:
    reading = importer(**settings).read(file)
    pages = list(reading)
    records = [record for page in pages for record in page.records]
    return Plan(records, reading.summary, [one for page in pages for one in page.rejected])


def fixture(name: str) -> Plan:
    with (FIXTURES / name).open("rb") as file:
        return read(file)


def content(data: bytes, **settings: Any) -> Plan:
    return read(io.BytesIO(data), **settings)


def documents() -> dict[str, Document]:
    paths = {kind: MAPPINGS / f"{kind}.yaml" for kind in KINDS}
    return {
        kind: load(path.read_text(encoding="utf-8"), name=path.name) for kind, path in paths.items()
    }
