"""What tools once answered, in other words, played again: it ends as it did then.

Real ones, but for those called simulated.

`milepost connector verify ID --capture FILE` writes one; in `recordings` it is a test.
"""

import re
from pathlib import Path

import pytest

from hub.app.discovery import connectors
from hub.app.verifying import replayed
from hub.recordings import Recording
from hub.recordings.recording import Content

FOLDER = Path(__file__).parent / "recordings"
RECORDINGS = sorted(FOLDER.glob("*.json"))
ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
NOBODYS = ("127.", "198.18.", "198.19.", "0.0.0.0")  # noqa: S104 - as text
"""Loopback, and what RFC 2544 keeps for test beds."""


@pytest.fixture(params=RECORDINGS, ids=lambda path: path.stem)
def recording(request: pytest.FixtureRequest) -> Recording:
    return Recording.of(request.param)


def test_there_is_a_recording_of_every_connector_that_polls() -> None:
    polling = {name for name, one in connectors().items() if one.source is not None}
    assert {Recording.of(path).type for path in RECORDINGS} == polling


async def test_a_recording_ends_as_the_tool_did(recording: Recording) -> None:
    assert await replayed(recording, connectors()[recording.type]) == []
    assert {one.code for one in recording.steps} >= {"alive", "read", "census", "repeat", "fate"}


async def test_a_tool_that_answers_otherwise_is_told_apart(recording: Recording) -> None:
    lost = {"status": 404, "body": Content(text="")}
    empty = tuple(one.model_copy(update=lost) for one in recording.exchanges)
    other = recording.model_copy(update={"exchanges": empty})
    assert await replayed(other, connectors()[recording.type]) != []


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_no_recording_shows_an_address_that_somebody_has(path: Path) -> None:
    found = set(ADDRESS.findall(path.read_text("utf-8")))
    assert [one for one in found if not one.startswith(NOBODYS)] == []
