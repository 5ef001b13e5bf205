"""Writes the pages that follow from the code: `python -m deploy.reference`.

`docs/reference/reasons.md` out of the catalogues, `docs/reference/states.md` out of the table of
moves.
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from hub.linking.states import BASIS, MOVES
from hub.model.words import AlertStatus, EndKind, Refused, Telling

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
_REASONS = """# Reasons

Why the hub decided as it did: the closed list of codes, and the words in which people read them.
What stands in braces is a value that was compared. Written by `python -m deploy.reference` out of
`hub/i18n`; do not edit.
"""
_STATES = """# States of an alert

What an alert may be told, and where each telling leads. `hub/linking/states.py` has this table, and
nothing else decides a state. Written by `python -m deploy.reference` out of it and out of
`hub/i18n`; do not edit.

An alert has one or more series, and each series its newest source key. The table is of one source
key; the alert fires while any of its series does. Of two tellings of one key the later one wins,
but what was pending has moved on, and an end that is believed is final. An earlier telling that
arrives after a later one is refused (`told_earlier`). So every order of arrival ends in the same
state. Flapping is a mark beside the state, and no state: see `flap_transitions` in the
[settings](settings.md).
"""


def pages() -> Mapping[Path, str]:
    """Return each page as it has to be."""
    words = tuple(_words(name) for name in ("en", "zh-CN"))
    return {FOLDER / "reasons.md": _reasons(*words), FOLDER / "states.md": _states(*words)}


def _reasons(english: dict[str, str], chinese: dict[str, str]) -> str:
    parts = [
        f"\n### {code.removeprefix('reason.')}\n\n{english[code]}\n\n{chinese[code]}\n"
        for code in sorted(english)
        if code.startswith("reason.")
    ]
    return _REASONS + "".join(parts)


def _states(english: dict[str, str], chinese: dict[str, str]) -> str:
    def listed(title: str, prefix: str, codes: Iterable[StrEnum]) -> str:
        keys = [prefix + code.value for code in codes]
        rows = [
            f"| `{key.removeprefix(prefix)}` | {english[key]} | {chinese[key]} |" for key in keys
        ]
        head = [f"\n## {title}\n", "| code | English | 中文 |", "|---|---|---|"]
        return "\n".join([*head, *rows, ""])

    return (
        _STATES
        + listed("The states", "alert.status.", AlertStatus)
        + listed("The tellings", "alert.telling.", Telling)
        + _table()
        + _drawn()
        + listed("Why a telling is refused", "alert.refused.", Refused)
        + listed("How an end is known", "alert.end_kind.", EndKind)
    )


def _table() -> str:
    head = f"| telling | rests on | {' | '.join(_name(state) for state in MOVES)} |"
    rows = [
        f"| `{telling.value}` | {BASIS[telling].value} | "
        + " | ".join(_cell(state, MOVES[state][telling]) for state in MOVES)
        + " |"
        for telling in Telling
    ]
    rule = "|---" * (len(MOVES) + 2) + "|"
    return "\n".join(
        [
            "\n## The moves\n",
            "A column is the state of a source key, a row what is told of it. **Bold**: it moves.",
            "`=`: it stays. In brackets: why it is refused. A telling rests on the tool's word,",
            "on a look at a tool that is believed, on the clock, or on nothing but silence.\n",
            head, rule, *rows, "",
        ]
    )  # fmt: skip


def _name(state: AlertStatus | None) -> str:
    return "(new key)" if state is None else state.value


def _cell(state: AlertStatus | None, to: AlertStatus | Refused) -> str:
    if isinstance(to, Refused):
        return f"({to.value})"
    return "=" if to is state else f"**{to.value}**"


def _drawn() -> str:
    """Draw the moves; those of one way share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, tellings in MOVES.items():
        for telling, to in tellings.items():
            if isinstance(to, AlertStatus) and to is not state:
                way = ("[*]" if state is None else state.value, to.value)
                arrows.setdefault(way, []).append(telling.value)
    lines = [f"    {a} --> {b}: {', '.join(by)}" for (a, b), by in arrows.items()]
    return "\n".join(["\n```mermaid", "stateDiagram-v2", *lines, "```", ""])


def _words(locale: str) -> dict[str, str]:
    text = (ROOT / "hub" / "i18n" / f"{locale}.json").read_text("utf-8")
    words: dict[str, str] = json.loads(text)
    return words


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, "utf-8")
