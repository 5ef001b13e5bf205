"""The simulated Jira against Atlassian's own documents, operation by operation."""

import base64
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.simulators.jira import SimulatedJira, Site
from tests.simulators.jira.server import EMAIL, TOKEN
from tests.simulators.jira.vendor import AGILE, PLATFORM, Vendor

pytestmark = pytest.mark.needs_reference
FOLDER = Path(os.environ.get("MILEPOST_REFERENCE", "../shared")) / "data" / "jira"
LOG_IN = {"Authorization": "Basic " + base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()}


def sample() -> Site:
    """Make a site with one of everything."""
    site = Site("cloud")
    site.user("ada", "Ada", "ada@example.com", "Asia/Shanghai")
    erp = site.project("ERP", "ERP renewal")
    version = site.version(erp, "ERP go-live", "2026-06-30")
    sprint = site.sprint(site.board(erp, "ERP board"), "Sprint 7")
    epic = site.issue(erp, "Go live", type="Epic")
    story = site.issue(
        erp, "Prepare the release 准备发布", type="Story", parent=epic.id, assignee="ada",
        due="2026-04-01", start="2026-03-01", points=5, versions=[version.id], labels=["a"],
        components=["core"], sprints=[sprint.id], description="One\nTwo", estimate=3600,
    )  # fmt: skip
    site.issue(erp, "A part", type="Sub-task", parent=story.id, priority=None)
    site.link(story, epic)
    site.edit(story, status="Done", resolution="Done")
    site.comment(story, "Looks good 好")
    site.log_work(story, 1800)
    return site


@pytest.fixture
def vendor() -> Vendor:
    """Return the document of the platform."""
    return Vendor.read(FOLDER / PLATFORM)


@pytest.fixture
async def jira() -> AsyncIterator[SimulatedJira]:
    """Return a running site."""
    async with SimulatedJira(sample()) as made:
        yield made


STORY = ["summary", "status", "updated", "issuetype", "project", "priority", "assignee"]
OPERATIONS: list[tuple[str, str, Any]] = [
    ("GET", "serverInfo", None),
    ("GET", "myself", None),
    ("GET", "mypermissions?permissions=BROWSE_PROJECTS,CREATE_ISSUES", None),
    ("GET", "field", None),
    ("GET", "issuetype", None),
    ("GET", "status", None),
    ("GET", "priority", None),
    ("GET", "resolution", None),
    ("GET", "issueLinkType", None),
    ("GET", "project", None),
    ("GET", "project/search?startAt=0&maxResults=10", None),
    ("GET", "project/ERP", None),
    ("GET", "project/NONE", None),
    ("GET", "project/ERP/versions", None),
    ("GET", "project/ERP/components", None),
    ("GET", "search/jql?jql=project%3DERP&maxResults=2&fields=summary", None),
    ("POST", "search/jql", {"jql": "project = ERP", "fields": STORY, "maxResults": 2}),
    ("POST", "search/jql", {"jql": "order by key"}),
    ("POST", "search/approximate-count", {"jql": "project = ERP"}),
    ("GET", "issue/ERP-2?fields=summary", None),
    ("GET", "issue/NONE-1", None),
    ("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["ERP-2", "1"], "fields": ["summary"]}),
    ("GET", "issue/ERP-2/changelog", None),
    ("GET", "issue/ERP-2/comment", None),
    ("GET", "issue/ERP-2/worklog", None),
    ("GET", "worklog/updated?since=0", None),
    ("GET", "worklog/deleted?since=0", None),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS, ids=lambda v: str(v)[:40])
async def test_each_operation_is_asked_and_answered_as_the_document_says(
    jira: SimulatedJira, vendor: Vendor, method: str, path: str, body: Any
) -> None:
    async with (
        aiohttp.ClientSession(headers=LOG_IN) as session,
        session.request(method, f"{jira.url}/rest/api/3/{path}", json=body) as answer,
    ):
        said = await answer.read()
        faults = vendor.faults(jira.asked[-1], answer.status, said)
    assert faults == []


async def test_every_field_of_an_issue_is_as_the_document_says(
    jira: SimulatedJira, vendor: Vendor
) -> None:
    async with aiohttp.ClientSession(headers=LOG_IN) as session:
        for key in ("ERP-1", "ERP-2", "ERP-3"):
            async with session.get(f"{jira.url}/rest/api/3/issue/{key}") as answer:
                fields = (await answer.json())["fields"]
            assert list(vendor.issue_faults(fields)) == []


@pytest.mark.parametrize("path", ["board", "board/{}/sprint"])
async def test_boards_and_sprints_are_as_the_document_says(jira: SimulatedJira, path: str) -> None:
    vendor = Vendor.read(FOLDER / AGILE)
    board = next(iter(jira.site.boards))
    async with (
        aiohttp.ClientSession(headers=LOG_IN) as session,
        session.get(f"{jira.url}/rest/agile/1.0/{path.format(board)}") as answer,
    ):
        faults = vendor.faults(jira.asked[-1], answer.status, await answer.read())
    assert faults == []


async def test_a_property_that_the_document_does_not_list_is_a_fault(
    jira: SimulatedJira, vendor: Vendor
) -> None:
    async with (
        aiohttp.ClientSession(headers=LOG_IN) as session,
        session.get(f"{jira.url}/rest/api/3/project/ERP/versions?odd=1") as answer,
    ):
        told = json.loads(await answer.read())
    told[0]["moon"] = "full"
    faults = vendor.faults(jira.asked[-1], 200, json.dumps(told).encode())
    assert len(faults) == 2
    assert "odd" in faults[0]
    assert "moon" in faults[1]
