"""How every list is asked for and answered."""

from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from hub.services.board import ListQuery
from hub.web.shapes.words import Asked, Line

Item = TypeVar("Item")

Sort = Annotated[str, StringConstraints(pattern=r"^-?[a-z][a-z0-9_]*$", max_length=64)]


class Items(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="Give it back as `cursor` for the next page.")
    total: int | None = Field(description="The exact number, when `count=1` was asked.")
    as_of: AwareDatetime


class Paged(Asked):
    """What every list takes beside its filters. A repeated filter means "or"."""

    limit: int = Field(50, ge=1, le=1000, description="Items on one page.")
    cursor: str | None = Field(None, min_length=1, max_length=2048, pattern=r"^[\x21-\x7e]+$")
    q: Line | None = Field(None, description="Text to look for.")
    sort: Sort | None = Field(None, description="A field name; `-field` for descending.")
    count: bool = Field(False, description="Count exactly.")


def list_query(asked: Paged) -> ListQuery:
    """Turn the checked parameters of a list into what the board is asked."""
    given = asked.model_dump(mode="json", exclude_unset=True)
    filters = {
        name: tuple(_text(value) for value in (values if isinstance(values, list) else [values]))
        for name, values in given.items()
        if name not in Paged.model_fields and values is not None
    }
    return ListQuery(
        limit=asked.limit,
        cursor=asked.cursor,
        filters=filters,
        q=asked.q,
        sort=asked.sort,
        count=asked.count,
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
