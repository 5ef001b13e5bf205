"""`milepost serve`: what it prints, the first admin's link, the port."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.cli.folder import Folder
from tests.integration.hub.client import Answer, Client

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, installed=True)


def follow(link: str) -> Answer:
    place = urlsplit(link)
    return Client(f"{place.scheme}://{place.netloc}", "").send("GET", f"{place.path}?{place.query}")


def test_the_first_start_tells_its_address_and_a_link_that_works_once(folder: Folder) -> None:
    with folder.serving() as hub:
        assert set(hub.told) == {"listening", "admin_link"}
        assert hub.told["admin_link"].startswith(f"{hub.base}/")
        first = follow(hub.told["admin_link"])
        assert first.status == 303
        assert first.headers["location"] == "/"
        session = first.headers["set-cookie"].partition(";")[0]
        me = Client(hub.base, "").send("GET", "/api/v1/me", headers={"Cookie": session})
        assert me.json["role"] == "admin"
        second = follow(hub.told["admin_link"])
        assert (second.status, "set-cookie" in second.headers) == (303, False)
        assert second.headers["location"] == "/login?failed=link"
    with folder.serving() as again:
        assert set(again.told) == {"listening"}
        assert follow(f"{again.base}/login?link=guessed").headers["location"] != "/"


def test_the_link_is_in_no_log(folder: Folder) -> None:
    with folder.serving() as hub:
        follow(hub.told["admin_link"])
        secret = hub.told["admin_link"].rpartition("=")[2]
    assert "path=/login" in hub.log.read_text()
    assert secret not in hub.log.read_text()


def test_without_json_it_says_the_same_to_people(folder: Folder) -> None:
    with folder.serving(json_line=False) as hub:
        assert hub.told["line"].startswith("Milepost listens on http://127.0.0.1:")
    assert "First log-in as admin" in "".join(folder.said)


def test_a_port_in_use_is_status_1_and_named(folder: Folder) -> None:
    with folder.serving() as hub:
        port = hub.base.rpartition(":")[2]
        done = folder.run("serve", "--port", port, "--json", "--data", "other", status=1)
        beside = folder.run("serve", "--port", port, status=1)
    assert done.out == beside.out == ""
    for said in (done.err, beside.err):
        assert f"port {port} of 127.0.0.1 is in use; give --port another one" in said


WRONG = [
    ("serve", "--port", "99999"),
    ("serve", "--port", "http"),
    ("serve", "--colour"),
    ("token", "create"),
    ("token", "create", "--role", "king"),
    ("token", "create", "--role", "ops", "--expires", "soon"),
    ("import",),
    ("preview", "prometheus/alert"),
    ("export-everything",),
    (),
]


def test_wrong_usage_is_status_2_and_makes_nothing(folder: Folder) -> None:
    for words in WRONG:
        folder.run(*words, status=2)
    assert list(folder.path.iterdir()) == []


def test_an_address_that_is_not_ours_is_status_1(folder: Folder) -> None:
    done = folder.run("serve", "--host", "203.0.113.9", "--port", "0", status=1)
    assert "cannot listen on 203.0.113.9:0" in done.err


def test_a_data_folder_that_cannot_be_is_status_1(folder: Folder) -> None:
    folder.write("occupied", "a file")
    done = folder.run("serve", "--port", "0", "--data", "occupied/data", status=1)
    assert "occupied/data" in done.err
    assert "--data" in done.err


def test_a_config_that_is_not_there_is_status_1(folder: Folder) -> None:
    done = folder.run("serve", "--config", "nowhere.yaml", status=1)
    assert "nowhere.yaml: there is no such file" in done.err
