"""How a missing entity is said."""

from hub.services.refusals import Refusal, Why


def found(body: bytes | None, kind: str, ref: str) -> bytes | Refusal:
    """Return the entity, or say that there is none."""
    if body is None:
        return Refusal(Why.NOT_FOUND, f"there is no {kind} {ref!r}")
    return body
