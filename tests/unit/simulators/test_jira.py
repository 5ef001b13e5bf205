"""The simulated Jira where the facts of real ones are easily got wrong."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.simulators.jira import SimulatedJira, Site, dropped, html, late_drop, too_many
from tests.simulators.jira.server import EMAIL, TOKEN

BASIC = {"Authorization": "Basic " + base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@asynccontextmanager
async def opened(site: Site) -> AsyncIterator[tuple[SimulatedJira, aiohttp.ClientSession]]:
    """Run a site, and somebody who asks it."""
    async with (
        SimulatedJira(site) as jira,
        aiohttp.ClientSession(jira.url, headers=BASIC if site.cloud else BEARER) as session,
    ):
        yield jira, session


async def found(session: aiohttp.ClientSession, jql: str, **asked: Any) -> dict[str, Any]:
    """Search on a Cloud."""
    body = {"jql": jql, "fields": ["updated"], **asked}
    async with session.post("/rest/api/3/search/jql", json=body) as answer:
        assert answer.status == 200, await answer.text()
        made: dict[str, Any] = await answer.json()
        return made


def keys(page: dict[str, Any]) -> list[str]:
    """Name the issues of a page."""
    return [one["key"] for one in page["issues"]]


async def test_each_dialect_has_only_its_own_search_and_log_in() -> None:
    async with opened(Site("cloud")) as (_, session):
        async with session.get("/rest/api/2/search?jql=project=ERP") as answer:
            assert answer.status == 410
        async with session.get("/rest/api/2/myself", headers=BEARER) as answer:
            assert answer.status == 401
    site = Site("server")
    site.project("ERP", "ERP")
    async with opened(site) as (_, session):
        async with session.get("/rest/api/2/search/jql?jql=project=ERP") as answer:
            assert answer.status == 404
        async with session.get("/rest/api/2/search?jql=project=ERP") as answer:
            assert (await answer.json())["total"] == 0


async def test_a_query_without_restriction_is_refused_on_a_cloud_only() -> None:
    async with opened(Site("cloud")) as (_, session):
        body = {"jql": "order by key"}
        async with session.post("/rest/api/3/search/jql", json=body) as answer:
            assert answer.status == 400
            assert (await answer.json())["errorMessages"][0].startswith("Unbounded")


async def test_pages_are_short_and_empty_and_go_on_by_their_token() -> None:
    site = Site("cloud")
    erp = site.project("ERP", "ERP")
    for n in range(7):
        site.issue(erp, f"Work {n}")
    async with opened(site) as (jira, session):
        jira.search.short_by, jira.search.empty_next = 1, 1
        sizes, token, seen = [], None, list[str]()
        while True:
            asked: dict[str, Any] = {"nextPageToken": token} if token else {}
            page = await found(session, "project = ERP order by id asc", maxResults=3, **asked)
            sizes.append(len(page["issues"]))
            seen += keys(page)
            token = page.get("nextPageToken")
            if page["isLast"]:
                break
        assert token is None
        assert sizes == [0, 2, 2, 3]
        assert seen == [f"ERP-{n}" for n in range(1, 8)]


async def test_a_token_is_bound_to_its_query() -> None:
    site = Site("cloud")
    erp = site.project("ERP", "ERP")
    for n in range(3):
        site.issue(erp, f"Work {n}")
    async with opened(site) as (_, session):
        page = await found(session, "project = ERP", maxResults=1)
        body = {"jql": "project in (ERP)", "nextPageToken": page["nextPageToken"]}
        async with session.post("/rest/api/3/search/jql", json=body) as answer:
            assert answer.status == 400


async def test_search_lags_behind_and_a_single_read_does_not() -> None:
    site = Site("cloud", index_lag=60)
    erp = site.project("ERP", "ERP")
    one = site.issue(erp, "Work")
    async with opened(site) as (_, session):
        assert keys(await found(session, "project = ERP")) == []
        assert keys(await found(session, "project = ERP", reconcileIssues=[one.id])) == ["ERP-1"]
        site.advance(60)
        assert keys(await found(session, "project = ERP")) == ["ERP-1"]
        site.delete(one)
        assert keys(await found(session, "project = ERP")) == ["ERP-1"]
        async with session.get("/rest/api/3/issue/ERP-1") as answer:
            assert answer.status == 404
        site.advance(60)
        assert keys(await found(session, "project = ERP")) == []


@pytest.mark.parametrize(
    ("zone", "literal", "epoch"),
    [
        ("UTC", "2026-02-02 02:40", 1_770_000_000_000),
        ("Asia/Shanghai", "2026-02-02 10:40", 1_770_000_000_000),
        ("Asia/Kathmandu", "2026-02-02 08:25", 1_770_000_000_000),
        ("America/Los_Angeles", "2026-02-01 18:40", 1_770_000_000_000),
    ],
)
async def test_a_date_is_read_in_the_zone_of_who_asks(zone: str, literal: str, epoch: int) -> None:
    site = Site("cloud", clock=epoch)
    site.users["hub"].zone = zone
    site.issue(site.project("ERP", "ERP"), "Work")
    async with opened(site) as (_, session):
        assert keys(await found(session, f'updated >= "{literal}"')) == ["ERP-1"]
        later = literal[:-1] + str(int(literal[-1]) + 1)
        assert keys(await found(session, f'updated >= "{later}"')) == []
        assert keys(await found(session, f"updated >= {epoch}")) == ["ERP-1"]
        assert keys(await found(session, f"updated >= {epoch + 1}")) == []


async def test_a_moved_issue_is_found_by_its_old_key_and_a_hidden_one_is_not() -> None:
    site = Site("cloud")
    erp, shop = site.project("ERP", "ERP"), site.project("SHOP", "Shop")
    one = site.issue(erp, "Work")
    site.move(one, shop)
    async with opened(site) as (_, session):
        async with session.get("/rest/api/3/issue/ERP-1?fields=project") as answer:
            told = await answer.json()
            assert (told["id"], told["key"]) == (str(one.id), "SHOP-1")
        shop.visible = False
        async with session.get("/rest/api/3/issue/SHOP-1") as answer:
            assert answer.status == 404
        body = {"issueIdsOrKeys": [str(one.id)]}
        async with session.post("/rest/api/3/issue/bulkfetch", json=body) as answer:
            told = await answer.json()
            assert (told["issues"], len(told["issueErrors"])) == ([], 1)


async def test_embedded_lists_are_cut_and_paged_ones_are_whole() -> None:
    site = Site("cloud")
    one = site.issue(site.project("ERP", "ERP"), "Work")
    for n in range(25):
        site.comment(one, f"Comment {n}")
        site.log_work(one, 60)
    async with opened(site) as (_, session):
        async with session.get("/rest/api/3/issue/ERP-1?fields=comment,worklog") as answer:
            fields = (await answer.json())["fields"]
            assert len(fields["comment"]["comments"]) == len(fields["worklog"]["worklogs"]) == 20
            assert fields["comment"]["total"] == 25
        async with session.get("/rest/api/3/issue/ERP-1/comment?startAt=20") as answer:
            assert len((await answer.json())["comments"]) == 5


async def test_weather_strikes_once_each_and_where_it_is_meant_to() -> None:
    site = Site("cloud")
    site.project("ERP", "ERP")
    async with opened(site) as (jira, session):
        jira.weather.next(too_many("120", reason="jira-burst-based"), html(), on="/search/jql")
        async with session.get("/rest/api/3/myself") as answer:
            assert answer.status == 200
        url = "/rest/api/3/search/jql?jql=project=ERP"
        async with session.get(url) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "120")
        async with session.get(url) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
        async with session.get(url) as answer:
            assert await answer.json() == {"isLast": True, "issues": []}
        for fault in (dropped(), late_drop()):
            jira.weather.next(fault)
            with pytest.raises(aiohttp.ClientError):
                await session.post("/rest/api/3/search/jql", json={"jql": "project = ERP"})
        assert jira.weather.waiting == 0
