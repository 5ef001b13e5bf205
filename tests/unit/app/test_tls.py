"""How the way to a tool is kept, by its addresses."""

from typing import Any

import pytest

from connectors.prometheus.settings import Settings
from hub.app.polling import tls_of
from hub.services.sync.ports import Tls

SAFE = "https://am.example"


@pytest.mark.parametrize(
    ("urls", "verify", "tls"),
    [
        ((), True, None),
        ((SAFE,), True, "checked"),
        ((SAFE,), False, "unchecked"),
        (("http://am.example:9093",), True, "none"),
        (("http://am.example:9093",), False, "none"),
        (("http://127.0.0.1:9093",), True, "local"),
        (("http://[::1]:9093",), True, "local"),
        (("http://localhost:9093", "http://am.localhost"), True, "local"),
        (("http://localhost:9093", SAFE), False, "unchecked"),
        ((SAFE, "http://192.0.2.7:9093"), True, "none"),
    ],
)
def test_the_worst_of_the_addresses_counts(
    urls: tuple[str, ...], *, verify: bool, tls: Tls | None
) -> None:
    given: dict[str, Any] = {"alertmanager_urls": urls, "verify_tls": verify}
    assert tls_of(Settings.model_validate(given)) == tls


def test_the_proxy_is_no_address_of_the_tool() -> None:
    given = {"prometheus_url": SAFE, "proxy": "http://proxy.example:3128"}
    assert tls_of(Settings.model_validate(given)) == "checked"
