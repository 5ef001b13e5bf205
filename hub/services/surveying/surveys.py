"""Asking tools what they know, for a person who wants to know now."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.contract import Survey, Surveyor
from hub.errors import HubError, Misconfigured
from hub.model.ops import Service
from hub.services.refusals import Refusal, Why
from hub.services.surveying.comparing import compared
from hub.services.surveying.told import survey_json

_FRESH: Final = timedelta(minutes=10)
"""So long a survey is shown again before the tool is asked anew; arbitrary."""
_PATIENCE: Final = 120.0
"""Seconds that one survey may take."""


@dataclass(frozen=True, slots=True)
class _Taken:
    survey: Survey
    at: datetime


class Surveys:
    """The port `hub.services.desks.Surveys`. A tool is asked when somebody wants to know."""

    def __init__(
        self,
        surveyors: Mapping[str, Surveyor],
        catalogue: Callable[[], Awaitable[Mapping[str, Service]]],
    ) -> None:
        self._surveyors = surveyors
        self._catalogue = catalogue
        self._taken: dict[str, _Taken] = {}
        self._one = {name: asyncio.Lock() for name in surveyors}

    async def survey(self, connector: str, *, anew: bool) -> Mapping[str, object] | Refusal:
        """Return what a tool knows, held against the catalogue as it is now."""
        if connector not in self._surveyors:
            return Refusal(
                Why.NOT_FOUND, f"there is no connector {connector!r} that knows hosts and services"
            )
        try:
            async with asyncio.timeout(_PATIENCE):
                taken = await self._newest(connector, anew=anew)
        except TimeoutError:
            detail = f"{connector} did not tell within {_PATIENCE:g} s; try later"
            return Refusal(Why.UNAVAILABLE, detail)
        except HubError as fault:
            why = Why.CONFLICT if isinstance(fault, Misconfigured) else Why.UNAVAILABLE
            return Refusal(why, str(fault))
        services = await self._catalogue()
        return survey_json(connector, taken.at, taken.survey, compared(taken.survey, services))

    async def _newest(self, connector: str, *, anew: bool) -> _Taken:
        async with self._one[connector]:
            now = datetime.now(UTC)
            known = self._taken.get(connector)
            if known is None or anew or now - known.at > _FRESH:
                known = _Taken(await self._surveyors[connector].survey(), now)
                self._taken[connector] = known
            return known
