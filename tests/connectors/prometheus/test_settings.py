import pytest
from pydantic import ValidationError

from connectors.prometheus import CONNECTOR
from connectors.prometheus.settings import Settings


def test_everything_may_be_left_out_and_then_nothing_is_written() -> None:
    assert Settings().read_only


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="webhok_secret"):
        Settings.model_validate({"webhok_secret": "x"})


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("prometheus_url", "http://admin:hunter2@prometheus.example", "put credentials into"),
        ("webhook_secret", " ", "leave it out to refuse every webhook"),
        ("timezone", "Mars/Olympus", "not a time zone name"),
        ("poll_seconds", 0, "greater than 0"),
    ],
)
def test_a_bad_setting_names_the_remedy_and_no_secret(
    field: str, value: object, remedy: str
) -> None:
    with pytest.raises(ValidationError, match=remedy) as refusal:
        Settings.model_validate({field: value})
    assert "hunter2" not in str(refusal.value)


def test_secrets_are_not_printed() -> None:
    settings = Settings.model_validate(
        {"webhook_secret": "hunter2", "headers": {"Authorization": "Basic hunter2"}}
    )
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()


def test_the_connector_says_what_it_delivers() -> None:
    assert CONNECTOR.manifest.kinds == ("alert", "heartbeat")
