"""A simulated Jira as a process of its own, with as many issues as wanted.

    python -m tests.simulators.jira --issues 120000 --dialect cloud --port 0

Prints one line of JSON: {"url", "email", "token", "projects"}. `POST /__sim__/change?n=1000` edits
so many issues. For benchmarks and for the demo.
"""

import argparse
import asyncio
import json
import random
import sys

from aiohttp import web

from tests.simulators.jira.server import EMAIL, TOKEN, SimulatedJira
from tests.simulators.jira.site import Issue, Site

PEOPLE = 300
PROJECTS = 4
_TYPES = ("Task", "Story", "Bug", "Task", "Story")
_STATUSES = ("To Do", "In Progress", "In Review", "Done", "已完成")
_TEXT = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 12


def large(issues: int, dialect: str) -> Site:
    """Make a site of many issues: an epic for each two hundred, versions, sprints, links."""
    site = Site("cloud" if dialect == "cloud" else "server")
    chance = random.Random(1)  # noqa: S311 - no secret
    for n in range(PEOPLE):
        site.user(f"u{n}", f"User {n}", f"u{n}@example.com", "Asia/Shanghai")
    projects = [site.project(f"P{n}", f"Programme {n}") for n in range(PROJECTS)]
    versions = [
        site.version(one, f"Release {n}", f"2026-{n + 1:02}-28")
        for one in projects
        for n in range(12)
    ]
    sprints = [site.sprint(site.board(one, f"Board {one.key}"), "Sprint 7") for one in projects]
    epic: Issue | None = None
    before: Issue | None = None
    for n in range(issues):
        site.advance(1)
        at = n % PROJECTS
        if n % 200 == 0:
            epic = site.issue(projects[at], f"Epic {n}", type="Epic")
            continue
        made = site.issue(
            projects[at], f"Prepare the release of component {n}", type=chance.choice(_TYPES),
            status=chance.choice(_STATUSES), assignee=f"u{n % PEOPLE}", due="2026-11-30",
            points=float(n % 8), versions=[versions[at * 12 + n % 12].id], labels=["backend"],
            components=["core"], sprints=[sprints[at].id], parent=epic.id if epic else None,
            estimate=14_400, description=_TEXT,
        )  # fmt: skip
        if before is not None and n % 5 == 0:
            site.link(before, made)
        before = made
    site.events.clear()
    return site


async def _change(jira: SimulatedJira, request: web.Request) -> web.Response:
    site, count = jira.site, int(request.query["n"])
    site.advance(60)
    for one in list(site.issues.values())[:count]:
        site.edit(one, summary=f"{one.summary[:40]} again")
    return web.json_response({"changed": count})


async def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.jira")
    parser.add_argument("--issues", type=int, default=1000)
    parser.add_argument("--dialect", choices=("cloud", "server"), default="cloud")
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    jira = SimulatedJira(large(asked.issues, asked.dialect), asked.port, remembers=False)
    jira.extra.append(("POST", "/__sim__/change", lambda request: _change(jira, request)))
    async with jira:
        keys = [one.key for one in jira.site.projects.values()]
        said = {"url": jira.url, "email": EMAIL, "token": TOKEN, "projects": keys}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
