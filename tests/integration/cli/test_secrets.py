"""No secret that the hub is given or gives away stands in what it says or stores."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.integration.cli.folder import Folder, Serving
from tests.integration.hub.client import Client
from tests.integration.hub.samples import alert, envelope

pytestmark = pytest.mark.slow

MARK = "do-not-show"
PLAIN = f"plain-{MARK}"
BY_VARIABLE = f"variable-{MARK}"
BY_FILE = f"file-{MARK}"
HEADER = f"header-{MARK}"
BROKER = f"broker-{MARK}"
SETTINGS = f"""\
bus: amqp://milepost:{BROKER}@127.0.0.1:9//
connectors:
  plain: {{type: prometheus, webhook_secret: {PLAIN}}}
  variable: {{type: prometheus, webhook_secret: env:AM_SECRET, headers: {{X-Key: {HEADER}}}}}
  by-file: {{type: prometheus, webhook_secret: file:secrets/am, prometheus_url: "http://127.0.0.1:9"}}
"""
READ = (
    "me", "connectors", "alerts", "incidents", "milestones", "services", "quarantine", "mappings",
    "audit", "changes?after=0",
)  # fmt: skip


@pytest.fixture
def secretive(folder: Folder) -> Folder:
    folder.environment["AM_SECRET"] = BY_VARIABLE
    folder.write("secrets/am", f" {BY_FILE}\n")
    folder.write("milepost.yaml", SETTINGS)
    return folder


def deliver(hub: Serving, connector: str, secret: str, body: bytes) -> int:
    given = {"Authorization": f"Bearer {secret}"}
    return Client(hub.base, "").send("POST", f"/hooks/{connector}", body, given).status


def test_no_secret_is_said_answered_or_stored(secretive: Folder) -> None:
    body = envelope([alert("Down"), {"status": "firing", "labels": 7}])
    with secretive.serving() as hub:
        for connector, secret in (
            ("plain", PLAIN),
            ("variable", BY_VARIABLE),
            ("by-file", BY_FILE),
        ):
            assert deliver(hub, connector, secret, body) == 202
            assert deliver(hub, connector, f"wrong-{MARK}", body) == 401
        assert deliver(hub, "plain", PLAIN, b"{") == 422
        api = hub.client()
        answers = [api.ask("GET", f"/{path}").body.decode() for path in READ]
        answers += [Client(hub.base, "").send("GET", "/readyz").body.decode()]
        given = {"Authorization": f"Bearer {api.token}"}
        answers += [api.send("GET", "/metrics", headers=given).body.decode()]
        secretive.run("doctor", "--json", status=1)
    secretive.run("check")
    secretive.run("sync", "plain", "--json", status=1)
    links = [one["admin_link"].rpartition("=")[2] for one in map(told, secretive.said) if one]
    told_on_purpose = [api.token, *links]
    for text in answers:
        assert MARK not in text
        assert not any(secret in text for secret in told_on_purpose)
    assert MARK not in "".join(secretive.said)
    stored = everything(secretive)
    assert "Down" in stored
    assert MARK not in stored
    assert not any(secret in stored for secret in told_on_purpose)


def told(text: str) -> dict[str, str]:
    """Return what `serve --json` said; nothing of other texts."""
    return dict(json.loads(text)) if text.startswith('{"listening"') else {}


def everything(folder: Folder) -> str:
    """Return every value of every table as text."""
    with closing(sqlite3.connect(folder.path / "data" / "milepost.db")) as raw:
        raw.text_factory = bytes
        tables = [row[0].decode() for row in raw.execute("SELECT name FROM sqlite_master")]
        names = [name for name in tables if not name.startswith("sqlite_")]
        found = []
        for name in names:
            try:
                rows = raw.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - our own names
            except sqlite3.OperationalError:
                continue  # an index
            found += [value for row in rows for value in row if isinstance(value, bytes)]
    return b"\n".join(found).decode(errors="replace")


def test_faults_of_settings_do_not_quote_the_secrets_beside_them(secretive: Folder) -> None:
    secretive.write(
        "milepost.yaml",
        f"{SETTINGS}  odd: {{type: prometheus, webhook_secret: [{PLAIN}]}}\n"
        f"  other: {{type: prometheus, webhook_secrte: {PLAIN}}}\n"
        "  missing: {type: prometheus, webhook_secret: env:NOT_SET}\n"
        "  lost: {type: prometheus, webhook_secret: file:secrets/none}\n",
    )
    for words in (("check",), ("serve", "--port", "0"), ("doctor", "--json")):
        said = secretive.run(*words, status=1)
        assert MARK not in said.err + said.out
        for place in ("connectors.odd", "webhook_secrte", "NOT_SET", "secrets/none"):
            assert place in said.err
