"""Atlassian Document Format, as version 3 of the API writes rich text."""

from typing import Any


def document(text: str) -> dict[str, Any]:
    """Write plain text as a document, a paragraph a line."""
    return {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": line}] if line else []}
            for line in text.split("\n")
        ],
    }


def text(node: Any) -> str:
    """Read the words of a document again; other nodes than text and paragraphs only by theirs."""
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "text":
        return str(node.get("text", ""))
    if node.get("type") == "hardBreak":
        return "\n"
    between = "\n" if node.get("type") == "doc" else ""
    return between.join(text(one) for one in node.get("content") or ())
