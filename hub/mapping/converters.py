"""The closed list of converters: what `as:` may name, what each gives, and what each is for.

A mapping that needs an `if` gets a new line here, a small function and a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hub.mapping import amounts, texts, times

Convert = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Converter:
    """One converter. Shape: `gives` is a field type of `hub.model.targets`."""

    gives: str
    convert: Convert
    says: str


CONVERTERS: Final[dict[str, Converter]] = {
    "text": Converter("text", texts.text, "text as it is"),
    "text_or_number": Converter("text", texts.text_or_number, "text, or a number as digits"),
    "integer": Converter("integer", amounts.integer, "a whole number"),
    "number": Converter("number", amounts.number, "a decimal number"),
    "boolean": Converter("boolean", amounts.boolean, "true, false, 1 or 0"),
    "instant": Converter("instant", times.instant, "an RFC 3339 time with offset"),
    "instant_milliseconds": Converter(
        "instant", times.instant_milliseconds, "an RFC 3339 time, cut to its millisecond"
    ),
    "epoch_seconds": Converter("instant", times.epoch_seconds, "seconds since 1970, in UTC"),
    "wall": Converter("wall", times.wall, "a plan's date-time without offset"),
    "day": Converter("day", times.day, "a bare day"),
    "iso_duration_minutes": Converter(
        "integer", times.iso_duration_minutes, "working time such as PT8H0M0S, as minutes"
    ),
    "seconds_minutes": Converter("integer", amounts.seconds_minutes, "seconds, as minutes"),
    "tenths_of_minutes": Converter(
        "number", amounts.tenths_of_minutes, "tenths of a minute, as minutes"
    ),
    "hundredths": Converter("number", amounts.hundredths, "money in hundredths, as units"),
    "text_map": Converter("text_map", texts.text_map, "names with text"),
    "text_list": Converter("text_list", texts.text_list, "a list of texts"),
    "split_commas": Converter("text_list", texts.split_commas, "a text cut at its commas"),
    "text_lists": Converter("text_lists", texts.text_lists, "names, each with a list of texts"),
    "tag_value_list": Converter(
        "text_lists", texts.tag_value_list, "a list of {tag, value}; a tag may come more than once"
    ),
    "raw": Converter("raw", texts.raw, "any JSON value"),
}

_ALSO_FITS: Final = {
    "number": {"integer"},
    "wall": {"day"},
    "raw": {"text_map", "text_list", "text_lists"},
}


def fits(gives: str, wanted: str) -> bool:
    """Tell whether what a converter gives may stand in a field of type `wanted`."""
    return gives == wanted or gives in _ALSO_FITS.get(wanted, ())


def fitting(wanted: str) -> tuple[str, ...]:
    """Name the converters for a field type; the one of the same name is the default."""
    return tuple(name for name, known in CONVERTERS.items() if fits(known.gives, wanted))
