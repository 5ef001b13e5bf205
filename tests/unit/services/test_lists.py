"""Lists in SQL on a real store: every row once, in order, whatever the limit."""

import base64

import orjson
import pytest
from sqlalchemy import Connection, select

from hub.errors import Transient
from hub.services.board import Listing, ListQuery
from hub.services.refusals import Refusal, Why
from hub.store.board import BoardRows
from hub.store.documents import Documents
from hub.store.specs import SPECS
from hub.store.sqlite import Sqlite


async def fill(database: Sqlite, names: list[str]) -> None:
    """Store documents; each leaves a line in the audit too."""
    documents = Documents(database)
    for name in names:
        await documents.add_draft("mapping", name, str(await database.clock()), "ada")


def listed(answer: Listing | Refusal) -> Listing:
    assert isinstance(answer, Listing), answer
    return answer


def ids(listing: Listing) -> list[object]:
    return [orjson.loads(item)["id"] for item in listing.items]


async def walk(rows: BoardRows, kind: str, sort: str, limit: int) -> list[object]:
    walked: list[object] = []
    cursor = None
    for _ in range(100):
        listing = listed(await rows.page(kind, ListQuery(limit=limit, sort=sort, cursor=cursor)))
        assert len(listing.items) <= limit
        walked += ids(listing)
        cursor = listing.next
        if cursor is None:
            return walked
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize(
    ("kind", "sort"),
    [("mappings", "document"), ("mappings", "-document"), ("mappings", "at"), ("audit", "-id")],
)
async def test_walking_all_pages_gives_each_row_once_and_in_order(
    database: Sqlite, kind: str, sort: str
) -> None:
    names = ["a/b", "a/c", "a/b", "A/b", "é/b", "a%/b", "a/b"]
    await fill(database, names)
    rows = BoardRows(database)
    whole = ids(listed(await rows.page(kind, ListQuery(limit=100, sort=sort))))
    assert len(whole) == len(set(whole)) == len(names)
    for limit in range(1, len(names) + 1):
        assert await walk(rows, kind, sort, limit) == whole


async def test_every_sort_of_every_list_is_one_that_the_database_knows(database: Sqlite) -> None:
    rows = BoardRows(database)
    for kind, spec in SPECS.items():
        for sort in spec.sorts:
            assert listed(await rows.page(kind, ListQuery(sort=f"-{sort}"))).next is None
            for value, key in (("x", "x"), (1, "1"), (0.5, "1"), ("x", "1"), (1, "x")):
                asked = ListQuery(sort=sort, cursor=forged(sort, value, key))
                answer = await rows.page(kind, asked)
                fits = isinstance(answer, Listing)
                column, by = spec.sorts[sort].type.python_type, spec.key.type.python_type
                numbers = (int, float) if column is float else (column,)
                assert fits == (isinstance(value, numbers) and (by is str or key == "1"))


def forged(*content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("kind", "cursor"),
    [
        ("audit", forged("-id", 1, "9" * 30)),
        ("audit", forged("-id", 1, "x")),
        ("audit", forged("-id", "x", "1")),
        ("audit", forged("-id", 1 << 63, "1")),
        ("audit", forged("-id", None, "1")),
        ("mappings", forged("document", 7, "x")),
        ("mappings", forged("document", "a\0b", "x")),
        ("mappings", forged("-at", 1, "x")),
    ],
)
async def test_a_forged_cursor_is_refused_before_the_database_sees_it(
    database: Sqlite, kind: str, cursor: str
) -> None:
    answer = await BoardRows(database).page(kind, ListQuery(cursor=cursor))
    assert isinstance(answer, Refusal), answer
    assert answer.why is Why.INVALID
    assert [fault.loc for fault in answer.errors] == ["cursor"]


async def test_wildcards_of_sql_are_searched_for_as_they_are(database: Sqlite) -> None:
    await fill(database, ["a%/b", "a_/b", "ax/b"])
    for text, found in (("a%", ["a%/b"]), ("a_", ["a_/b"]), ("A", ["a%/b", "a_/b", "ax/b"])):
        listing = listed(await BoardRows(database).page("mappings", ListQuery(q=text)))
        assert [orjson.loads(item)["document"] for item in listing.items] == found


async def test_the_total_counts_what_the_filters_leave(database: Sqlite) -> None:
    await fill(database, ["a/b", "a/b", "a/c"])
    asked = ListQuery(limit=1, count=True, filters={"document": ("a/b",)})
    listing = listed(await BoardRows(database).page("mappings", asked))
    assert (listing.total, len(listing.items)) == (2, 1)


async def test_a_store_that_cannot_be_read_says_so_as_its_port_promises(
    database: Sqlite,
) -> None:
    with pytest.raises(Transient, match="the store cannot be read: no such table: nowhere"):
        await database.read(lambda c: c.exec_driver_sql("SELECT * FROM nowhere").all())


async def test_firing_alerts_are_found_by_their_own_index(database: Sqlite) -> None:
    spec = SPECS["alerts"]
    query = (
        select(spec.key)
        .where(spec.filters["status"](("firing",)))
        .order_by(spec.sorts["starts_at"].desc(), spec.key.desc())
    )

    def explained(connection: Connection) -> str:
        made = query.compile(dialect=connection.dialect)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", tuple(made.params.values()))
        return " ".join(str(row[3]) for row in plan)

    assert "ix_alert_firing" in await database.read(explained)
