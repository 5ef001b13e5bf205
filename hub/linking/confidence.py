"""How sure a link is: one voice a family, families by noisy-OR (domain 3.4). Pure."""

from collections.abc import Iterable
from math import prod
from typing import Final

from hub.model.links import Evidence
from hub.model.words import LinkState

CAP: Final = 0.99
LINKED: Final = 0.80
SUGGESTED: Final = 0.50

STRENGTH: Final[dict[str, float]] = {
    "human_confirmed": 1.00,
    "admin_rule": 0.98,
    "label_exact": 0.90,
    "host_runs": 0.85,
    "host_group_rule": 0.75,
    "name_equal": 0.70,
}
"""Base strengths; unvalidated priors that feedback may change later."""


def noisy_or(strengths: Iterable[float]) -> float:
    """Combine independent strengths: 1 − Π(1 − s), at most 0.99."""
    return min(CAP, 1.0 - prod(1.0 - strength for strength in strengths))


def confidence(evidence: Iterable[Evidence]) -> float:
    """Combine evidence: members of one family are correlated, so only the strongest counts."""
    strongest: dict[str, float] = {}
    for piece in evidence:
        strongest[piece.family] = max(piece.strength, strongest.get(piece.family, 0.0))
    return noisy_or(strongest.values())


def shown_as(value: float) -> LinkState | None:
    """Tell how a confidence is shown; None is hidden, but queryable."""
    if value >= LINKED:
        return LinkState.LINKED
    return LinkState.SUGGESTED if value >= SUGGESTED else None
