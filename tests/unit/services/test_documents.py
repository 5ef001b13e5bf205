"""Who owns a mapping: shipped, a file beside the settings, or the console."""

import pytest

from hub.services.changes import Change
from hub.services.mapping_desk import DocumentVersion
from hub.store.changelog import StoredChanges
from hub.store.documents import Documents
from hub.store.sqlite import Sqlite

NAME = "prometheus/alert"


@pytest.fixture
def documents(database: Sqlite) -> Documents:
    return Documents(database)


async def offer(documents: Documents, origin: str, text: str) -> str:
    return (await documents.offer("mapping", NAME, origin, text)).outcome


async def console(documents: Documents, text: str) -> DocumentVersion | None:
    draft = await documents.add_draft("mapping", NAME, text, "ada")
    return await documents.activate(draft.id, "ada")


async def active(documents: Documents) -> tuple[str, str]:
    version = await documents.active_one("mapping", NAME)
    assert version is not None
    return version.origin, version.text


async def told(database: Sqlite) -> list[Change]:
    return await StoredChanges(database).changes(0, 100)


async def test_what_is_shipped_is_active_until_somebody_says_otherwise(
    documents: Documents,
) -> None:
    assert await offer(documents, "shipped", "one") == "applied"
    assert await active(documents) == ("shipped", "one")


async def test_the_same_text_again_changes_nothing(documents: Documents, database: Sqlite) -> None:
    await offer(documents, "shipped", "one")
    before = await database.clock()
    assert await offer(documents, "shipped", "one") == "same"
    assert await offer(documents, "file", "one") == "same"
    assert await database.clock() == before


async def test_a_new_release_replaces_what_the_old_one_shipped(documents: Documents) -> None:
    await offer(documents, "shipped", "one")
    assert await offer(documents, "shipped", "two") == "applied"
    assert await active(documents) == ("shipped", "two")


async def test_a_file_wins_over_what_is_shipped(documents: Documents) -> None:
    await offer(documents, "shipped", "one")
    assert await offer(documents, "file", "own") == "applied"
    assert await active(documents) == ("file", "own")


async def test_a_changed_file_becomes_a_new_version(documents: Documents) -> None:
    await offer(documents, "file", "own")
    assert await offer(documents, "file", "own, better") == "applied"
    assert await offer(documents, "file", "own") == "applied"
    versions = await documents.versions("mapping", NAME)
    assert [(v.number, v.text, v.active) for v in versions] == [
        (1, "own", False),
        (2, "own, better", False),
        (3, "own", True),
    ]


async def test_a_new_release_is_offered_where_the_admin_has_an_own_one(
    documents: Documents,
) -> None:
    await offer(documents, "shipped", "one")
    await offer(documents, "file", "own")
    for _ in range(2):
        assert await offer(documents, "shipped", "two") == "kept"
    assert await active(documents) == ("file", "own")
    versions = await documents.versions("mapping", NAME)
    assert [(v.origin, v.text) for v in versions if not v.active] == [
        ("shipped", "one"),
        ("shipped", "two"),
    ]


async def test_a_draft_of_the_console_does_not_count_until_it_is_activated(
    documents: Documents,
) -> None:
    await offer(documents, "file", "own")
    await documents.add_draft("mapping", NAME, "draft", "ada")
    assert await active(documents) == ("file", "own")
    assert await offer(documents, "file", "own, better") == "applied"


async def test_a_file_does_not_overwrite_what_the_console_changed_since(
    documents: Documents,
) -> None:
    await offer(documents, "file", "own")
    await console(documents, "from the console")
    for _ in range(2):  # as long as the two differ, each start says so
        assert await offer(documents, "file", "own, better") == "conflict"
    assert await active(documents) == ("console", "from the console")
    versions = await documents.versions("mapping", NAME)
    assert [(v.origin, v.text) for v in versions] == [
        ("file", "own"),
        ("console", "from the console"),
        ("file", "own, better"),
    ]


async def test_a_conflict_ends_when_a_person_activates_the_files_version(
    documents: Documents,
) -> None:
    await offer(documents, "file", "own")
    await console(documents, "from the console")
    await offer(documents, "file", "own, better")
    await documents.activate(f"mapping:{NAME}@3", "ada")
    assert await offer(documents, "file", "own, better") == "same"
    assert await offer(documents, "file", "own, best") == "applied"


async def test_a_version_that_the_console_went_back_to_stays(documents: Documents) -> None:
    await offer(documents, "shipped", "one")
    await offer(documents, "shipped", "two")
    await documents.activate(f"mapping:{NAME}@1", "ada")
    assert await offer(documents, "shipped", "two") == "kept"
    assert await offer(documents, "shipped", "three") == "kept"
    assert await active(documents) == ("shipped", "one")


async def test_a_file_does_not_undo_a_way_back_that_the_console_took(documents: Documents) -> None:
    await offer(documents, "shipped", "one")
    await offer(documents, "file", "own")
    await documents.activate(f"mapping:{NAME}@1", "ada")
    assert await offer(documents, "file", "own, better") == "conflict"
    assert await active(documents) == ("shipped", "one")


async def test_documents_of_other_names_and_kinds_are_left_alone(documents: Documents) -> None:
    await offer(documents, "shipped", "one")
    await documents.offer("mapping", "zabbix/problem", "shipped", "z")
    await documents.offer("services", NAME, "file", "s")
    await console(documents, "from the console")
    assert [(v.name, v.text) for v in await documents.active("mapping")] == [
        (NAME, "from the console"),
        ("zabbix/problem", "z"),
    ]
    assert [v.text for v in await documents.active("services")] == ["s"]


async def test_the_same_draft_twice_is_one_version(documents: Documents) -> None:
    first = await documents.add_draft("mapping", NAME, "draft", "ada")
    assert await documents.add_draft("mapping", NAME, "draft", "bob") == first
    assert len(await documents.versions("mapping", NAME)) == 1


async def test_activating_tells_a_change_and_a_draft_tells_none(
    documents: Documents, database: Sqlite
) -> None:
    await offer(documents, "shipped", "one")
    draft = await documents.add_draft("mapping", NAME, "draft", "ada")
    assert [(c.type, c.kind, c.version) for c in await told(database)] == [
        ("created", "mapping", 1)
    ]
    for _ in range(2):  # the second time nothing is left to do
        await documents.activate(draft.id, "ada")
    assert [(c.type, c.ref, c.version, c.cause) for c in (await told(database))[1:]] == [
        ("updated", f"hub:mapping:{NAME}", 2, "ada")
    ]


async def test_there_is_one_active_version_whatever_happens(documents: Documents) -> None:
    await offer(documents, "shipped", "one")
    await offer(documents, "file", "own")
    await console(documents, "console")
    await documents.activate(f"mapping:{NAME}@2", "ada")
    assert [v.active for v in await documents.versions("mapping", NAME)] == [False, True, False]


async def test_an_unknown_version_is_none(documents: Documents) -> None:
    assert await documents.activate(f"mapping:{NAME}@1", "ada") is None
    assert await documents.version("mapping:none@1") is None
    assert await documents.active_one("mapping", NAME) is None
