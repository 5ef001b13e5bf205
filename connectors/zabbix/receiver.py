"""The border to Zabbix: who may deliver. What a delivery means stands in `push`."""

from collections.abc import Mapping

from connectors.zabbix import push
from connectors.zabbix.settings import Settings
from hub.contract import Bearer, Page


class Receiver:
    """Takes the calls of our media type."""

    def __init__(self, settings: Settings) -> None:
        self._bearer = Bearer(settings.webhook_secret)
        self._frontend = settings.frontend

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Tell whether `Authorization: Bearer <webhook_secret>` is there; without a secret, no.

        Shape: header names are lower-case. The body does not matter: nothing signs it.
        """
        del body
        return self._bearer.shown(headers)

    def unpack(self, body: bytes) -> Page:
        """Read a webhook call: one problem as it stands.

        Raises: Anomalous, when the bytes are not what our media type sends.
        """
        return push.page(body, self._frontend)
