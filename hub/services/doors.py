"""Which intake is a connector's: alerts are grouped and linked, work is reconciled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.contract import Page
from hub.services.desks import Accepted
from hub.services.ingest.intake import GroupIntake
from hub.services.refusals import Refusal
from hub.services.work.intake import WorkIntake


@dataclass(frozen=True, slots=True)
class Doors:
    """Both intakes as one: `hub.services.desks.Intake` and `hub.services.sync.ports.Pulls`."""

    alerts: GroupIntake
    work: WorkIntake

    @property
    def max_body(self) -> int:
        """The largest delivery that is taken, in bytes."""
        return self.alerts.max_body

    def _of(self, connector: str) -> GroupIntake | WorkIntake:
        return self.work if self.work.handles(connector) else self.alerts

    def known(self, connector: str) -> bool:
        """Tell whether this connector is there and receives webhooks."""
        return self._of(connector).known(connector)

    async def receive(
        self, connector: str, headers: Mapping[str, str], body: bytes
    ) -> Accepted | Refusal:
        """Store a delivery, then answer."""
        return await self._of(connector).receive(connector, headers, body)

    async def pull(self, connector: str, type_: str, page: Page, asked_at: datetime) -> Accepted:
        """Store a page and its cursor in one transaction. Raises: Transient."""
        return await self._of(connector).pull(connector, type_, page, asked_at)

    async def told_of(self, connector: str, refs: Mapping[str, str]) -> None:
        """Hear which alert each series is."""
        await self._of(connector).told_of(connector, refs)

    def doubt(self, connector: str, why: str) -> None:
        """Hear that ends which this connector reports may be its own silence."""
        self._of(connector).doubt(connector, why)

    def believe(self, connector: str, until: datetime | None = None) -> None:
        """Hear that its ends may be believed; with `until`, only those of up to then."""
        self._of(connector).believe(connector, until)

    def doubted(self, connector: str) -> str | None:
        """Say why its ends are not believed; None: they are."""
        return self._of(connector).doubted(connector)
