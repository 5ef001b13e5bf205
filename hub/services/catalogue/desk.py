"""The catalogue desk: take the whole service catalogue as one text, and make it the active one."""

import asyncio
import re
from collections.abc import Collection, Sequence
from typing import Final, Protocol

import orjson

from hub.errors import Misconfigured
from hub.model.ops import Service
from hub.services.access import Principal
from hub.services.catalogue.binding import MilestoneFacts
from hub.services.catalogue.document import load, loose_ends
from hub.services.mapping_desk import DocumentVersion
from hub.services.previewing import faults, refused
from hub.services.refusals import Refusal, Why

KIND: Final = "services"
NAME: Final = "services"
FILE: Final = "services.yaml"
"""How faults name the text, wherever it came from."""
_VERSION: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class CatalogueVersions(Protocol):
    """What the desk asks of the stored documents."""

    async def publish(
        self, kind: str, name: str, text: str, who: str, expects: int | None
    ) -> DocumentVersion | None:
        """Store a text and make it the active version at once, in one write.

        Shape: None, and nothing is stored, when another version than `expects` is active.
        """


class Planned(Protocol):
    """What the plans have."""

    @property
    def milestones(self) -> Sequence[MilestoneFacts]:
        """Milestones of all plans."""


class Plans(Protocol):
    """Where the desk learns which milestones there are."""

    async def facts(self) -> Planned:
        """Return what the plans have now."""


class CatalogueDesk:
    """The port `hub.services.desks.Catalogue`."""

    def __init__(
        self, documents: CatalogueVersions, plans: Plans, measurers: Collection[str] = ()
    ) -> None:
        self._documents, self._plans, self._measurers = documents, plans, measurers

    async def put(self, text: str, if_match: str | None, who: Principal) -> bytes | Refusal:
        """Make a text the active catalogue; one with faults changes nothing."""
        if if_match is not None and not _VERSION.fullmatch(if_match):
            return _stale("If-Match names no version of the service catalogue")
        expects = None if if_match is None else int(if_match)
        try:
            services = await asyncio.to_thread(load, text, name=FILE)
        except Misconfigured as error:
            return refused(error, KIND)
        stored = await self._documents.publish(KIND, NAME, text, who.name, expects)
        if stored is None:
            return _stale(f"the service catalogue is not at version {expects} any more")
        return await self._told(stored, services)

    async def _told(self, stored: DocumentVersion, services: Sequence[Service]) -> bytes:
        milestones = (await self._plans.facts()).milestones
        loose = await asyncio.to_thread(
            loose_ends, stored.text, milestones, name=FILE, measurers=self._measurers
        )
        unbound = [{"loc": f.loc, "type": f.type, "msg": f.msg} for f in faults(loose, "unbound")]
        return orjson.dumps(
            {
                "id": stored.id,
                "version": stored.number,
                "services": len(services),
                "unbound": unbound,
            }
        )


def _stale(what: str) -> Refusal:
    return Refusal(
        Why.STALE,
        f"{what}; GET /api/v1/changes tells its newest version: look what changed, then send the "
        "whole catalogue again",
    )
