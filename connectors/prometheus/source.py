"""The border to Alertmanager: who may deliver. What a delivery means stands in `parse`."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from connectors.prometheus import parse
from connectors.prometheus.settings import Settings
from hub.contract import Page


class Receiver:
    """Takes Alertmanager's webhook calls."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.webhook_secret
        self._expected = None if secret is None else _digest(secret.get_secret_value())

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Tell whether `Authorization: Bearer <webhook_secret>` is there; without a secret, no.

        Shape: header names are lower-case. The body does not matter: Alertmanager signs nothing.
        """
        del body
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self._expected is None or scheme.lower() != "bearer":
            return False
        # Digests are of one length, so the time tells nothing about the secret's.
        return hmac.compare_digest(_digest(token), self._expected)

    def unpack(self, body: bytes) -> Page:
        """Split a webhook call into alert records.

        Raises: Anomalous, when the bytes are not Alertmanager's envelope of version 4.
        """
        return parse.page(body)


def _digest(secret: str) -> bytes:
    """Digest a secret without the blanks around it, which do not survive in a header."""
    return sha256(secret.strip().encode(errors="surrogateescape")).digest()
