"""Mapping documents: they interpret what a tool said and compute nothing.

Pure: no clock, no store, no log. Start with `document.load`, then `applying.apply`; the closed list
of converters is `converters.CONVERTERS`. Reference: docs/reference/mapping.md.
"""

from hub.mapping.applying import Applied, Step, Unknown, apply, explain
from hub.mapping.comparing import Change, Diff, diff
from hub.mapping.covering import Coverage, Leaf, coverage
from hub.mapping.document import Document, load
from hub.mapping.editing import schema
from hub.mapping.headings import headings
from hub.mapping.identifying import Leaving, left_out
from hub.mapping.inverse import inverse

REASON_CODES: frozenset[str] = frozenset()
"""A document decides nothing, so it gives no reasons; what does not fit says so in a sentence."""

__all__ = [
    "REASON_CODES",
    "Applied",
    "Change",
    "Coverage",
    "Diff",
    "Document",
    "Leaf",
    "Leaving",
    "Step",
    "Unknown",
    "apply",
    "coverage",
    "diff",
    "explain",
    "headings",
    "inverse",
    "left_out",
    "load",
    "schema",
]
