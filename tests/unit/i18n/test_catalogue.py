"""The catalogue: both languages alike, every key used, every code said."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import walk_packages
from typing import get_args

import pytest

from hub.i18n import LOCALES, catalogue, render, shown, translate
from hub.model.links import Reason
from hub.model.words import AlertStatus, IncidentStatus, Rag, Severity
from hub.services.acting.words import WriteState
from hub.services.sync.ports import Tls

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "hub/dashboard/src"
PLACEHOLDER = re.compile(r"{(\w+)}")
PLURAL = re.compile(r"_(one|other)$")
ROOMS = ("hub.linking", "hub.mapping", "hub.plan", "hub.services")

# Keys that are put together in the code, from a closed list that another test holds.
COMPOSED = (
    "plan.kind.",
    "plan.status.",
    "plan.tab.",
    "plan.zoom.",
    "reason.",
    "factor.",
    "occurrence.",
    "alert.ack.",
    "alert.status.",
    "alert.cause.",
    "alert.end_kind.",
    "alert.end_reason.",
    "alert.refused.",
    "alert.telling.",
    "incident.status.",
    "live.",
    "alerts.by.",
    "alerts.column.",
    "bulk.",
    "link.state.",
    "measured.name.",
    "measured.rule.",
    "connectors.",
)


def stems() -> set[str]:
    return {PLURAL.sub("", key) for key in catalogue("en")}


def dashboard() -> str:
    files = (*SOURCES.rglob("*.ts"), *SOURCES.rglob("*.tsx"))
    return "\n".join(path.read_text("utf-8") for path in files if ".test." not in path.name)


def reason_codes() -> Iterator[str]:
    for room in map(importlib.import_module, ROOMS):
        inside = walk_packages(room.__path__, f"{room.__name__}.")
        for name in (room.__name__, *(module.name for module in inside)):
            yield from sorted(getattr(importlib.import_module(name), "REASON_CODES", ()))


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("en")) == set(catalogue("zh-CN"))


def test_both_languages_fill_in_the_same_values() -> None:
    def values(locale: str, key: str) -> set[str]:
        return set(PLACEHOLDER.findall(catalogue(locale)[key]))

    assert [key for key in catalogue("en") if values("en", key) != values("zh-CN", key)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_words_are_empty_or_begin_or_end_with_a_space(locale: str) -> None:
    spaced = [key for key, text in catalogue(locale).items() if not text or text != text.strip()]
    assert spaced == (["list.separator"] if locale == "en" else [])


def test_chinese_words_use_chinese_punctuation() -> None:
    chinese = r"[\u4e00-\u9fff]"
    wrong = re.compile(rf"{chinese}[,;:?!]|[,;:?!]{chinese}|{chinese}\(|\){chinese}")
    assert [key for key, text in catalogue("zh-CN").items() if wrong.search(text)] == []


def test_a_plural_has_both_forms() -> None:
    keys = set(catalogue("en"))
    counted = {PLURAL.sub("", key) for key in keys if PLURAL.search(key)}
    assert {f"{stem}_{form}" for stem in counted for form in ("one", "other")} <= keys


def test_every_key_is_used() -> None:
    text = dashboard()
    python = (ROOT / "hub/i18n/__init__.py").read_text("utf-8")
    unused = [
        stem
        for stem in sorted(stems())
        if not stem.startswith(COMPOSED) and f'"{stem}"' not in text + python
    ]
    assert unused == []


def test_every_key_that_the_dashboard_asks_for_is_there() -> None:
    asked = set(re.findall(r'\bt\(\s*"([\w.-]+)"', dashboard()))
    assert asked - stems() == set()


def test_every_column_of_the_alerts_has_its_word() -> None:
    text = (SOURCES / "lib" / "alertView.ts").read_text("utf-8")
    columns = re.findall(r'"(\w+)"', text.partition("COLUMNS = [")[2].partition("]")[0])
    assert len(columns) > 5
    assert {f"alerts.column.{name}" for name in columns} - stems() == set()


def test_every_reason_code_has_its_sentence() -> None:
    missing = [code for code in reason_codes() if f"reason.{code}" not in catalogue("en")]
    assert missing == []


def test_every_sentence_belongs_to_a_code_that_is_still_given() -> None:
    text = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "hub").rglob("*.py")))
    # A code is given as a whole, or put together from a beginning and a word of a closed list.
    begun = tuple(re.findall(r'f"([a-z]+_(?:[a-z]+_)?){', text))
    given = {key.removeprefix("reason.") for key in stems() if key.startswith("reason.")}
    forgotten = [c for c in sorted(given) if f'"{c}"' not in text and not c.startswith(begun)]
    assert forgotten == []


def sentences() -> Iterator[str]:
    """Yield every text of the code, with `{}` around what is put in, as f-strings write it."""
    for folder in ("hub", "connectors"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                elif isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value)
                        if isinstance(part, ast.Constant)
                        else ast.unparse(ast.JoinedStr([part])).strip("f'\"")
                        for part in node.values
                    )


def test_every_sentence_of_the_hub_that_is_translated_is_still_said() -> None:
    code = (SOURCES / "lib" / "said.ts").read_text("utf-8")
    told = re.findall(r'^  "([^"]+)":\s+"said\.', code, re.MULTILINE)
    assert len(told) == code.count(': "said.') + code.count('    "said.') > 40
    assert set(told) - set(sentences()) == set()


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("severity", [level.word for level in Severity]),
        ("rag", list(Rag)),
        ("alert.status", list(AlertStatus)),
        ("alert.ack", list(WriteState)),
        ("connectors.tls", list(get_args(Tls))),
        ("incident.status", list(IncidentStatus)),
    ],
)
def test_every_word_of_a_closed_list_has_words(prefix: str, words: list[str]) -> None:
    assert [word for word in words if f"{prefix}.{word}" not in catalogue("zh-CN")] == []


def test_a_reason_is_said_in_either_language() -> None:
    reason = Reason("urgency_severity", {"severity": "critical"})
    assert render(reason, "en") == "The severity is Critical"
    assert render(reason, "zh-CN") == "级别为 灾难"


def test_a_code_without_a_sentence_is_said_raw_rather_than_not_at_all() -> None:
    assert render(Reason("new_code", {"n": 1, "why": None}), "en") == "new_code n=1 why=None"


def test_an_unknown_value_is_said_to_be_unknown() -> None:
    assert "unknown" in render(Reason("service_unknown", {"hint": None, "host": ""}), "en")


def test_numbers_are_grouped_and_cut_to_two_places() -> None:
    assert [shown(n, "en") for n in (1200, 0.5, 2.0, 1234.567)] == ["1,200", "0.5", "2", "1,234.57"]


def test_the_count_chooses_the_form() -> None:
    assert translate("incident.alerts", "en", {"n": 1}) == "1 alert"
    assert translate("incident.alerts", "en", {"n": 2}) == "2 alerts"


def test_a_language_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(KeyError):
        catalogue("fr")
