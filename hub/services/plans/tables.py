"""Plans in tables: the importer gets the headings that the active document names."""

from collections.abc import Mapping

from hub.contract import Importer, Tabular
from hub.mapping import Document, headings


def headed(importer: Importer, documents: Mapping[str, Document]) -> Importer:
    """Return the importer that knows the columns by the document of its tables, if it has any.

    Shape: `documents` by their kind, as `sheet-row`.
    """
    if not isinstance(importer, Tabular):
        return importer
    document = documents.get(importer.columns)
    return importer if document is None else importer.headed(headings(document.rules))


def template(importer: Importer, document: Document, language: str) -> bytes | None:
    """Write an empty plan with the headings of a document; None: this importer takes no tables."""
    if not isinstance(importer, Tabular):
        return None
    return importer.template(headings(document.rules), language)
