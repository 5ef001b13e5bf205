"""A Jira in this process: Cloud and Data Center from one world, as the vendor's documents say.

    site = Site("cloud")                       # or "server", which is Data Center
    erp = site.project("ERP", "ERP renewal")
    one = site.issue(erp, "Prepare the release", type="Story", due="2026-04-01")
    async with SimulatedJira(site) as jira:    # real HTTP on loopback: `jira.url`
        site.edit(one, summary="Prepare it")   # what people do
        site.advance(60)                       # its clock stands until a test moves it
        jira.weather.next(too_many(retry_after="120"))

Read `site` (the world and what people do to it), then `server` (who answers what), `shapes` (the
JSON of each thing in both dialects), `jql`, `search` and `weather`.
"""

from tests.simulators.jira.server import SimulatedJira
from tests.simulators.jira.site import Issue, Project, Site, User, Version
from tests.simulators.jira.weather import dropped, html, late_drop, silence, status, too_many

__all__ = [
    "Issue",
    "Project",
    "SimulatedJira",
    "Site",
    "User",
    "Version",
    "dropped",
    "html",
    "late_drop",
    "silence",
    "status",
    "too_many",
]
