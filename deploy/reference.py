"""Writes docs/reference/reasons.md out of the catalogues: `python -m deploy.reference`."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "reasons.md"
_HEAD = """# Reasons

Why the hub decided as it did: the closed list of codes, and the words in which people read them.
What stands in braces is a value that was compared. Written by `python -m deploy.reference` out of
`hub/i18n`; do not edit.
"""


def page() -> str:
    """Return the page as it has to be."""
    english, chinese = (_words(name) for name in ("en", "zh-CN"))
    parts = [
        f"\n### {code.removeprefix('reason.')}\n\n{english[code]}\n\n{chinese[code]}\n"
        for code in sorted(english)
        if code.startswith("reason.")
    ]
    return _HEAD + "".join(parts)


def _words(locale: str) -> dict[str, str]:
    text = (ROOT / "hub" / "i18n" / f"{locale}.json").read_text("utf-8")
    words: dict[str, str] = json.loads(text)
    return words


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
