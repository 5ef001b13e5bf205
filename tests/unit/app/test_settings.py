"""`milepost.yaml` and `MILEPOST_*`: all faults at once, with lines; secrets in no message."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.app.settings import Configuration, load
from hub.errors import Misconfigured
from hub.services.retention import Terms

SECRET = "hunter2-correct-horse"  # noqa: S105


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MILEPOST_")]:
        monkeypatch.delenv(name)


def write(folder: Path, text: str) -> Path:
    file = folder / "milepost.yaml"
    file.write_text(text, "utf-8")
    return file


def loaded(folder: Path, text: str) -> Configuration:
    return load(write(folder, text))


def faults(folder: Path, text: str) -> list[str]:
    """Return the faults without the file's name, and make sure that no secret is in them."""
    file = write(folder, text)
    with pytest.raises(Misconfigured) as caught:
        load(file)
    assert SECRET not in str(caught.value) + "".join(caught.value.problems)
    return [line.removeprefix(f"{file}:") for line in caught.value.problems]


def secret(settings: Any) -> str:
    value: str = settings.webhook_secret.get_secret_value()
    return value


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = load(None)
    assert (found.hub.store, found.hub.bus, found.file) == ("sqlite", "memory", None)
    assert found.folder == tmp_path
    assert list(found.connectors) == ["file"]
    assert found.connectors["file"].connector.importer is not None


@pytest.mark.parametrize("text", ["", "\n# nothing yet\n"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, text).hub.store == "sqlite"


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no such file; check --config"):
        load(tmp_path / "none.yaml")


def test_what_the_admin_writes_is_read(tmp_path: Path) -> None:
    text = """\
organisation: {name: Example, timezone: Asia/Shanghai, locale: zh-CN}
services: catalogue/services.yaml
connectors:
  am-main: {type: prometheus, alertmanager_urls: ["http://127.0.0.1:9093"], read_only: no}
  plan-erp: {type: msproject, path: plans/erp.xml, project: ERP}
"""
    found = loaded(tmp_path, text)
    assert found.hub.organisation.zone.key == "Asia/Shanghai"
    assert found.services_file == tmp_path / "catalogue/services.yaml"
    assert list(found.connectors) == ["file", "am-main", "plan-erp"]
    assert found.connectors["am-main"].settings.read_only is False
    assert Path(found.connectors["plan-erp"].settings.path) == tmp_path / "plans/erp.xml"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_BUS", "redis://127.0.0.1")
    monkeypatch.setenv("MILEPOST_ORGANISATION__NAME", "Other")
    found = loaded(tmp_path, "bus: memory\norganisation: {name: Example, locale: zh-CN}\n")
    assert found.hub.bus == "redis://127.0.0.1"
    assert (found.hub.organisation.name, found.hub.organisation.locale) == ("Other", "zh-CN")


def test_all_faults_come_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = """\
organisation:
  timezone: Asia/Shangai
  locale: de
stroe: sqlite
max_body: many
connectors:
  Am_Main: {type: prometheus}
  am-one: {type: promethues}
  am-two:
    type: prometheus
    webhook_secrt: x
    timeout_seconds: soon
  am-three:
    type: prometheus
    verify_tls: perhaps
    webhook_secret: env:NOT_THERE
  hub: {type: msproject}
"""
    found = faults(tmp_path, text)
    assert [(int(line.split(":")[0]), line.split(": ")[1]) for line in found] == [
        (2, "organisation.timezone"),
        (3, "organisation.locale"),
        (4, "stroe"),
        (5, "max_body"),
        (7, "connectors.Am_Main"),
        (8, "connectors.am-one.type"),
        (11, "connectors.am-two.webhook_secrt"),
        (12, "connectors.am-two.timeout_seconds"),
        (15, "connectors.am-three.verify_tls"),
        (16, "connectors.am-three.webhook_secret"),
        (17, "connectors.hub"),
    ]
    assert "did you mean store?" in found[2]
    assert "did you mean prometheus?" in found[5]
    assert "did you mean webhook_secret?" in found[6]
    assert "the environment variable NOT_THERE is not set" in found[9]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a\n", "1: document: is not"),
        ("sqlite\n", "1: document: is not"),
        ("store: [a\n", "document: is not YAML"),
        ("store: a\nstore: b\n", "2: store: stands already on line 1"),
        ("connectors: [a]\n", "1: connectors"),
        ("connectors:\n  am-main:\n", "2: connectors.am-main"),
        ("connectors:\n  am-main: prometheus\n", "2: connectors.am-main"),
        ("connectors:\n  am-main: {}\n", "2: connectors.am-main.type"),
        ("connectors:\n  file: {type: msproject}\n", "2: connectors.file"),
        ("log_format: jsn\n", "1: log_format"),
        ("max_body: 0\n", "1: max_body"),
        ("quiet_seconds: -1\n", "1: quiet_seconds"),
        ("quiet_seconds: nan\n", "1: quiet_seconds"),
        ("organisation: {timezone: ../../etc/passwd}\n", "1: organisation.timezone"),
        (
            "connectors:\n  am:\n    type: prometheus\n    writes: [suppres]\n",
            "4: connectors.am.writes: 'suppres' is nothing it can write; did you mean suppress?",
        ),
        (
            "connectors:\n  am: {type: prometheus, proxy: 'https://proxy.example:3128'}\n",
            "proxy must be an http address",
        ),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, text: str, fault: str) -> None:
    found = faults(tmp_path, text)
    assert any(fault in line for line in found), found


def test_a_file_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    file = tmp_path / "milepost.yaml"
    file.write_bytes("organisation: {name: 示例}\n".encode("gb18030"))
    with pytest.raises(Misconfigured, match="save it as UTF-8"):
        load(file)


def test_a_secret_may_come_from_the_environment_or_a_file_beside_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AM_SECRET", SECRET)
    (tmp_path / "secret.txt").write_text(f"{SECRET}\n", "utf-8")
    text = """\
connectors:
  am-env: {type: prometheus, webhook_secret: env:AM_SECRET}
  am-file: {type: prometheus, webhook_secret: file:secret.txt}
  am-plain: {type: prometheus, webhook_secret: "with:colon", headers: {X-Key: env:AM_SECRET}}
"""
    found = loaded(tmp_path, text).connectors
    assert secret(found["am-env"].settings) == SECRET
    assert secret(found["am-file"].settings) == SECRET
    assert secret(found["am-plain"].settings) == "with:colon"
    assert found["am-plain"].settings.headers["X-Key"].get_secret_value() == SECRET
    assert SECRET not in repr(found)


def test_an_address_with_a_password_may_come_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_URL", f"postgresql://hub:{SECRET}@127.0.0.1/milepost")
    (tmp_path / "bus.url").write_text(f"amqp://hub:{SECRET}@127.0.0.1//\n", "utf-8")
    found = loaded(tmp_path, "store: env:STORE_URL\nbus: file:bus.url\n").hub
    assert found.store == f"postgresql://hub:{SECRET}@127.0.0.1/milepost"
    assert found.bus == f"amqp://hub:{SECRET}@127.0.0.1//"


def test_an_address_that_is_not_where_it_should_be_is_a_fault_on_its_line(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "bus: memory\nstore: env:NOT_THERE\n")
    assert found.startswith("2: store: the environment variable NOT_THERE is not set")


def test_terms_are_days_and_none_is_for_ever(tmp_path: Path) -> None:
    terms = loaded(tmp_path, "retention: {changes_days: 7, journal_days: 0}\n").hub.retention.terms
    assert terms == Terms(timedelta(days=7), None, timedelta(days=90))
    (found,) = faults(tmp_path, "retention:\n  quarantine_days: -1\n")
    assert found.startswith("2: retention.quarantine_days: ")


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("env:NOT_THERE", "the environment variable NOT_THERE is not set"),
        ("file:none.txt", "none.txt cannot be read"),
        ("file:latin.txt", "latin.txt cannot be read"),
        ("file:.", ". cannot be read"),
        ("file:empty.txt", "must not be blank"),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_fault_on_its_line(
    tmp_path: Path, reference: str, says: str
) -> None:
    (tmp_path / "latin.txt").write_bytes(b"\xff\xfe\xe9")
    (tmp_path / "empty.txt").write_text("\n", "utf-8")
    text = f"connectors:\n  am:\n    type: prometheus\n    webhook_secret: {reference}\n"
    (found,) = faults(tmp_path, text)
    assert found.startswith("4: connectors.am.webhook_secret: ")
    assert says in found


def test_no_secret_stands_in_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AM_SECRET", SECRET)
    text = f"""\
connectors:
  am-one: {{type: prometheus, webhook_secret: [{SECRET}]}}
  am-two: {{type: prometheus, webhook_secret: env:AM_SECRET, timeout_seconds: soon}}
  am-three: {{type: prometheus, prometheus_url: "http://user:{SECRET}@127.0.0.1"}}
  am-four: {{type: prometheus, headers: {SECRET}}}
"""
    assert len(faults(tmp_path, text)) == 4


def test_a_fault_in_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_MAX_BODY", "many")
    monkeypatch.setenv("MILEPOST_ORGANISATION__TIMEZONE", "Mars/Olympus")
    found = faults(tmp_path, "max_body: 100\n")
    assert any("MILEPOST_MAX_BODY" in line for line in found), found
    assert any("MILEPOST_ORGANISATION__TIMEZONE" in line for line in found), found


def test_json_in_the_environment_that_cannot_be_read_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_CONNECTORS", f'{{"am": {SECRET}')
    found = faults(tmp_path, "store: sqlite\n")
    assert any("MILEPOST_CONNECTORS" in line for line in found), found
