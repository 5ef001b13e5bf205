"""The check in steps: what an admin reads before anything is read."""

from connectors.jira.browsing import browse
from connectors.jira.site import Site
from tests.connectors.jira.conftest import Near
from tests.simulators.jira import html, status


async def test_every_step_holds_where_all_is_well(jira: Near) -> None:
    jira.site.issue(jira.project, "Task")
    jira.site.board(jira.project, "ERP board")
    steps = await jira.check()
    assert [code for code, step in steps.items() if step.done is not True] == []
    assert list(steps) == [
        "reach", "version", "log-in", "projects", "permissions", "fields", "search", "choice",
    ]  # fmt: skip
    kind = "Cloud" if jira.site.cloud else "Data Center 10.3.6"
    assert f"answers as Jira {kind}" in steps["reach"].says
    assert "as Milepost; its time zone is UTC" in steps["log-in"].says
    assert "1 projects, 1 boards" in steps["choice"].says


async def test_a_wrong_token_ends_it_with_two_questions(jira: Near) -> None:
    steps = await jira.check(token="wrong")  # noqa: S106
    assert steps["log-in"].done is False
    assert "check token" in steps["log-in"].says
    assert "wrong" not in steps["log-in"].says
    assert {step.done for code, step in steps.items() if code not in {"reach", "version"}} == {
        False, None,
    }  # fmt: skip
    assert len(jira.jira.asked) == 2


async def test_a_project_that_is_not_seen_is_named(jira: Near) -> None:
    steps = await jira.check(projects=["ERP", "NOPE"])
    assert steps["projects"].done is False
    assert "does not see NOPE" in steps["projects"].says
    assert steps["search"].done is True


async def test_without_projects_it_says_that_all_count(jira: Near) -> None:
    jira.site.project("WEB", "Web shop")
    says = (await jira.check(projects=[]))["projects"].says
    assert says == "all 2 projects that the user sees count: ERP, WEB"


async def test_it_says_which_field_is_taken_for_what(jira: Near) -> None:
    says = (await jira.check())["fields"].says
    if jira.site.cloud:
        assert "start is Start date (customfield_10015)" in says
        assert "points is Story point estimate (customfield_10016)" in says
    else:
        assert "epic is Epic Link (customfield_10101)" in says
        assert "none is known for start, points: name it in `fields`" in says
    assert "sprint is Sprint" in says
    assert "several fields are called Target" in says


async def test_a_field_that_is_not_there_is_named(jira: Near) -> None:
    steps = await jira.check(fields={"points": "customfield_99999"})
    assert steps["fields"].done is False
    assert "fields.points: customfield_99999" in steps["fields"].says


async def test_r6_a_log_in_page_is_told_as_one(jira: Near) -> None:
    jira.jira.weather.always = html()
    steps = await jira.check()
    assert steps["reach"].done is False
    assert "log-in page" in steps["reach"].says


async def test_a_clause_that_jira_refuses_is_told_in_its_words(jira: Near) -> None:
    steps = await jira.check(jql="colour = red")
    assert steps["search"].done is False
    assert "Field 'colour' does not exist" in steps["search"].says


async def test_what_there_is_to_choose_from_is_listed_page_by_page(jira: Near) -> None:
    for number in range(120):
        jira.site.project(f"P{number}", f"Project {number}")
        jira.site.board(jira.project, f"Board {number}")
    settings = jira.settings()
    found = await browse(Site(settings, jira.wire(settings)).session)
    assert len(found.projects) == 121
    assert found.boards is not None
    assert len(found.boards) == 120
    assert found.boards[0]["project"] == "ERP"


async def test_a_site_without_boards_is_no_fault(jira: Near) -> None:
    jira.jira.weather.next(*[status(404)] * 2, on="/rest/agile/")
    steps = await jira.check()
    assert steps["choice"].done is True
    assert "boards" not in steps["choice"].says
