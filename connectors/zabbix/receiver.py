"""The border to Zabbix: who may deliver. What a delivery means stands in `push`."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from connectors.zabbix import push
from connectors.zabbix.settings import Settings
from hub.contract import Page


class Receiver:
    """Takes the calls of our media type."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.webhook_secret
        self._expected = None if secret is None else _digest(secret.get_secret_value())
        self._frontend = settings.frontend

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Tell whether `Authorization: Bearer <webhook_secret>` is there; without a secret, no.

        Shape: header names are lower-case. The body does not matter: nothing signs it.
        """
        del body
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self._expected is None or scheme.lower() != "bearer":
            return False
        # Digests are of one length, so the time tells nothing about the secret's.
        return hmac.compare_digest(_digest(token), self._expected)

    def unpack(self, body: bytes) -> Page:
        """Read a webhook call: one problem as it stands.

        Raises: Anomalous, when the bytes are not what our media type sends.
        """
        return push.page(body, self._frontend)


def _digest(secret: str) -> bytes:
    """Digest a secret without the blanks around it, which do not survive in a header."""
    return sha256(secret.strip().encode(errors="surrogateescape")).digest()
