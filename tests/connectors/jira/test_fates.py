"""What the census names, and what becomes of what it does not name any more."""

import pytest

from hub.contract import Gone, Known, Named, Page
from tests.connectors.jira.conftest import Near, issue, keys, named, read, told


def gone(page: Page) -> dict[str, str]:
    return {one.key: one.why for one in page.gone}


async def test_the_census_names_every_issue_as_its_record_has_it(jira: Near) -> None:
    for number in range(250):
        jira.site.advance(1)
        jira.site.issue(jira.project, f"Task {number}")
    source = jira.source()
    pages, _ = await read(source)
    assert await named(source) == [Named("issue", one.key, one.version) for one in told(pages)]
    asked = jira.jira.asked[-1]
    assert (asked.query["fields"], int(asked.query["maxResults"]) >= 1000) == ("updated", True)


async def test_the_census_has_projects_and_versions_as_records(jira: Near) -> None:
    version = jira.site.version(jira.project, "2026.4")
    pages = [page async for page in jira.source().census()]
    assert keys(pages, "project") == [f"p{jira.project.id}"]
    assert keys(pages, "version") == [f"v{version.id}"]


async def test_r14_a_moved_issue_is_the_same_record_with_a_new_key(jira: Near) -> None:
    web = jira.site.project("WEB", "Web shop")
    one = jira.site.issue(jira.project, "Task")
    source = jira.source(projects=["ERP", "WEB"])
    _, cursor = await read(source)
    jira.site.advance(60)
    jira.site.move(one, web)
    pages, _ = await read(source, cursor)
    (found,) = told(pages)
    assert (found.key, found.body["key"]) == (str(one.id), "WEB-1")
    page = await source.fate([issue(one.id)])
    assert [record.body["key"] for record in page.records] == ["WEB-1"]


async def test_an_issue_that_moved_to_a_project_that_does_not_count_left(jira: Near) -> None:
    web = jira.site.project("WEB", "Web shop")
    one = jira.site.issue(jira.project, "Task")
    source = jira.source()
    await read(source)
    jira.site.move(one, web)
    assert await named(source) == []
    assert gone(await source.fate([issue(one.id)])) == {str(one.id): "left"}


async def test_an_issue_that_the_clause_does_not_take_any_more_left(jira: Near) -> None:
    one = jira.site.issue(jira.project, "Task", labels=["x"])
    other = jira.site.issue(jira.project, "Other", labels=["x"])
    source = jira.source(jql="labels = x")
    await read(source)
    jira.site.edit(one, labels=[])
    page = await source.fate([issue(one.id), issue(other.id)])
    assert gone(page) == {str(one.id): "left"}
    assert [record.key for record in page.records] == [str(other.id)]


async def test_r14_a_deleted_issue_is_told_as_deleted(jira: Near) -> None:
    kept = jira.site.issue(jira.project, "Kept")
    one = jira.site.issue(jira.project, "Task")
    source = jira.source()
    await read(source)
    jira.site.delete(one)
    assert [name.key for name in await named(source)] == [str(kept.id)]
    page = await source.fate([issue(one.id), issue(kept.id)])
    assert page.gone == (Gone("issue", str(one.id), str(one.id), "deleted"),)
    assert [record.key for record in page.records] == [str(kept.id)]


async def test_r14_what_is_in_a_hidden_project_is_unseen_and_comes_back_with_it(jira: Near) -> None:
    web = jira.site.project("WEB", "Web shop")
    one, version = jira.site.issue(web, "Task"), jira.site.version(web, "2026.4")
    source = jira.source(projects=["ERP", "WEB"])
    _, cursor = await read(source)
    web.visible = False
    pages, cursor = await read(source, cursor)
    assert [g for page in pages for g in page.gone] == [Gone("project", "", f"p{web.id}", "unseen")]
    assert await named(source) == []
    page = await source.fate([issue(one.id), Known("version", f"v{version.id}", f"v{version.id}")])
    assert gone(page) == {str(one.id): "unseen", f"v{version.id}": "unseen"}
    # Told once; and a restart knows of it still.
    pages, cursor = await read(source, cursor)
    assert [g for page in pages for g in page.gone] == []
    anew = jira.source(projects=["ERP", "WEB"])
    await read(anew, cursor)
    assert gone(await anew.fate([issue(one.id)])) == {str(one.id): "unseen"}
    web.visible = True
    pages, cursor = await read(source, cursor)
    assert f"p{web.id}" in keys(pages, "project")
    assert keys(pages, "version") == [f"v{version.id}"]
    assert [name.key for name in await named(source)] == [str(one.id)]
    assert [r.key for r in (await source.fate([issue(one.id)])).records] == [str(one.id)]


async def test_where_everything_counts_a_hidden_project_is_missed_too(jira: Near) -> None:
    web = jira.site.project("WEB", "Web shop")
    one = jira.site.issue(web, "Task")
    source = jira.source(projects=[])
    _, cursor = await read(source)
    web.visible = False
    await read(source, cursor)
    assert gone(await source.fate([issue(one.id)])) == {str(one.id): "unseen"}


async def test_the_only_project_hidden_empties_the_census_and_is_no_wrong_setting(
    jira: Near,
) -> None:
    one = jira.site.issue(jira.project, "Task")
    source = jira.source()
    _, cursor = await read(source)
    jira.project.visible = False
    await read(source, cursor)
    assert await named(source) == []
    assert gone(await source.fate([issue(one.id)])) == {str(one.id): "unseen"}


async def test_a_version_that_is_gone_was_deleted(jira: Near) -> None:
    version, kept = (jira.site.version(jira.project, name) for name in ("2026.4", "2026.5"))
    source = jira.source()
    await read(source)
    del jira.site.versions[version.id]
    names = [f"v{one.id}" for one in (version, kept)]
    page = await source.fate([Known("version", name, name) for name in names])
    assert gone(page) == {names[0]: "deleted"}
    assert [record.key for record in page.records] == names[1:]


@pytest.mark.parametrize("count", [100, 101, 250])
async def test_many_are_asked_about_in_parts(jira: Near, count: int) -> None:
    found = [jira.site.issue(jira.project, f"Task {n}") for n in range(count)]
    page = await jira.source().fate([issue(one.id) for one in found])
    assert {record.key for record in page.records} == {str(one.id) for one in found}
    assert page.gone == ()


async def test_what_is_asked_about_comes_with_its_links_and_who_works_on_it(jira: Near) -> None:
    site = jira.site
    site.user("li", "Li Na")
    one = site.issue(jira.project, "One", assignee="li")
    two = site.issue(jira.project, "Two")
    link = site.link(one, two)
    page = await jira.source().fate([issue(one.id), issue(two.id)])
    assert keys([page], "link") == [f"l{link.id}"]
    assert keys([page], "user") == ["li" if site.cloud else "JIRAUSERli"]
