"""The border to Alertmanager: who may deliver. What a delivery means stands in `parse`."""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from connectors.prometheus import hearts, parse
from connectors.prometheus.settings import Settings
from hub.contract import Page, Record


class Receiver:
    """Takes Alertmanager's webhook calls."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.webhook_secret
        self._expected = None if secret is None else _digest(secret.get_secret_value())
        self._pulse = settings.pulse.labels
        # Where this word is not, no heartbeat is: most deliveries are looked through only once.
        self._sign = max(
            (to for to in self._pulse.values() if to.isalnum() and to.isascii()),
            key=len,
            default="",
        ).encode()

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
        """Split a webhook call into alert records; a heartbeat is none.

        Raises: Anomalous, when the bytes are not Alertmanager's envelope of version 4.
        """
        page = parse.page(body)
        if self._sign not in body:
            return page
        kept = [one for one in page.records if not self._beats(one)]
        return replace(page, records=tuple(kept)) if len(kept) < len(page.records) else page

    def _beats(self, record: Record) -> bool:
        labels = record.body.get("labels")
        return isinstance(labels, dict) and hearts.beats(labels, self._pulse)


def _digest(secret: str) -> bytes:
    """Digest a secret without the blanks around it, which do not survive in a header."""
    return sha256(secret.strip().encode(errors="surrogateescape")).digest()
