"""The guide's connector is built from the guide's own text, and works."""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import connectors
from hub import mapping
from hub.contract import Connector, Record
from hub.errors import Anomalous

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "first-connector.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """Return the guide's files by the path in their first line, and the sample delivery."""
    found = {}
    for language, text in FENCE.findall(GUIDE.read_text("utf-8")):
        first = text.splitlines()[0]
        found[first.removeprefix("# ") if first.startswith("# ") else language] = text
    return found


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connector]:
    folder = tmp_path_factory.mktemp("guide")
    for name, text in blocks().items():
        if name.startswith("connectors/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    patch = pytest.MonkeyPatch()
    patch.setattr(connectors, "__path__", [*connectors.__path__, str(folder / "connectors")])
    yield importlib.import_module("connectors.cronmail").CONNECTOR
    patch.undo()
    for name in [name for name in sys.modules if name.startswith("connectors.cronmail")]:
        del sys.modules[name]


@pytest.fixture
def receiver(connector: Connector) -> Any:
    assert connector.receiver is not None
    return connector.receiver(connector.settings.model_validate({"webhook_secret": "s3cret"}))


def delivery() -> dict[str, Any]:
    sample: dict[str, Any] = json.loads(blocks()["json"])
    return sample


def document() -> mapping.Document:
    return mapping.load(blocks()["mappings/cronmail/job.yaml"], name="job.yaml")


def unpack(receiver: Any, content: object) -> tuple[Record, ...]:
    records: tuple[Record, ...] = receiver.unpack(json.dumps(content).encode()).records
    return records


def test_a_failed_job_becomes_a_firing_alert(receiver: Any) -> None:
    (record,) = unpack(receiver, delivery())
    values = mapping.apply(document(), record).values
    assert values["status"] == "firing"
    assert values["service"] == "shop-db"
    assert values["title"] == "backup on erp-db-01 failed"


def test_the_body_stays_as_received(receiver: Any) -> None:
    (record,) = unpack(receiver, delivery())
    assert record.body == delivery()["jobs"][0]


def test_the_end_of_a_failure_is_the_same_key_in_another_state(receiver: Any) -> None:
    content = delivery()
    (failed,) = unpack(receiver, content)
    content["jobs"][0]["state"] = "ok"
    (ended,) = unpack(receiver, content)
    assert (failed.key, failed.series) == (ended.key, ended.series)
    assert failed.version != ended.version


def test_a_bad_job_is_rejected_with_its_path_and_the_others_count(receiver: Any) -> None:
    content = delivery()
    content["jobs"].insert(0, {"state": "failed"})
    page = receiver.unpack(json.dumps(content).encode())
    assert len(page.records) == 1
    assert [item.path for item in page.rejected] == ["jobs[0].id"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"gateway": "other"}', b'{"gateway":"cron-mail"}'])
def test_a_delivery_of_another_tool_is_anomalous(receiver: Any, body: bytes) -> None:
    with pytest.raises(Anomalous):
        receiver.unpack(body)


def test_only_the_right_token_may_deliver(connector: Connector, receiver: Any) -> None:
    assert receiver.authentic({"x-cron-mail-token": "s3cret"}, b"")
    assert not receiver.authentic({"x-cron-mail-token": "guess"}, b"")
    assert not receiver.authentic({}, b"")
    assert connector.receiver is not None
    closed = connector.receiver(connector.settings())
    assert not closed.authentic({"x-cron-mail-token": ""}, b"")


def test_the_entry_point_of_the_guide_names_the_object_of_the_guide() -> None:
    assert 'cronmail = "connectors.cronmail:CONNECTOR"' in blocks()["pyproject.toml"]
