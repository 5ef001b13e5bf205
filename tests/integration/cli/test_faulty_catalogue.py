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


def test_check_tells_faults_of_shape_and_of_names_at_once(folder: Folder) -> None:
    folder.write(
        "services.yaml",
        "services:\n  - ref: shop\n    teir: 1\n    depends_on: [{service: nobody}]\n"
        "    delivers: [{project: ERP, milestone: Never}]\n",
    )
    for words in (("check",), ("check", "--apply")):
        said = folder.run(*words, status=1).err
        assert "services.yaml:3: " in said
        assert "services.yaml:2: services: service 'shop': depends_on names 'nobody'" in said
        assert "services.yaml:5: services.shop.delivers: milestone 'Never'" in said
        assert "3 fault(s)" in said
