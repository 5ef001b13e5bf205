"""`milepost token`: made before or beside a server, shown once, stored as a hash."""

import json

import pytest

from tests.integration.cli.folder import Folder
from tests.integration.hub.client import Client

pytestmark = pytest.mark.slow

AS_JSON = {"Content-Type": "application/json"}


def test_a_token_of_each_role_lets_in_as_that_role(folder: Folder) -> None:
    made = {
        role: folder.run("token", "create", "--role", role, "--name", f"夜班 {role}", "--json").json
        for role in ("viewer", "ops", "pm", "admin")
    }
    with folder.serving() as hub:
        assert set(hub.told) == {"listening"}
        for role, token in made.items():
            assert set(token) == {"token", "id", "role"}
            me = Client(hub.base, token["token"]).get("/me")
            assert (me["role"], me["name"], me["via"]) == (role, f"夜班 {role}", "token")


def test_a_token_made_beside_a_server_counts_at_once(folder: Folder) -> None:
    with folder.serving() as hub:
        done = folder.run("token", "create", "--role", "ops", "--expires", "90d", "--json")
        assert Client(hub.base, done.json["token"]).get("/me")["role"] == "ops"
        assert done.err == ""


def test_people_get_the_token_alone_on_standard_output(folder: Folder) -> None:
    done = folder.run("token", "create", "--role", "viewer")
    assert len(done.out.split()) == 1
    assert "it is shown only now" in done.err


def test_the_store_has_only_a_hash_of_it(folder: Folder) -> None:
    token = folder.run("token", "create", "--role", "admin", "--json").json["token"]
    stored = b"".join(path.read_bytes() for path in (folder.path / "data").iterdir())
    assert token.encode() not in stored


def test_the_list_says_whose_tokens_they_are_and_when_they_were_used(folder: Folder) -> None:
    assert folder.run("token", "list", "--json").json == {"tokens": []}
    made = folder.run("token", "create", "--role", "ops", "--name", "night", "--json").json
    with folder.serving() as hub:
        Client(hub.base, made["token"]).get("/me")
    (known,) = folder.run("token", "list", "--json").json["tokens"]
    assert (known["id"], known["name"], known["role"]) == (made["id"], "night", "ops")
    assert known["used_at"]
    people = folder.run("token", "list").out
    assert "night" in people
    assert made["token"] not in people


def test_a_revoked_token_and_its_session_are_refused_at_once_by_a_running_server(
    folder: Folder,
) -> None:
    made, other = (folder.run("token", "create", "--role", "ops", "--json").json for _ in "ab")
    with folder.serving() as hub:
        opened = Client(hub.base, "").send(
            "POST", "/api/v1/session", json.dumps({"token": made["token"]}).encode(), AS_JSON
        )
        cookie = {"Cookie": opened.headers["set-cookie"].partition(";")[0]}
        asked = ("GET", "/api/v1/me", None, cookie)
        assert Client(hub.base, "").send(*asked).status == 200
        done = folder.run("token", "revoke", made["id"], "--json").json
        assert (done["id"], done["role"], bool(done["revoked_at"])) == (made["id"], "ops", True)
        assert Client(hub.base, made["token"]).ask("GET", "/me").status == 401
        assert Client(hub.base, "").send(*asked).status == 401
        assert Client(hub.base, other["token"]).get("/me")["role"] == "ops"
    again = folder.run("token", "revoke", made["id"], "--json").json
    assert again["revoked_at"] == done["revoked_at"]
    assert "revoked" in folder.run("token", "list").out


def test_a_token_that_is_not_there_cannot_be_revoked(folder: Folder) -> None:
    assert "there is no token abc" in folder.run("token", "revoke", "abc", status=1).err
    folder.run("token", "create", "--role", "ops")
    assert "there is no token %" in folder.run("token", "revoke", "%", status=1).err
