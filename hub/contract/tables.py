"""Tables that people write themselves: a document says which column holds what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hub.contract.ports import Importer


@dataclass(frozen=True, slots=True)
class Heading:
    """Under which headings a column is known.

    Shape: `names` are tried in their order. Without a `needed` column a sheet is no plan. `absent`
           are the words in a cell that mean "none".
    """

    names: tuple[str, ...]
    needed: bool = False
    absent: frozenset[str] = frozenset()


Headings = Mapping[str, Heading]
"""The fields of a row, and the headings of each."""


@runtime_checkable
class Tabular(Protocol):
    """What an importer may be as well: one that reads tables, too."""

    @property
    def columns(self) -> str:
        """The kind of the mapping document that names the columns; it makes a `plan_row`."""

    def headed(self, headings: Headings) -> Importer:
        """Return the importer that knows the columns by these headings."""

    def template(self, headings: Headings, language: str) -> bytes:
        """Write an empty workbook with an example, its headings in a language (en or zh-CN)."""
