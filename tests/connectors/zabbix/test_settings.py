from typing import Any

import pytest
from pydantic import ValidationError

from connectors.zabbix import CONNECTOR

SAID = "very-secret-words"
TOKEN = {"token": "t"}
URL = "https://zabbix.example/zabbix"


def made(**values: Any) -> Any:
    return CONNECTOR.settings.model_validate({"url": URL, **values})


@pytest.mark.parametrize("url", [URL, URL + "/", URL + "/api_jsonrpc.php"])
def test_the_address_is_that_of_the_frontend_however_it_is_written(url: str) -> None:
    assert made(url=url, **TOKEN).frontend == URL + "/"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "give either token, or user and password"),
        ({"token": "t", "user": "u", "password": "p"}, "give either token"),
        ({"user": "u"}, "user and password belong together"),
        ({"token": "t", "page_size": 9}, "page_size"),
        ({"token": " "}, "must not be blank"),
        ({"token": "t", "url": "https://a:b@zabbix.example"}, "not into the address"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        made(**values)


@pytest.mark.parametrize("secrets", [{"token": SAID}, {"user": "u", "password": SAID}])
def test_secrets_are_not_shown(secrets: dict[str, str]) -> None:
    assert SAID not in repr(made(**secrets))
