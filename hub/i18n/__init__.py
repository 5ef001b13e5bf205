"""The words of the hub in its two languages: one catalogue for reports, reasons and the dashboard.

`en.json` and `zh-CN.json` hold the same keys with the same placeholders. The dashboard bundles the
same two files. Decisions carry codes; the sentence of a code stands under `reason.<code>`.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from hub.model.links import Reason

LOCALES: Final = ("en", "zh-CN")

Shown = str | int | float | None

_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?$")
_PLACEHOLDER = re.compile(r"{(\w+)}")


@cache
def catalogue(locale: str) -> Mapping[str, str]:
    """Return every key with its words.

    Raises: KeyError, when the locale is none of `LOCALES`.
    """
    if locale not in LOCALES:
        raise KeyError(locale)
    text = (files("hub.i18n") / f"{locale}.json").read_text("utf-8")
    return MappingProxyType(json.loads(text))


def translate(key: str, locale: str, values: Mapping[str, Shown] | None = None) -> str:
    """Fill the words of a key with values; an unknown key stands for itself.

    Shape: a key whose words differ with a count has the endings `_one` and `_other`, chosen by
           the value `n`.
    """
    given = values or {}
    words = catalogue(locale)
    form = "one" if locale == "en" and given.get("n") == 1 else "other"
    text = words.get(key) or words.get(f"{key}_{form}") or key

    def fill(found: re.Match[str]) -> str:
        value = given.get(found[1])
        # A word of ours, such as severity "critical", has words of its own.
        return words.get(f"{found[1]}.{value}") or shown(value, locale)

    return _PLACEHOLDER.sub(fill, text)


def shown(value: Shown, locale: str) -> str:
    """Write one value: numbers grouped and to two places, and what is unknown as unknown."""
    if value is None or value == "":
        return catalogue(locale)["unknown"]
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    return _MOMENT.sub(r"\1 \2", value)


def render(reason: Reason, locale: str) -> str:
    """Say a reason as a sentence; a code without words is said raw rather than not at all."""
    key = f"reason.{reason.code}"
    if key in catalogue(locale):
        return translate(key, locale, reason.values)
    return " ".join([reason.code, *(f"{name}={value}" for name, value in reason.values.items())])
