"""A plan of 118 MB through the command that people use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.bench.plans import measured, written
from tests.integration.hub.running import RunningHub

pytestmark = pytest.mark.soak


def test_a_plan_of_118_megabytes_takes_less_than_150_mebibytes(
    running_hub: Callable[..., RunningHub], tmp_path: Path
) -> None:
    hub, file = running_hub(start=False), written(tmp_path)
    assert file.stat().st_size > 118_000_000
    first = measured("import", hub.command("import", str(file)))
    again = measured("import", hub.command("import", str(file)))
    assert 80 < first.peak_mb < 150
    assert again.peak_mb < 150
