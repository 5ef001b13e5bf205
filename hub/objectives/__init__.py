"""Service level objectives: read from OpenSLO, and judged by how fast their budget burns. Pure.

Start at `burning` (budget, burn, the two windows of a rule), then `document` (OpenSLO v1) and
`counting` (its queries). What is
not measured is unknown: it is neither good nor bad, and never green.
"""

from hub.objectives.burning import (
    RULES,
    Burn,
    Events,
    Objective,
    Rule,
    Verdict,
    budget,
    burn,
    judge,
    remaining,
    windows,
    worst,
)
from hub.objectives.counting import WINDOW, counted
from hub.objectives.document import Declared, Indicator, Query, load

__all__ = [
    "RULES",
    "WINDOW",
    "Burn",
    "Declared",
    "Events",
    "Indicator",
    "Objective",
    "Query",
    "Rule",
    "Verdict",
    "budget",
    "burn",
    "counted",
    "judge",
    "load",
    "remaining",
    "windows",
    "worst",
]
