"""The I/O of pulling: what fires, what is suppressed and pending, and whether silence is believed.

Nothing ends because nobody speaks: an Alertmanager that restarted lists nothing, a Prometheus that
died lets its alerts run out. `fate` asks who can know, and where nobody knows, the alert stays.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from connectors.prometheus import fates, hearts
from connectors.prometheus.alertmanager import Alertmanager
from connectors.prometheus.evidence import Evidence, gathered
from connectors.prometheus.identity import fingerprint, told
from connectors.prometheus.listing import Listing, united
from connectors.prometheus.pulse import Pulse
from connectors.prometheus.queries import Queries
from connectors.prometheus.server import Server
from connectors.prometheus.settings import Settings
from hub.contract import Cursor, Gone, Known, Page, Record, Standing, Wire
from hub.errors import HubError, Misconfigured, Transient

# A page is one row of the journal; the size is arbitrary.
_PAGE: Final = 1000


class PrometheusSource:
    """Pulls from Alertmanagers, and asks the Prometheus behind them."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self._managers = [Alertmanager(wire, str(url)) for url in settings.alertmanager_urls]
        url = settings.prometheus_url
        self._server = None if url is None else Server(wire, str(url))
        self._queries = None if url is None else Queries(wire, str(url))
        self._pulse = Pulse(settings)

    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        """Yield nothing: Alertmanager lists by state and not by time."""
        del since
        nothing: tuple[Page, ...] = ()
        for page in nothing:
            yield page

    async def census(self) -> AsyncIterator[Page]:
        """Yield what an Alertmanager lists, what is pending, and the heartbeats that stay away.

        Shape:  hint `unreachable` counts the Alertmanagers that did not answer, `pending_unknown`
                is 1 where Prometheus did not.
        Raises: what the Alertmanagers raised, when none answers.
        """
        listings = await self._listings()
        records, rejected = united(listings)
        listed = [one for one in records if not self._pulse.owns(one)]
        silent = [hearts.missing(heart) for heart in self._pulse.missing(listings)]
        pending, unknown = await self._pending({one.series for one in records})
        records = [*listed, *silent, *pending]
        unreachable = len(self._managers) - len(listings)
        hints = {"unreachable": unreachable, "pending_unknown": int(unknown)}
        yield Page(tuple(records[:_PAGE]), rejected=tuple(rejected), hints=hints)
        for first in range(_PAGE, len(records), _PAGE):
            yield Page(tuple(records[first : first + _PAGE]))

    async def fate(self, missing: Sequence[Known]) -> Page:
        """Say what became of alerts that no Alertmanager lists.

        Shape:  one that Prometheus remembers comes back as resolved, with the end that it wrote
                down; one that only an Alertmanager knew is gone.
        Raises: what the Alertmanagers raised, when none answers.
        """
        listings = await self._listings()
        listed = {record.series: record for record in united(listings)[0]}
        known = [listed[one.series] for one in missing if one.series in listed]
        records = [record for record in known if not self._pulse.owns(record)]
        records += self._back(missing, listings)
        asked = [one for one in missing if not hearts.is_heart(one.series)]
        # Since the settings say so, this alert is a heartbeat.
        gone = [
            Gone(one.kind, one.series, one.key, "left")
            for one in asked
            if one.series in listed and self._pulse.owns(listed[one.series])
        ]
        over = await self._over([one for one in asked if one.series not in listed], listings)
        return Page((*records, *over.records), gone=(*gone, *over.gone))

    async def standing(self) -> Standing:
        """Tell whether a Prometheus is behind the silence: by its heartbeat, and by asking it."""
        try:
            by_heart = self._pulse.standing(await self._listings(self._pulse.wanted))
            fault = "no heartbeat is heard"
        except HubError as error:
            by_heart, fault = None, str(error)
        if by_heart is not None and not by_heart.alive:
            return by_heart
        try:
            evidence = await self._evidence()
        except HubError as error:
            return by_heart or Standing(None, f"{fault}, and {error}")
        if evidence is None:
            return by_heart or Standing(None, f"{fault}, and no prometheus_url is set")
        asked = evidence.standing
        # A heartbeat goes on where every target is out of sight.
        if by_heart is None or asked.alive is False:
            return asked
        just_started = asked.alive is None and asked.vouches_until is not None
        return replace(by_heart, vouches_until=asked.vouches_until) if just_started else by_heart

    async def _listings(self, wanted: Mapping[str, str] | None = None) -> tuple[Listing, ...]:
        """Ask every Alertmanager; return what those say that answer.

        Raises: Misconfigured, Transient, when none answers.
        """
        asked = (manager.alerts(wanted) for manager in self._managers)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, HubError):
                raise answer
        said = tuple(answer for answer in answers if isinstance(answer, Listing))
        if not said:
            raise _worst([answer for answer in answers if isinstance(answer, HubError)])
        return said

    async def _pending(self, listed: set[str]) -> tuple[list[Record], bool]:
        """Return what is pending, and whether nobody could say.

        Shape: none where alerts are renamed on their way: they would be others when they fire.
        """
        if self._server is None:
            return [], False
        try:
            external = (await self._server.naming()).external
            alerts = [] if external is None else await self._server.alerts()
        except HubError:
            return [], True
        records = []
        for alert in alerts:
            labels = told(alert.labels, external or {})
            name = fingerprint(labels)
            if alert.state == "pending" and name not in listed:
                records.append(fates.pending(labels, name, alert))
        return [one for one in records if not self._pulse.owns(one)], False

    def _back(self, missing: Sequence[Known], listings: tuple[Listing, ...]) -> list[Record]:
        """Say which of the heartbeats that stayed away are back."""
        # By the series: whoever asks may know all of a connector's alerts under one kind.
        away = [one for one in missing if hearts.is_heart(one.series)]
        found = [(one, self._pulse.returned(one.series, listings)) for one in away]
        return [hearts.back(heart, one.key) for one, heart in found if heart is not None]

    async def _over(self, asked: Sequence[Known], listings: tuple[Listing, ...]) -> Page:
        """Say which alerts are over: by Prometheus's memory, else by who would have told."""
        if not asked:
            return Page(())
        found, rest, evidence = Page(()), list(asked), None
        try:
            evidence = await self._evidence()
            if evidence is not None and self._queries is not None:
                found, rest = await fates.remembered(asked, evidence, self._queries)
        except HubError:
            if evidence is not None:
                return Page(())
        if not rest or not await fates.is_proof(self._managers, listings, self._pulse, evidence):
            return found
        ended = (Gone(one.kind, one.series, one.key, "ended") for one in rest)
        return Page(found.records, gone=(*found.gone, *ended))

    async def _evidence(self) -> Evidence | None:
        if self._server is None or self._queries is None:
            return None
        return await gathered(self._server, self._queries, self._pulse.longest)


def source(settings: Settings, wire: Wire) -> PrometheusSource | None:
    """Return the source of a connector, or None where it names no Alertmanager to ask."""
    return PrometheusSource(settings, wire) if settings.alertmanager_urls else None


def _worst(faults: Sequence[HubError]) -> HubError:
    """Make one error of those of all Alertmanagers: one that may pass by itself wins."""
    words = "; ".join(dict.fromkeys(str(fault) for fault in faults))
    waits = [one.retry_after for one in faults if isinstance(one, Transient) and one.retry_after]
    if any(isinstance(fault, Transient) for fault in faults):
        return Transient(words, retry_after=min(waits, default=None))
    if any(isinstance(fault, Misconfigured) for fault in faults):
        return Misconfigured(words)
    return faults[0]
