"""Looking whether Alertmanagers and Prometheus can be asked, and tell the hub; changes nothing."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import yaml

from connectors.prometheus.alertmanager import About, Alertmanager
from connectors.prometheus.listing import Listing
from connectors.prometheus.pulse import Pulse
from connectors.prometheus.server import Server
from connectors.prometheus.settings import Settings
from hub.contract import Step, Wire
from hub.errors import HubError

_MUCH: Final = timedelta(minutes=1)
_SECRET: Final = "<secret>"  # noqa: S105 - what a server shows in the place of one
_PRINTED: Final = "the onboarding of this connector prints what to copy"


class Checker:
    """The port `hub.contract.Checker`."""

    def __init__(
        self,
        settings: Settings,
        wire: Wire,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._managers = [Alertmanager(wire, str(url)) for url in settings.alertmanager_urls]
        url = settings.prometheus_url
        self._server = None if url is None else Server(wire, str(url))
        self._now = now

    async def check(self) -> AsyncIterator[Step]:
        """Yield for each Alertmanager reach, clock and webhook; then Prometheus and heartbeat."""
        listings: list[Listing] = []
        if not self._managers:
            yield Step("alertmanager", None, "no alertmanager_urls: nothing is polled")
        for manager in self._managers:
            try:
                about = await manager.about()
                listings.append(await manager.alerts())
            except HubError as fault:
                yield Step("alertmanager", False, str(fault))
                continue
            yield Step("alertmanager", True, f"{manager.url} is Alertmanager {about.version}")
            yield self._clock(manager.url, about.at)
            yield self._webhook(manager.url, about)
        if self._server is None:
            yield Step("prometheus", None, "no prometheus_url: pending alerts are not seen")
        else:
            async for step in self._prometheus(self._server):
                yield step
        yield self._heartbeat(listings)

    async def _prometheus(self, server: Server) -> AsyncIterator[Step]:
        try:
            version, at = await server.version()
            rules = await server.rules()
            external = (await server.naming()).external
        except HubError as fault:
            yield Step("prometheus", False, str(fault))
            return
        yield Step("prometheus", True, f"{server.url} is Prometheus {version}")
        yield self._clock(server.url, at)
        sick = sorted({rule.name for rule in rules if not rule.is_watched})
        if sick:
            says = f"not evaluated: {', '.join(sick[:5])}; their silence means nothing"
            yield Step("rules", False, f"{len(sick)} of {len(rules)} alerting rules are {says}")
        else:
            yield Step("rules", bool(rules), f"{len(rules)} alerting rules are evaluated")
        if external is None:
            says = "alert_relabel_configs rename alerts on their way: no pending alert is shown"
            yield Step("names", None, says)

    def _clock(self, url: str, at: datetime) -> Step:
        off = abs(self._now() - at)
        if off > _MUCH:
            says = f"the clock of {url} differs by {off.total_seconds():.0f} s; mend it (NTP)"
            return Step("clock", False, says)
        return Step("clock", True, f"the clock of {url} is right")

    def _webhook(self, url: str, about: About) -> Step:
        if self._settings.webhook_secret is None:
            return Step("webhook", None, "no webhook_secret: news come by polling only")
        found = list(_webhooks(about.config))
        ours = [one for one in found if "/hooks/" in str(one.get("url"))]
        if not ours and any(one.get("url") == _SECRET or "url_file" in one for one in found):
            return Step("webhook", None, f"{url} has webhooks and does not show where they lead")
        if not ours:
            return Step("webhook", False, f"no receiver of {url} calls this hub; {_PRINTED}")
        for one in ours:
            if one.get("send_resolved") is False:
                return Step("webhook", False, f"a receiver of {url} has send_resolved: false")
            if one.get("max_alerts"):
                return Step("webhook", False, f"a receiver of {url} cuts off: set max_alerts: 0")
        return Step("webhook", True, f"a receiver of {url} calls a hub")

    def _heartbeat(self, listings: list[Listing]) -> Step:
        pulse = Pulse(self._settings)
        found = pulse.hearts(tuple(listings)) if listings else {}
        heard = [heart for heart in found.values() if heart.heard]
        if not heard:
            done = False if self._settings.heartbeat else None
            return Step("heartbeat", done, f"no heartbeat is heard; {_PRINTED}")
        worst = max(heard, key=lambda heart: heart.age)
        says = f"{len(heard)} heard, the longest silent for {worst.age.total_seconds():.0f} s"
        return Step("heartbeat", pulse.beats(worst), says)


def _webhooks(config: str) -> Iterator[dict[str, Any]]:
    try:
        document = yaml.safe_load(config)
    except yaml.YAMLError:
        return
    receivers = document.get("receivers") or [] if isinstance(document, dict) else []
    for receiver in receivers:
        yield from receiver.get("webhook_configs") or []
