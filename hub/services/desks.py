"""What people and scripts may do beside reading: each desk is one small group of use cases.

Web and the command line call these; `hub.app` wires the implementations of this package to a
store. A desk answers with a value or with a `Refusal`.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.services.access import Principal
from hub.services.acting.words import Write
from hub.services.board import Listing, ListQuery
from hub.services.changes import Batch, Change
from hub.services.refusals import Refusal
from hub.services.sample import SampleState


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery that is durably stored: records stored, and the receipt to find it again."""

    accepted: int
    receipt: str


class Intake(Protocol):
    """Where webhooks come in."""

    @property
    def max_body(self) -> int:
        """The largest delivery that is taken, in bytes."""

    def known(self, connector: str) -> bool:
        """Tell whether this connector is there and receives webhooks."""

    async def receive(
        self, connector: str, headers: Mapping[str, str], body: bytes
    ) -> Accepted | Refusal:
        """Store a delivery, then answer.

        Shape: header names lower-case. Refusals: not_found, unauthorised, invalid, unavailable.
        """


class Feed(Protocol):
    """The change log, live."""

    @property
    def last_seq(self) -> int:
        """The newest sequence number that this process knows."""

    async def after(self, seq: int, limit: int = 1000) -> Batch:
        """Return changes after `seq` from memory or from the store, at once."""

    async def wait(self, seq: int) -> tuple[Change, ...]:
        """Wait until there is a change after `seq`; return all that are in memory."""


class Links(Protocol):
    """Verdicts of people on links; a rejection stays."""

    async def confirm(self, link: str, who: Principal) -> bytes | Refusal:
        """Confirm a link; return it in its long form."""

    async def reject(self, link: str, who: Principal, reason: str) -> bytes | Refusal:
        """Reject a link for good; exposure is computed again at once."""


class Alerts(Protocol):
    """What people say of alerts."""

    async def acknowledge(self, ref: str, message: str, who: Principal) -> bytes | Refusal:
        """Say that somebody cares for an alert; return it. Refusals: not_found, conflict."""

    async def assign(self, ref: str, service: str | None, who: Principal) -> bytes | Refusal:
        """Say of which service an alert is (None: take that word back); return the alert.

        Refusals: not_found, invalid.
        """


class Acts(Protocol):
    """What tools are told of alerts, and the switches that stop it."""

    async def want(
        self, ref: str, write: Write, values: Mapping[str, object], who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Write down what a tool is to be told; return `{"operations": [...]}`.

        Shape: `values` are plain JSON. Refusals: not_found, conflict (over, switched off), invalid.
        """

    async def cancel(self, ref: str, who: Principal) -> bytes | Refusal:
        """Take an operation back that was not sent yet; return it."""

    async def retry(self, ref: str, who: Principal) -> bytes | Refusal:
        """Try an operation again; return it."""

    async def stop_writes(
        self, connector: str, *, stopped: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Throw the kill switch of a connector, or let writes go on."""


class Connectors(Protocol):
    """How connectors are doing, and what an admin may ask of them."""

    async def health(self, connector: str) -> Mapping[str, object] | Refusal:
        """Return how a connector is doing."""

    async def check(self, connector: str, who: Principal) -> Mapping[str, object] | Refusal:
        """Take the steps of its check; nothing is changed."""

    async def sync(
        self, connector: str, *, full: bool, accept_gone: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Look at its tool now; return its health."""

    async def pause(
        self, connector: str, *, paused: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Stop polling its tool, or go on; return its health."""

    async def onboarding(self, connector: str, hook: str) -> Mapping[str, object] | Refusal:
        """Return what an admin copies into the tool so that it tells the hub."""


class Incidents(Protocol):
    """What people do to incidents. What a person sets stays."""

    async def patch(
        self, ref: str, fields: Mapping[str, object], if_match: str | None, who: Principal
    ) -> bytes | Refusal:
        """Change title, status, priority or commander. `if_match` is the version as text."""

    async def merge(self, ref: str, others: tuple[str, ...], who: Principal) -> bytes | Refusal:
        """Move the alerts of `others` into `ref`; the others become `merged`."""

    async def split(self, ref: str, alerts: tuple[str, ...], who: Principal) -> bytes | Refusal:
        """Move some alerts of `ref` into a new incident; return the new one."""

    async def gather(
        self, alerts: tuple[str, ...], target: str | None, title: str | None, who: Principal
    ) -> bytes | Refusal:
        """Move alerts into an incident (None: a new one), wherever they are; return it.

        Shape: the errors of a refusal name each alert that cannot be moved, as `alerts.<place>`.
        """


class Plans(Protocol):
    """Bringing plan files in."""

    async def upload(
        self,
        connector: str,
        project: str | None,
        name: str,
        chunks: AsyncIterator[bytes],
        who: Principal,
    ) -> Mapping[str, object] | Refusal:
        """Import an uploaded file; return the summary of `import --json` (design 6)."""

    async def template(self, connector: str, language: str) -> bytes | Refusal:
        """Write an empty plan to fill in, as a workbook; not found where it takes no tables."""


class Catalogue(Protocol):
    """The service catalogue as a whole."""

    async def put(self, text: str, if_match: str | None, who: Principal) -> bytes | Refusal:
        """Make a text of services.yaml the active catalogue; errors come all at once, with lines.

        Shape: `if_match` is the version that is to be replaced, as text. The answer is the new
               version, how many services it has, and the names in it that lead nowhere.
        """


class Measures(Protocol):
    """Numbers of services, and how their objectives stand."""

    async def service(self, ref: str) -> bytes | None:
        """Return a service with its newest numbers and its objectives, or None."""

    async def series(
        self,
        ref: str,
        name: str,
        start: datetime | None,
        end: datetime | None,
        step: int | None,
    ) -> bytes | Refusal:
        """Return the points of a metric between two instants, gaps as null.

        Units: `step` seconds; None: as fine as is worth showing.
        """

    async def objectives(self, query: ListQuery) -> Listing | Refusal:
        """List objectives, the worst first."""


class Surveys(Protocol):
    """What tools know of hosts and services."""

    async def survey(self, connector: str, *, anew: bool) -> Mapping[str, object] | Refusal:
        """Return what a tool knows, held against the catalogue as it is now."""


class Mappings(Protocol):
    """Mapping documents: versions, preview, coverage."""

    async def preview(
        self, document: str | None, text: str | None, record: object | None, receipt: str | None
    ) -> Mapping[str, object] | Refusal:
        """Map one record without storing anything; return every step.

        Shape: `document` is `<tool>/<kind>` of an active one, or `text` is a draft; the record is
               given, or `receipt` (`<receipt>#n`) names a stored one.
        """

    async def joins(self, document: str | None, text: str | None) -> Mapping[str, object] | Refusal:
        """Return which stored alerts a document would join or split; nothing is stored."""

    async def coverage(self, document: str) -> Mapping[str, object] | Refusal:
        """Return unmapped words and unused paths over the newest stored records."""

    async def put(self, text: str, who: Principal) -> bytes | Refusal:
        """Store a draft version; return it. Errors come all at once, with lines."""

    async def activate(self, version: str, who: Principal) -> bytes | Refusal:
        """Make a stored version the active one."""


class Replays(Protocol):
    """Running the journal through the mappings again."""

    async def start(
        self, connector: str | None, since: str | None, *, diff: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Run a replay, or with `diff` only say what would change; return the report."""

    async def retry(self, quarantined: str, who: Principal) -> Mapping[str, object] | Refusal:
        """Map one quarantined record again with the active document."""


class Overview(Protocol):
    """What an admin looks at first: what waits, what did not fit, what changed last."""

    async def intake(self) -> Mapping[str, object]:
        """Return what waits, what was rejected or is bound nowhere, and the last changes."""

    async def unmapped(self) -> Mapping[str, object]:
        """Return the words of the newest records that no table of an active document holds."""


class Sample(Protocol):
    """The sample organisation, in this very hub."""

    async def state(self) -> SampleState:
        """Tell whether it is loaded, since when and by whom."""

    async def load(self, who: Principal) -> SampleState | Refusal:
        """Load it into a hub that holds nothing. Refusals: conflict, unavailable."""

    async def remove(self, who: Principal) -> SampleState | Refusal:
        """Remove it whole. Refusals: conflict."""


class Check(StrEnum):
    """How a part of the hub is, in a word that tells a stranger nothing."""

    OK = "ok"
    NO_ANSWER = "no_answer"
    """The store did not answer in time."""
    UNREADABLE = "unreadable"
    TAKES_NOTHING = "takes_nothing"
    """The store can be read, and refuses what arrives."""
    UNREACHABLE = "unreachable"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests can be served.

    Shape: `checks` and `faults` by part: store, bus, connectors. A fault may name addresses and
           quote a tool: it is for admins only. `faults` has only the parts that are not ok.
    """

    ready: bool
    checks: Mapping[str, Check]
    faults: Mapping[str, str | Mapping[str, str]]


class Health(Protocol):
    """Is the hub alive, ready, and how fresh is each source."""

    async def ready(self) -> Readiness:
        """Return whether requests can be served, and how each part is."""

    async def metrics(self) -> bytes:
        """Return the Prometheus text exposition."""
