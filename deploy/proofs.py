"""Writes docs/evidence/facts-and-traps.md: what was found of tools and peers, and what shows it.

A test speaks of a fact or a trap by its number, in its name or in its docstring: `fact 12`,
`traps 3 and 5`. `python -m deploy.proofs` collects them.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "evidence" / "facts-and-traps.md"

FACTS: Final = {
    1: "Zabbix: the version decides where a token stands; it is asked without one.",
    2: "Zabbix: being logged out has the error code of bad parameters; the hub logs in once more.",
    3: "Zabbix: another content type is answered 412 without words.",
    4: "Zabbix: what 6.0 does not know of a question it passes over in silence.",
    5: "pyzabbix: always a time-out, one client for each thread, closed by us.",
    6: "Zabbix: a value that comes late has an old clock and a new event id.",
    7: "Zabbix: four syncers commit out of order; in a storm nothing is missed.",
    8: "Zabbix: acknowledgement, severity, suppression and tags change without an event.",
    9: "Zabbix: a deleted trigger or a disabled host ends its alert as gone.",
    10: "Zabbix: an end belongs to its problem by `r_eventid`, in whichever order they are read.",
    11: "Zabbix: operational data is no news, and tags have no order.",
    12: "Zabbix: unfilled macros are nothing, tags are JSON in JSON, a manual close posts twice.",
    13: "Zabbix: who is told by webhook is not who acknowledges, and own writes are no news.",
    14: "Zabbix: the severity is that of the event.",
    15: "Alertmanager: fingerprint, start and state are the key; the same again changes nothing.",
    16: "Alertmanager: each alert has its own state, and the year 1 is no end.",
    17: "Alertmanager: what a webhook left out is polled.",
    18: "Alertmanager: two that do not know each other tell of one alert.",
    19: "Alertmanager: a silence is seen by polling only, and is no end.",
    20: "Alertmanager: 2xx only after the commit, else it is sent again.",
    21: "Prometheus: one that vanished resolves its alerts; nobody believes that without proof.",
    22: "Prometheus: pending is not firing, values are words, a range has 11,000 points at most.",
    23: "Broker: only what it confirmed was accepted.",
    24: "Broker: acknowledged after it is stored; a repeat meets a unique key.",
    25: "Broker: what a transport cannot promise is said at the start.",
    26: "Broker: away for seconds, nothing is lost, and people see it.",
    27: "Broker: what no queue wants is confirmed and lost, so queues come first.",
    28: "Broker: poison ends beside the queue and does not block it.",
}
TRAPS: Final = {
    1: "Two hosts with a problem of one name are two alerts.",
    2: "One tag name twice is kept twice.",
    3: "Pulled or pushed, a problem is the same row.",
    4: "A problem that is open for more than a week still comes in.",
    5: "An end that no webhook told is found by the census.",
    6: "An empty answer or a lost permission ends nothing, and shows.",
    10: "A renamed severity is read by its number.",
    15: "What the hub wrote comes back and is no news.",
    16: "A connector that fails delays no other.",
    17: "The webhook of a removed connector is refused.",
    19: "A note is not a new alert.",
    22: "No secret reaches a log; certificates are checked unless an admin says otherwise.",
    23: "A truncated group is polled and ends nothing.",
}
_NAMED: Final = re.compile(
    r"(?<![a-z])(fact|trap)s?[ _](\d+(?:(?:, | and |_and_|_)\d+)*)", re.IGNORECASE
)
_HEAD: Final = """# Facts and traps, and the tests that show them

What tools and libraries were seen to do, and what other systems fell into; each is a test here.
Written by `python -m deploy.proofs` out of the tests; do not edit.
"""

Proofs = dict[tuple[str, int], list[tuple[str, str]]]
"""Tests by ("fact" or "trap", number): each as path and name."""


def proofs() -> Proofs:
    """Collect the tests that name a fact or a trap."""
    found: Proofs = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = path.relative_to(ROOT).as_posix()
        for test, text in _tests(path):
            for kind, numbers in _NAMED.findall(text):
                for number in re.findall(r"\d+", numbers):
                    named = found.setdefault((kind.lower(), int(number)), [])
                    if (place, test) not in named:
                        named.append((place, test))
    return found


def _tests(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_":
            yield node.name, f"{node.name}\n{ast.get_docstring(node) or ''}"


def page() -> str:
    """Return the page as it has to be."""
    found = proofs()
    parts = [_HEAD]
    for title, kind, told in (("Facts", "fact", FACTS), ("Traps", "trap", TRAPS)):
        parts.append(f"\n## {title}\n")
        for number, words in told.items():
            parts.append(f"\n{number}. {words}\n")
            parts += [f"   - `{name}` ({path})\n" for path, name in found.get((kind, number), [])]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
