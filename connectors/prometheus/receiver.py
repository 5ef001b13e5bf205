"""The border to Alertmanager: who may deliver. What a delivery means stands in `parse`."""

from collections.abc import Mapping
from dataclasses import replace

from connectors.prometheus import hearts, parse
from connectors.prometheus.settings import Settings
from hub.contract import Bearer, Page, Record


class Receiver:
    """Takes Alertmanager's webhook calls."""

    def __init__(self, settings: Settings) -> None:
        self._bearer = Bearer(settings.webhook_secret)
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
        return self._bearer.shown(headers)

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
