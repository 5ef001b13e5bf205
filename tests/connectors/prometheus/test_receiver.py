import pytest

from connectors.prometheus import CONNECTOR
from hub.contract import Receiver


def receiver(secret: str | None) -> Receiver:
    assert CONNECTOR.receiver
    return CONNECTOR.receiver(CONNECTOR.settings.model_validate({"webhook_secret": secret}))


@pytest.mark.parametrize("secret", ["x", "s3cret", "密码", "a b", "long" * 1000])
def test_the_right_secret_of_any_length_is_let_in(secret: str) -> None:
    assert receiver(secret).authentic({"authorization": f"Bearer {secret}"}, b"")


def test_the_scheme_is_read_in_any_case() -> None:
    assert receiver("s3cret").authentic({"authorization": "bearer s3cret"}, b"")


def test_a_line_end_from_a_secret_file_does_not_count() -> None:
    assert receiver("s3cret\n").authentic({"authorization": "Bearer s3cret"}, b"")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer s3cre"},
        {"authorization": "Bearer s3crets"},
        {"authorization": "Bearer \udcff"},
        {"authorization": "Basic s3cret"},
        {"authorization": "s3cret"},
        {"x-secret": "s3cret"},
    ],
)
def test_everything_else_is_refused(headers: dict[str, str]) -> None:
    assert not receiver("s3cret").authentic(headers, b"")


@pytest.mark.parametrize("token", ["", "None", "null"])
def test_without_a_secret_every_webhook_is_refused(token: str) -> None:
    assert not receiver(None).authentic({"authorization": f"Bearer {token}"}, b"")
