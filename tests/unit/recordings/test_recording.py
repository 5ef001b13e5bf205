"""A recording on disk: what is in it, and what a broken one says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.prometheus.settings import Settings
from hub.contract import Exchange, Step
from hub.errors import Misconfigured
from hub.recordings import Recording, recorded
from hub.recordings.redacting import Redactor


def made() -> Recording:
    settings = Settings(
        prometheus_url="http://prom.corp:9090/team",
        alertmanager_urls=("http://am.corp:9093",),
        headers={"X-Key": "hush"},
        ca_file=Path("corp.pem"),
    )
    told = {"content-type": "text/plain", "set-cookie": "sid=1", "server": "corp"}
    heard = [
        Exchange("GET", "http://am.corp:9093/api/v2/alerts?q=a%26b&q=", None, 200, told, b"[]"),
        Exchange("POST", "http://prom.corp:9090/team/api", b"\xff corp", 503, told, b"null"),
    ]
    redactor = Redactor({"api", "v2", "alerts", "q"})
    steps = (Step("reach", True, "prom.corp answers"), Step("write", None, ""))
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return recorded("prometheus", "1", now, settings, heard, steps, redactor)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(made_once := (one := made()).written(), "utf-8")
    assert Recording.of(path) == one
    assert Recording.of(path).written() == made_once


def test_of_settings_and_headers_only_what_a_replay_needs_is_in_it() -> None:
    text = made().written()
    assert [word for word in ("corp", "hush", "X-Key", "cookie", "9093") if word in text] == []
    assert made().settings["alertmanager_urls"] == ["http://tool-1/"]
    assert [one.tool for one in made().exchanges] == [1, 0]
    assert made().exchanges[1].status == 503
    assert made().steps[1].done is None


def test_questions_keep_their_parts() -> None:
    first = made().exchanges[0]
    assert (first.path, len(first.query), first.query[1]) == ("/api/v2/alerts", 2, ("q", ""))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", "Invalid JSON"),
        ("[]", "Input should be an object"),
        ('{"format": 2}', "format"),
        ('{"format": 1, "exchanges": [{"tool": "x"}]}', "exchanges/0/tool"),
    ],
)
def test_what_is_no_recording_is_named_with_the_place(
    tmp_path: Path, text: str, place: str
) -> None:
    path = tmp_path / "one.json"
    path.write_text(text)
    with pytest.raises(Misconfigured, match="no recording") as met:
        Recording.of(path)
    assert any(place in problem for problem in met.value.problems)
