"""Refusals of our own: values, not exceptions. Web turns them into a status, the CLI into 1."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What kind of no it is; web answers 404, 401, 403, 409, 412, 413, 422, 503."""

    NOT_FOUND = "not_found"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    STALE = "stale"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a path in the input), of what type, in words."""

    loc: str
    type: str
    msg: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not carried out; `detail` says what is wrong and what to do."""

    why: Why
    detail: str
    errors: tuple[Fault, ...] = ()
