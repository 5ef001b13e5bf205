"""The bare floor ends in the state that the traffic says, so the hub is compared with the truth."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.bench import targets
from deploy.bench.ingest import one
from deploy.bench.targets import Floor, Store, start_floor


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Floor]:
    monkeypatch.setattr(targets, "REFERENCE", tmp_path)
    with ExitStack() as ending:
        yield start_floor(tmp_path / "floor", Store("sqlite"), ending)


@pytest.mark.slow
async def test_our_own_floor_holds_exactly_what_fires(floor: Floor) -> None:
    run = await one(floor, 10, 0, 0, 0.5)
    assert floor.name == "own floor"
    assert (run.right, run.wrong, run.refused) == (True, 0, 0)


@pytest.mark.slow
async def test_a_lost_alert_is_noticed(floor: Floor) -> None:
    floor.expected.add(("Lost", "node-0"))
    run = await one(floor, 10, 0, 0, 0.2)
    assert (run.right, run.wrong) == (False, 1)
