"""A fault in `services.yaml`: what it stops, and what it does not."""

import json
from pathlib import Path

import pytest

from tests.integration.cli.folder import Folder

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).parents[2] / "connectors" / "prometheus" / "fixtures"


def test_a_faulty_catalogue_stops_neither_a_token_nor_a_preview(folder: Folder) -> None:
    folder.write("services.yaml", "services:\n  - {nmae: shop}\n")
    assert folder.run("token", "create", "--role", "ops", "--json").json["role"] == "ops"
    (record, *_) = json.loads((FIXTURES / "firing.json").read_bytes())["alerts"]
    folder.write("record.json", json.dumps(record))
    done = folder.run("preview", "prometheus/alert", "record.json", "--json")
    assert done.json["mapping"] == "prometheus.alert"
