"""What people and tools do to the real hub through the API, and what it tells live of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar

from tests.integration.web.conftest import Open, firing

pytestmark = pytest.mark.asyncio(loop_scope="module")


def named(name: str, status: str = "firing") -> dict[str, Any]:
    """Return a webhook with one alert of a new name."""
    one = firing()
    alert = one["alerts"][0]
    alert["labels"]["alertname"] = name
    alert["fingerprint"] = f"{abs(hash(name)):016x}"
    return {**one, "alerts": [{**alert, "status": status}], "status": status}


@asynccontextmanager
async def stream(opened: Open, **headers: str) -> AsyncIterator[ClientResponse]:
    sent = {"Authorization": f"Bearer {opened.tokens['viewer']}", **headers}
    answer = await opened.http.get(f"{opened.address}/api/v1/events", headers=sent)
    assert answer.status == 200
    try:
        yield answer
    finally:
        answer.close()


async def event(answer: ClientResponse) -> dict[str, str]:
    """Return the next block that is not a comment."""
    async with asyncio.timeout(10):
        while True:
            lines = []
            while line := (await answer.content.readline()).decode().strip("\n"):
                lines.append(line)
            if found := dict(one.split(": ", 1) for one in lines if one[0] != ":"):
                return found


async def test_a_webhook_is_told_live_and_its_number_resumes(opened: Open) -> None:
    async with stream(opened) as live:
        begun = (await event(live))["id"]
        answer = await opened.post(named("LiveOne"))
        assert (answer.status, (await answer.json())["accepted"]) == (202, 1)
        told = await event(live)
    change = orjson.loads(told["data"])
    assert (told["event"], int(told["id"])) == ("change", change["seq"])
    async with stream(opened, **{"Last-Event-ID": begun}) as again:
        await event(again)
        assert int((await event(again))["id"]) <= int(told["id"])
    listed = await opened.get(f"/api/v1/changes?after={begun}")
    assert change["seq"] in [one["seq"] for one in listed["items"]]


async def test_a_place_that_never_was_is_told_to_read_anew(opened: Open) -> None:
    async with stream(opened, **{"Last-Event-ID": "999999999"}) as live:
        await event(live)
        told = await event(live)
    assert (told["event"], orjson.loads(told["data"])["seq"]) == ("resync", int(told["id"]))


async def test_a_webhook_is_checked_in_the_order_of_the_contract(opened: Open) -> None:
    over = opened.hub.services.intake.max_body + 1
    wrong_secret = await opened.post(b"not json", given="guess")
    not_json = await opened.post(b"not json")
    other_tool = await opened.post({"issue": 1})
    too_big = await opened.post(b"x" * over, given="guess")
    nobody = await opened.http.post(f"{opened.address}/hooks/nobody", data=b"")
    got = [one.status for one in (nobody, too_big, wrong_secret, not_json, other_tool)]
    assert got == [404, 413, 401, 422, 422]


async def test_a_bad_element_goes_to_the_quarantine_and_the_rest_counts(opened: Open) -> None:
    webhook = named("Half")
    webhook["alerts"].append({"status": "firing", "labels": "none"})
    answer = await opened.post(webhook)
    told = await answer.json()
    assert (answer.status, told["accepted"]) == (202, 1)
    found = await opened.get(f"/api/v1/quarantine?receipt={quote(told['receipt'], safe='')}")
    assert len(found["items"]) == 1
    tried = await opened.ask(
        "POST", f"/api/v1/quarantine/{quote(found['items'][0]['id'], safe='')}/retry"
    )
    assert tried.status == 409, await tried.text()


async def test_an_incident_is_changed_once_and_the_second_is_too_late(opened: Open) -> None:
    [first, *_] = (await opened.get("/api/v1/incidents"))["items"]
    path = f"/api/v1/incidents/{quote(first['ref'], safe='')}"
    etag = (await opened.ask("GET", path)).headers["ETag"]
    done = await opened.ask(
        "PATCH", path, "ops", json={"commander": "韩梅梅"}, headers={"If-Match": etag}
    )
    late = await opened.ask("PATCH", path, "ops", json={"priority": 1}, headers={"If-Match": etag})
    assert (done.status, (await done.json())["commander"]) == (200, "韩梅梅")
    assert (late.status, done.headers["ETag"] != etag) == (412, True)
    assert (await opened.ask("PATCH", path, "pm", json={"priority": 1})).status == 403
    audit = await opened.get("/api/v1/audit", "admin")
    assert first["ref"] in [one["ref"] for one in audit["items"]]


async def test_alerts_are_split_off_and_merged_back(opened: Open) -> None:
    whole = next(
        one for one in (await opened.get("/api/v1/incidents"))["items"] if len(one["alerts"]) > 1
    )
    path = f"/api/v1/incidents/{quote(whole['ref'], safe='')}"
    split = await opened.ask("POST", f"{path}/split", "ops", json={"alerts": whole["alerts"][:1]})
    assert split.status == 201, await split.text()
    apart = await split.json()
    assert apart["alerts"] == whole["alerts"][:1]
    merged = await opened.ask("POST", f"{path}/merge", "ops", json={"incidents": [apart["ref"]]})
    assert merged.status == 200, await merged.text()
    assert set((await merged.json())["alerts"]) == set(whole["alerts"])


async def test_a_rejected_link_stays_rejected(opened: Open) -> None:
    [link, *_] = (await opened.get("/api/v1/links?state=linked"))["items"]
    path = f"/api/v1/links/{quote(link['id'], safe='')}"
    told = await opened.ask("POST", f"{path}/reject", "pm", json={"reason": "另一个系统"})
    assert (told.status, (await told.json())["state"]) == (200, "rejected")
    await opened.post(firing())
    again = await opened.get("/api/v1/links?state=rejected")
    assert link["id"] in [one["id"] for one in again["items"]]


async def test_a_plan_is_uploaded_and_shows_on_the_board(opened: Open) -> None:
    plan = (opened.folder / "plans" / "office.xml").read_bytes()
    answer = await opened.ask(
        "POST", "/api/v1/imports?project=UP%2F1&name=%E8%AE%A1%E5%88%92.xml", "pm", data=plan
    )
    assert answer.status == 201, await answer.text()
    project = (await answer.json())["project"]
    assert project == "file:project:UP/1"
    board = await opened.get(f"/api/v1/tasks?project={quote(project, safe='')}&limit=1000&count=1")
    assert board["total"] > 0
    schedule = await opened.get(f"/api/v1/projects/{quote(project, safe='')}/schedule")
    assert len(schedule["tasks"]) == board["total"]
    task = board["items"][0]["ref"]
    assert task.startswith(("file:task:UP/1/", "file:milestone:UP/1/"))


async def test_a_file_that_is_no_plan_is_refused_and_nothing_is_half_done(opened: Open) -> None:
    before = await opened.get("/api/v1/projects")
    answer = await opened.ask("POST", "/api/v1/imports?name=x.xml", "pm", data=b"<html/>")
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    after = await opened.get("/api/v1/projects")
    assert [p["ref"] for p in before["items"]] == [p["ref"] for p in after["items"]]


async def test_a_mapping_is_previewed_on_a_stored_record(opened: Open) -> None:
    [alert, *_] = (await opened.get("/api/v1/alerts"))["items"]
    full = await opened.get(f"/api/v1/alerts/{quote(alert['ref'], safe='')}")
    answer = await opened.ask(
        "POST",
        "/api/v1/mappings/preview",
        "pm",
        json={"document": "prometheus/alert", "record": full["raw"]},
    )
    told = await answer.json()
    assert (answer.status, told["to"]) == (200, "alert"), told
    assert {step["field"] for step in told["steps"]} >= {"title", "severity", "starts_at"}


async def test_a_replay_says_first_what_it_would_change(opened: Open) -> None:
    answer = await opened.ask(
        "POST", "/api/v1/replays", json={"connector": "am-main", "diff": True}
    )
    told = await answer.json()
    assert (answer.status, told["diff"]) == (200, True), told
    assert told["records"] > 0


async def test_the_first_admin_comes_in_by_the_link_and_only_once(opened: Open) -> None:
    link = await opened.hub.stores.access.create_link()
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        first = await browser.get(f"{opened.address}/login?link={link}", allow_redirects=False)
        me = await (await browser.get(f"{opened.address}/api/v1/me")).json()
        again = await browser.get(f"{opened.address}/login?link={link}", allow_redirects=False)
        ended = await browser.delete(
            f"{opened.address}/api/v1/session", headers={"X-Milepost-CSRF": me["csrf"]}
        )
        after = await browser.get(f"{opened.address}/api/v1/me")
    assert (first.headers["Location"], me["role"], me["via"]) == ("/", "admin", "session")
    assert again.headers["Location"] == "/login?failed=link"
    assert (ended.status, after.status) == (204, 401)
