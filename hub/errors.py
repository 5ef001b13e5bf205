"""The four failures that the hub expects from tools and documents, each named for its remedy.

Anything else is a bug and may crash. Refusals of our own (not found, forbidden, conflict) are
values, see `hub.services.refusals`.
"""

from datetime import timedelta


class HubError(Exception):
    """Root of every failure the hub expects and can act on."""


class Transient(HubError):
    """The far side is busy or unreachable; the same call may succeed later.

    Shape: `status` is that of its answer, None where there was none; `reason` is its own word for
           why it is asked too often, where it has one.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: timedelta | None = None,
        status: int | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status
        self.reason = reason


class Misconfigured(HubError):
    """An administrator must change settings, documents or credentials; do not retry.

    Shape: `problems` lists every fault found at once, each with its place and remedy.
    """

    def __init__(self, message: str, *, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class Anomalous(HubError):
    """The far side sent a shape it never promised; stop this stream, keep the evidence."""

    def __init__(self, message: str, *, evidence: object = None) -> None:
        super().__init__(message)
        self.evidence = evidence


class Unmappable(HubError):
    """One record does not fit its mapping; quarantine it and go on."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path
