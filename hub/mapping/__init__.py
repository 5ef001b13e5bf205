"""Mapping documents: they interpret what a tool said and compute nothing.

Pure: no clock, no store, no log. Start with `document.load`, then `applying.apply`; the closed list
of converters is `converters.CONVERTERS`. Reference: docs/reference/mapping.md.
"""

from hub.mapping.applying import Applied, Step, Unknown, apply, explain
from hub.mapping.document import Document, load

__all__ = [
    "Applied",
    "Document",
    "Step",
    "Unknown",
    "apply",
    "explain",
    "load",
]
