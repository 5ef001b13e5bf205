"""Links, their evidence, and reasons: every decision says why, in codes that people can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.words import LinkState, LinkType


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision was taken: a code of the closed list and the values that were compared.

    Shape: `values` holds text and numbers only; the words for `code` are in `hub/i18n/*.json`
           under `reason.<code>`.
    """

    code: str
    values: Mapping[str, str | int | float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation that speaks for a link. Units: `strength` 0..1 (domain 3.4).

    Shape: members of one `family` are correlated; only the strongest of a family counts.
    """

    kind: str
    family: str
    strength: float
    rule: str
    matched: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A typed edge between two refs, with evidence and confidence (0..1)."""

    source: str
    target: str
    type: LinkType
    state: LinkState
    confidence: float
    rule: str
    evidence: tuple[Evidence, ...] = ()
    at: datetime | None = None
    by: str | None = None
