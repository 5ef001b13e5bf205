"""The README names what the code can say and be told."""

from pathlib import Path

import pytest

from connectors.msproject import CONNECTOR, settings
from connectors.msproject.parse.tally import MESSAGES
from connectors.msproject.settings import Settings

TEXT = (Path(settings.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", MESSAGES)
def test_every_warning_and_loss_is_listed(code: str) -> None:
    assert f"`{code}`" in TEXT


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described(name: str) -> None:
    assert f"| `{name}` |" in TEXT


@pytest.mark.parametrize("kind", CONNECTOR.manifest.kinds)
def test_every_kind_is_described(kind: str) -> None:
    assert f"\n| {kind} |" in TEXT
