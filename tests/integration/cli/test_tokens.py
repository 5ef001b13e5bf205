"""`milepost token create`: made before or beside a server, shown once, stored as a hash."""

import pytest

from tests.integration.cli.folder import Folder
from tests.integration.hub.client import Client

pytestmark = pytest.mark.slow


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
