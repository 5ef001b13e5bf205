"""The closed vocabularies. A word that is in none of them is quarantined, never guessed."""

from enum import IntEnum, StrEnum
from typing import Final


class Severity(IntEnum):
    """Six levels, one to one with Zabbix 0..5; `UNKNOWN` is a value, not a missing one."""

    UNKNOWN = 0
    INFO = 1
    WARNING = 2
    AVERAGE = 3
    HIGH = 4
    CRITICAL = 5

    @property
    def word(self) -> str:
        """The word used in documents: `unknown info warning average high critical`."""
        return self.name.lower()


class Rag(StrEnum):
    """Health of a milestone; grey is not green."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNKNOWN = "unknown"


class AlertStatus(StrEnum):
    """State of an alert as a whole; it fires while any of its source keys fires."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"
    SUPPRESSED = "suppressed"
    UNVERIFIED = "unverified"
    EXPIRED = "expired"


ENDED: Final = frozenset({AlertStatus.RESOLVED, AlertStatus.EXPIRED})
"""The states of an alert that is over. They are texts, so a stored word is found in it too."""


class Telling(StrEnum):
    """What can be told of one source key of an alert, by its tool or by the hub itself.

    Shape: `ENDED` is an end that is believed, `DOUBTED` one that nobody vouches for. `GONE`: the
           tool, asked and believed, no longer has it; `SILENT`: the same, but not believed.
           `SETTLED` and `TIMED_OUT` are the hub's own answers to a doubted end.
    """

    PENDING = "pending"
    FIRES = "fires"
    SUPPRESSED = "suppressed"
    ENDED = "ended"
    DOUBTED = "doubted"
    GONE = "gone"
    SILENT = "silent"
    SETTLED = "settled"
    TIMED_OUT = "timed_out"


class Refused(StrEnum):
    """Why what was told of an alert moved nothing."""

    RESOLVED_IS_FINAL = "resolved_is_final"
    PENDING_IS_PAST = "pending_is_past"
    SILENCE_IS_NO_EVIDENCE = "silence_is_no_evidence"
    NOTHING_DOUBTED = "nothing_doubted"
    TOLD_EARLIER = "told_earlier"


class EndKind(StrEnum):
    """How an end is known: told, found by looking, missed by looking, or waited for in vain."""

    REPORTED = "reported"
    INFERRED_POLL = "inferred_poll"
    GONE = "gone"
    TIMEOUT = "timeout"


class IncidentStatus(StrEnum):
    """Life of an incident.

    `CLOSED` and `FALSE_POSITIVE` are set by people only; `MERGED` also when late onsets show that
    two incidents are one.
    """

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    MITIGATING = "mitigating"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"
    FALSE_POSITIVE = "false_positive"


class TaskKind(StrEnum):
    """What a row of the unified board is."""

    SUMMARY = "summary"
    WORK = "work"
    MILESTONE = "milestone"
    EPIC = "epic"
    STORY = "story"
    BUG = "bug"
    SUBTASK = "subtask"
    INCIDENT_TICKET = "incident_ticket"


class TaskStatus(StrEnum):
    """Normalised state of work; the tool's own word stays beside it as `status_raw`."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class DependencyType(StrEnum):
    """Finish/start relations of the precedence diagramming method (PMBOK, 6.3)."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class LagKind(StrEnum):
    """In what a lag is counted: working minutes, elapsed minutes, or per cent of a duration."""

    WORKING = "working"
    ELAPSED = "elapsed"
    PERCENT = "percent"


class ConstraintType(StrEnum):
    """The eight date constraints of MS Project."""

    ASAP = "as_soon_as_possible"
    ALAP = "as_late_as_possible"
    MSO = "must_start_on"
    MFO = "must_finish_on"
    SNET = "start_no_earlier_than"
    SNLT = "start_no_later_than"
    FNET = "finish_no_earlier_than"
    FNLT = "finish_no_later_than"


class Hardness(StrEnum):
    """How much a service needs another one."""

    HARD = "hard"
    SOFT = "soft"


class DeliveryRole(StrEnum):
    """What a service is to a milestone."""

    DELIVERS = "delivers"
    ENVIRONMENT_FOR = "environment_for"
    USES = "uses"


class Signal(StrEnum):
    """What a metric of a service says. A closed list, so that pages and rules know each."""

    AVAILABILITY = "availability"
    LATENCY = "latency"
    TRAFFIC = "traffic"
    ERRORS = "errors"
    SATURATION = "saturation"


class Unit(StrEnum):
    """In what a metric is told. A ratio lies between 0 and 1."""

    RATIO = "ratio"
    SECONDS = "seconds"
    PER_SECOND = "per_second"
    BYTES = "bytes"
    COUNT = "count"


class LinkType(StrEnum):
    """What a link says."""

    AFFECTS = "affects"
    DELIVERS = "delivers"
    THREATENS = "threatens"
    BLOCKS = "blocks"
    CAUSED_BY = "caused_by"
    SAME_AS = "same_as"
    EVIDENCES = "evidences"
    MITIGATES = "mitigates"
    DOCUMENTS = "documents"
    OWNS = "owns"


class LinkState(StrEnum):
    """A rejection stays: a rejected link is a tombstone and is not suggested again."""

    SUGGESTED = "suggested"
    LINKED = "linked"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    EXPIRED = "expired"
