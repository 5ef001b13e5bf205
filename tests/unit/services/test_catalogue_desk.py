"""The catalogue desk on a real store: all or nothing, one write, told and audited."""

from dataclasses import dataclass

import orjson
import pytest

from hub.services.access import Principal, Role
from hub.services.catalogue.binding import MilestoneFacts
from hub.services.catalogue.desk import CatalogueDesk
from hub.services.refusals import Refusal, Why
from hub.store.changelog import StoredChanges
from hub.store.documents import Documents
from hub.store.sqlite import Sqlite

ADA = Principal("ada", Role.ADMIN, "session", "1")
SHOP = "services:\n  - ref: shop\n"
OFFICE = "services:\n  - {ref: office, depends_on: [{service: mail}]}\n  - ref: mail\n"


@dataclass
class Plans:
    milestones: tuple[MilestoneFacts, ...] = ()

    async def facts(self) -> "Plans":
        return self


@pytest.fixture
def documents(database: Sqlite) -> Documents:
    return Documents(database)


@pytest.fixture
def desk(documents: Documents) -> CatalogueDesk:
    go = MilestoneFacts("p:milestone:1", "Go", "p:project:UP", "UP", None, False, None)
    return CatalogueDesk(documents, Plans((go,)))


async def put(desk: CatalogueDesk, text: str, if_match: str | None = None) -> dict[str, object]:
    answer = await desk.put(text, if_match, ADA)
    assert isinstance(answer, bytes), answer
    return orjson.loads(answer)  # type: ignore[no-any-return]


async def refusal(desk: CatalogueDesk, text: str, if_match: str | None = None) -> Refusal:
    answer = await desk.put(text, if_match, ADA)
    assert isinstance(answer, Refusal)
    return answer


async def active(documents: Documents) -> tuple[str, str] | None:
    found = await documents.active_one("services", "services")
    return None if found is None else (found.origin, found.text)


async def test_a_catalogue_is_active_at_once_and_told_as_a_change_of_services(
    desk: CatalogueDesk, documents: Documents, database: Sqlite
) -> None:
    assert await put(desk, OFFICE) == {
        "id": "services:services@1",
        "version": 1,
        "services": 2,
        "unbound": [],
    }
    assert await active(documents) == ("console", OFFICE)
    told = await StoredChanges(database).changes(0, 100)
    assert [(one.kind, one.version, one.cause) for one in told] == [("services", 1, "ada")]


async def test_all_faults_come_with_their_lines_and_nothing_is_stored(
    desk: CatalogueDesk, documents: Documents, database: Sqlite
) -> None:
    await put(desk, SHOP)
    before = await database.clock()
    found = await refusal(desk, "services:\n  - ref: a\n    tier: 9\n  - teir: 1\n    ref: b\n")
    assert found.why is Why.INVALID
    assert [(one.loc, one.type) for one in found.errors] == [
        ("services.yaml:3", "services"),
        ("services.yaml:4", "services"),
    ]
    assert "did you mean tier?" in found.errors[1].msg
    assert (await active(documents), await database.clock()) == (("console", SHOP), before)


async def test_a_catalogue_is_emptied_only_by_saying_so(desk: CatalogueDesk) -> None:
    (fault,) = (await refusal(desk, "# nothing\n")).errors
    assert (fault.loc, fault.msg) == (
        "services.yaml:1",
        "document: is empty; write at least services: []",
    )
    assert (await put(desk, "services: []\n"))["services"] == 0


@pytest.mark.parametrize("given", ["1", "7", "one", "9" * 5000])
async def test_what_somebody_else_replaced_meanwhile_is_not_overwritten(
    desk: CatalogueDesk, documents: Documents, given: str
) -> None:
    await put(desk, SHOP)
    await put(desk, OFFICE, "1")
    assert (await refusal(desk, SHOP, given)).why is Why.STALE
    assert await active(documents) == ("console", OFFICE)


async def test_there_is_no_version_to_expect_before_the_first(desk: CatalogueDesk) -> None:
    assert (await refusal(desk, SHOP, "1")).why is Why.STALE


async def test_the_same_catalogue_again_changes_nothing(
    desk: CatalogueDesk, database: Sqlite
) -> None:
    first = await put(desk, SHOP)
    before = await database.clock()
    assert await put(desk, SHOP) == first
    assert await database.clock() == before


async def test_an_earlier_catalogue_is_active_again_under_its_number(desk: CatalogueDesk) -> None:
    await put(desk, SHOP)
    await put(desk, OFFICE)
    assert (await put(desk, SHOP, "2"))["version"] == 1


async def test_a_file_does_not_overwrite_what_the_console_changed(
    desk: CatalogueDesk, documents: Documents
) -> None:
    await documents.offer("services", "services", "file", SHOP)
    await put(desk, OFFICE)
    offered = await documents.offer("services", "services", "file", "services: []\n")
    assert (offered.outcome, await active(documents)) == ("conflict", ("console", OFFICE))


async def test_a_delivery_that_binds_nothing_is_a_warning_with_its_line(
    desk: CatalogueDesk,
) -> None:
    entry = "  - {{ref: {0}, delivers: [{{project: UP, milestone: {1}}}]}}\n"
    text = "services:\n" + entry.format("bound", "Go") + entry.format("loose", "Gone")
    told = await put(desk, text)
    assert told["unbound"] == [
        {
            "loc": "services.yaml:3",
            "type": "unbound",
            "msg": "services.loose.delivers: milestone 'Gone' of project 'UP' does not exist; "
            "import that plan, or correct the title",
        }
    ]
