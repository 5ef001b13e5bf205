"""Ask the database for a part of what a `body` column holds: encoded JSON, stored as bytes."""

from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class as_text(GenericFunction[str]):  # noqa: N801 - named as SQL functions are
    """The JSON of a column as text; a plain cast gives hexadecimal digits on PostgreSQL."""

    type = Text()
    inherit_cache = True


class part(GenericFunction[str]):  # noqa: N801
    """The JSON of one member of the object that a column holds, as text."""

    type = Text()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        super().__init__(column, name)


@compiles(as_text, "sqlite")
def _as_text_sqlite(element: as_text, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


@compiles(as_text, "postgresql")
def _as_text_postgresql(element: as_text, compiler: Any, **options: Any) -> str:
    return f"convert_from({compiler.process(element.clauses, **options)}, 'UTF8')"


@compiles(part, "sqlite")
def _part_sqlite(element: part, compiler: Any, **options: Any) -> str:
    column, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract(CAST({column} AS TEXT), '$.' || {name})"


@compiles(part, "postgresql")
def _part_postgresql(element: part, compiler: Any, **options: Any) -> str:
    column, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(convert_from({column}, 'UTF8')::json ->> {name})"
