"""What a real Zabbix 6.0 answered and posted for the reference folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.zabbix import faults, parse, push
from connectors.zabbix.parse import Trigger
from hub.contract import Record
from hub.errors import Misconfigured
from tests.connectors.zabbix.rows import FRONTEND, row_of

pytestmark = pytest.mark.needs_reference


@pytest.fixture
def answers(reference: Path) -> dict[str, Any]:
    path = reference / "data" / "captures" / "zabbix-6.0.14-api.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@pytest.fixture
def posts(reference: Path) -> list[dict[str, Any]]:
    path = reference / "data" / "captures" / "zabbix-6.0.14-webhook.json"
    return [one["body"] for one in json.loads(path.read_text())]


def record(post: dict[str, Any]) -> Record:
    """Read a post; our own script adds the clocks to what was recorded with another one."""
    clocks = {
        "event_clock": str(push._seconds(post["event_date"], post["event_time"])),  # noqa: SLF001
        "recovery_clock": None,
    }
    if not post["recovery_date"].startswith("{"):
        ended = push._seconds(post["recovery_date"], post["recovery_time"])  # noqa: SLF001
        clocks["recovery_clock"] = str(ended)
    (made,) = push.page(json.dumps({**post, **clocks}).encode(), FRONTEND).records
    return made


def trigger_of(answers: dict[str, Any]) -> Trigger:
    (row,) = answers["trigger.get"]
    return Trigger(
        hosts=tuple({**host, "name": "LAB-CORE-1"} for host in row["hosts"]),
        groups=tuple(group["name"] for group in row["groups"]),
        url=row["url"],
        comments=row["comments"],
        manual_close=row["manual_close"],
    )


def test_every_post_is_read_without_a_fault(posts: list[dict[str, Any]]) -> None:
    assert len(posts) == 13
    for post in posts:
        made = record(post)
        assert made.key == post["event_id"]
        assert made.body["value"] == post["event_value"]
        assert row_of(made)["title"] == post["event_name"]


def test_a_pulled_problem_and_its_post_are_the_same_row(
    answers: dict[str, Any], posts: list[dict[str, Any]]
) -> None:
    """Trap 3, on what a real server said."""
    for row in answers["problem.get"]:
        post = next(one for one in posts if one["event_id"] == row["eventid"])
        pulled = parse.pulled(row, trigger_of(answers), None, FRONTEND)
        assert row_of(record(post)) == row_of(pulled)
        assert record(post).version == pulled.version


def test_the_two_posts_of_a_manual_close_are_one_transition(posts: list[dict[str, Any]]) -> None:
    """Fact 12."""
    closing = [record(post) for post in posts if post["recovery_id"] == "36"]
    assert len(closing) == 2
    assert closing[0].version == closing[1].version
    assert row_of(closing[0]) == row_of(closing[1])


def test_a_late_value_began_half_an_hour_ago_and_has_a_new_id(answers: dict[str, Any]) -> None:
    """Fact 6."""
    late = answers["late_value_problem"][0]
    first = answers["problem.get"][0]
    assert int(late["clock"]) < int(first["clock"]) - 1000
    assert int(late["eventid"]) > int(first["eventid"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("err_bad_token", faults.LoggedOut),
        ("err_no_auth", faults.LoggedOut),
        ("err_bearer_on_6.0", faults.LoggedOut),
        ("err_bad_login", Misconfigured),
        ("err_ack_unknown", faults.NotThere),
        ("err_no_method", faults.Refused),
        ("err_suppress_on_6.0", faults.Refused),
        ("err_version_with_auth", faults.Refused),
    ],
)
def test_each_error_of_a_real_server_has_its_remedy(
    answers: dict[str, Any], name: str, kind: type[Exception]
) -> None:
    """Fact 2: "Not authorized." has the code of bad parameters."""
    error = answers[name]["body"]["error"]
    assert type(faults.of_error(error, "x.get")) is kind
