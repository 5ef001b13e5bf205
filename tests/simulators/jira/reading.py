"""What a Jira answers to readers: itself, its tables, its issues and what hangs on them."""

import json
from typing import Any, Final

from aiohttp import web

from tests.simulators.jira.search import Search, refusal
from tests.simulators.jira.shapes import Json, Shapes
from tests.simulators.jira.site import (
    LINK_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    STATUSES,
    TYPES,
    Issue,
    Project,
    Site,
)

MOST_BULK: Final = 100
_MISSING: Final = "Issue does not exist or you do not have permission to see it."


class ReadingRoutes:
    """The paths that change nothing."""

    def __init__(self, site: Site, shapes: Shapes, search: Search) -> None:
        self.site, self.shapes, self.search = site, shapes, search

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serve the paths."""
        api = "/rest/api/{v:[23]}"
        get, post = router.add_get, router.add_post
        get(f"{api}/serverInfo", self.server_info)
        get(f"{api}/myself", self.myself)
        get(f"{api}/mypermissions", self.permissions)
        get(f"{api}/field", self.fields)
        for name, made in self._tables().items():
            get(f"{api}/{name}", _table(made))
        get(f"{api}/issueLinkType", self.link_types)
        get(f"{api}/project", self.projects)
        get(f"{api}/project/search", self.project_pages)
        get(f"{api}/project/{{key}}", self.one_project)
        get(f"{api}/project/{{key}}/versions", self.versions)
        get(f"{api}/project/{{key}}/components", self.components)
        get(f"{api}/version/{{id}}", self.one_version)
        for way in (get, post):
            way(f"{api}/search/jql", self.search_jql)
            way(f"{api}/search", self.search_old)
        post(f"{api}/search/approximate-count", self.count)
        post(f"{api}/issue/bulkfetch", self.bulk)
        get(f"{api}/issue/{{key}}", self.issue)
        get(f"{api}/issue/{{key}}/changelog", self.changelog)
        get(f"{api}/issue/{{key}}/comment", self.comments)
        get(f"{api}/issue/{{key}}/worklog", self.worklogs)
        get(f"{api}/worklog/updated", self.worklogs_updated)
        get(f"{api}/worklog/deleted", self.worklogs_deleted)
        post(f"{api}/worklog/list", self.worklog_list)
        get("/rest/agile/1.0/board", self.boards)
        get("/rest/agile/1.0/board/{id}/sprint", self.sprints)

    async def server_info(self, request: web.Request) -> web.Response:
        """Say what this is."""
        version = "1001.0.0-SNAPSHOT" if self.site.cloud else "10.3.6"
        said: Json = {
            "baseUrl": self.shapes.base, "version": version,
            "versionNumbers": [1001, 0, 0] if self.site.cloud else [10, 3, 6],
            "deploymentType": "Cloud" if self.site.cloud else "Server", "buildNumber": 100_287,
            "buildDate": "2026-01-05T00:00:00.000+0000", "scmInfo": "0" * 40,
            "serverTitle": "Jira", "serverTime": self.shapes.iso(self.site.clock),
        }  # fmt: skip
        del request
        return web.json_response(said)

    async def myself(self, request: web.Request) -> web.Response:
        """Say who asks."""
        del request
        return web.json_response(self.shapes.user(self.site.browser))

    async def permissions(self, request: web.Request) -> web.Response:
        """Say what who asks may do."""
        asked = str(request.query.get("permissions") or "").split(",")
        found = {
            key: {"id": "1", "key": key, "name": key, "type": "PROJECT", "description": "",
                  "havePermission": True}
            for key in asked
            if key
        }  # fmt: skip
        return web.json_response({"permissions": found})

    async def fields(self, request: web.Request) -> web.Response:
        """List the fields."""
        del request
        return web.json_response(self.shapes.all_fields())

    def _tables(self) -> dict[str, Any]:
        shapes = self.shapes
        return {
            "issuetype": lambda: [shapes.type(name) for name in TYPES],
            "status": lambda: [shapes.status(name) for name in STATUSES],
            "priority": lambda: [shapes.priority(name) for name in PRIORITIES],
            "resolution": lambda: [
                {"self": f"{shapes.base}/r", "id": id_, "name": name, "description": ""}
                for name, id_ in RESOLUTIONS.items()
            ],
        }

    async def link_types(self, request: web.Request) -> web.Response:
        """List the types of links."""
        del request
        found = [self.shapes.link_type(name) for name in LINK_TYPES]
        return web.json_response({"issueLinkTypes": found})

    def _visible(self) -> list[Project]:
        return [one for one in self.site.projects.values() if one.visible]

    async def projects(self, request: web.Request) -> web.Response:
        """List the projects; a Cloud would rather be asked for pages, and answers still."""
        del request
        return web.json_response([self.shapes.project(one) for one in self._visible()])

    async def project_pages(self, request: web.Request) -> web.Response:
        """List the projects page by page; only a Cloud has this."""
        if not self.site.cloud:
            return refusal(404, "No project could be found with key 'search'.")
        start, most = _place(request, 50)
        found = sorted(self._visible(), key=lambda one: one.key)
        page = found[start : start + most]
        link = f"{self.shapes.base}{request.path}?startAt={start}&maxResults={most}"
        return web.json_response(
            {"self": link, "maxResults": most, "startAt": start, "total": len(found),
             "isLast": start + most >= len(found),
             "values": [self.shapes.project(one) for one in page]}
        )  # fmt: skip

    def _project(self, request: web.Request) -> Project | None:
        key = request.match_info["key"]
        return next((one for one in self._visible() if key in (one.key, str(one.id))), None)

    async def one_project(self, request: web.Request) -> web.Response:
        """Show a project."""
        found = self._project(request)
        if found is None:
            key = request.match_info["key"]
            return refusal(404, f"No project could be found with key '{key}'.")
        return web.json_response(self.shapes.project(found))

    async def versions(self, request: web.Request) -> web.Response:
        """List the versions of a project."""
        found = self._project(request)
        if found is None:
            return refusal(404, "No project could be found.")
        mine = [one for one in self.site.versions.values() if one.project == found.id]
        return web.json_response([self.shapes.version(one) for one in mine])

    async def one_version(self, request: web.Request) -> web.Response:
        """Show a version, where its project is seen."""
        found = self.site.versions.get(int(request.match_info["id"]))
        if found is None or found.project not in {one.id for one in self._visible()}:
            return refusal(404, "The version does not exist or you may not view it.")
        return web.json_response(self.shapes.version(found))

    async def components(self, request: web.Request) -> web.Response:
        """List the components of a project."""
        found = self._project(request)
        if found is None:
            return refusal(404, "No project could be found.")
        names = sorted(
            {name for one in self.site.issues.values() if one.project == found.id
             for name in one.components}
        )  # fmt: skip
        return web.json_response(
            [{"self": f"{self.shapes.base}/c", "id": str(sum(map(ord, name))), "name": name,
              "project": found.key, "projectId": found.id} for name in names]
        )  # fmt: skip

    async def search_jql(self, request: web.Request) -> web.Response:
        """Search as a Cloud does."""
        if not self.site.cloud:
            raise web.HTTPNotFound
        asked = dict(request.query) or json.loads(await request.read() or b"{}")
        return self.search.cloud(asked, _version(request))

    async def search_old(self, request: web.Request) -> web.Response:
        """Search as a Data Center does; a Cloud says that this is gone."""
        if self.site.cloud:
            said = (
                "The requested API has been removed. Please migrate to the /rest/api/3/search/jql "
                "API."
            )
            return refusal(410, said)
        asked = dict(request.query) or json.loads(await request.read() or b"{}")
        return self.search.server(asked)

    async def count(self, request: web.Request) -> web.Response:
        """Count what a query finds."""
        if not self.site.cloud:
            raise web.HTTPNotFound
        return self.search.count(json.loads(await request.read()))

    def _issue(self, request: web.Request) -> Issue | None:
        found = self.site.by_key(request.match_info["key"])
        return found if found is not None and self.site.may_see(found) else None

    async def issue(self, request: web.Request) -> web.Response:
        """Show an issue as it is, whatever the index has."""
        found = self._issue(request)
        if found is None:
            return refusal(404, _MISSING)
        fields = [one for one in str(request.query.get("fields") or "*all").split(",") if one]
        made = self.shapes.issue(found, fields, _version(request))
        if "changelog" in str(request.query.get("expand") or ""):
            rows = [self.shapes.history(row) for row in reversed(found.changelog)]
            made["changelog"] = {
                "startAt": 0, "maxResults": len(rows), "total": len(rows), "histories": rows[:100],
            }  # fmt: skip
        return web.json_response(made)

    async def bulk(self, request: web.Request) -> web.Response:
        """Show several issues; those that are not there, or hidden, are named as errors."""
        if not self.site.cloud:
            raise web.HTTPNotFound
        asked = json.loads(await request.read())
        keys = [str(one) for one in asked.get("issueIdsOrKeys") or ()]
        if not 0 < len(keys) <= MOST_BULK:
            return refusal(400, f"Between 1 and {MOST_BULK} issues can be fetched.")
        found = [(key, self.site.by_key(key)) for key in keys]
        seen = {one.id: one for _, one in found if one is not None and self.site.may_see(one)}
        lost = [key for key, one in found if one is None or one.id not in seen]
        fields = [str(one) for one in asked.get("fields") or ("*navigable",)]
        made = [self.shapes.issue(one, fields, _version(request)) for one in seen.values()]
        errors = [{"id": key, "errorMessage": _MISSING} for key in lost]
        return web.json_response({"issues": made, "issueErrors": errors})

    async def changelog(self, request: web.Request) -> web.Response:
        """Page through the changelog, oldest first."""
        found = self._issue(request)
        if found is None:
            return refusal(404, _MISSING)
        start, most = _place(request, 100)
        rows = found.changelog[start : start + most]
        total = len(found.changelog)
        return web.json_response(
            {"self": f"{self.shapes.base}{request.path}", "maxResults": most, "startAt": start,
             "total": total, "isLast": start + most >= total,
             "values": [self.shapes.history(row) for row in rows]}
        )  # fmt: skip

    async def comments(self, request: web.Request) -> web.Response:
        """Page through the comments."""
        found = self._issue(request)
        if found is None:
            return refusal(404, _MISSING)
        return web.json_response(
            self.shapes.comments(found, *_place(request, 100), _version(request))
        )

    async def worklogs(self, request: web.Request) -> web.Response:
        """Page through the logged work."""
        found = self._issue(request)
        if found is None:
            return refusal(404, _MISSING)
        return web.json_response(
            self.shapes.worklogs(found, *_place(request, 5000), _version(request))
        )

    async def worklogs_updated(self, request: web.Request) -> web.Response:
        """Name the worklogs that were written since."""
        rows = [(log["id"], log["at"]) for one in self.site.issues.values() for log in one.worklogs]
        return self._feed(request, rows)

    async def worklogs_deleted(self, request: web.Request) -> web.Response:
        """Name the worklogs that were deleted since."""
        return self._feed(request, self.site.gone_worklogs)

    def _feed(self, request: web.Request, rows: list[tuple[int, int]]) -> web.Response:
        since = int(request.query.get("since") or 0)
        found = sorted((at, id_) for id_, at in rows if at >= since)[:1000]
        values = [{"worklogId": id_, "updatedTime": at, "properties": []} for at, id_ in found]
        until = found[-1][0] if found else self.site.clock
        return web.json_response(
            {"values": values, "since": since, "until": until, "lastPage": True,
             "self": f"{self.shapes.base}{request.path}"}
        )  # fmt: skip

    async def worklog_list(self, request: web.Request) -> web.Response:
        """Show worklogs by their ids."""
        wanted = set(json.loads(await request.read()).get("ids") or ())
        version = _version(request)
        return web.json_response(
            [self.shapes.worklog(one, row, version) for one in self.site.issues.values()
             for row in one.worklogs if row["id"] in wanted]
        )  # fmt: skip

    async def boards(self, request: web.Request) -> web.Response:
        """Page through the boards."""
        start, most = _place(request, 50)
        found = [
            {"id": one.id, "self": f"{self.shapes.base}/rest/agile/1.0/board/{one.id}",
             "name": one.name, "type": "scrum",
             "location": {"projectId": one.project,
                          "projectKey": self.site.projects[one.project].key,
                          "projectName": self.site.projects[one.project].name}}
            for one in self.site.boards.values()
        ]  # fmt: skip
        return web.json_response(_paged(found, start, most))

    async def sprints(self, request: web.Request) -> web.Response:
        """Page through the sprints of a board."""
        start, most = _place(request, 50)
        found = [
            {"id": one.id, "self": f"{self.shapes.base}/rest/agile/1.0/sprint/{one.id}",
             "state": one.state, "name": one.name, "originBoardId": one.board, "goal": "",
             **({"startDate": one.start} if one.start else {}),
             **({"endDate": one.end} if one.end else {})}
            for one in self.site.sprints.values()
            if one.board == int(request.match_info["id"])
        ]  # fmt: skip
        return web.json_response(_paged(found, start, most))


def _paged(found: list[Json], start: int, most: int) -> Json:
    return {
        "maxResults": most, "startAt": start, "total": len(found),
        "isLast": start + most >= len(found), "values": found[start : start + most],
    }  # fmt: skip


def _place(request: web.Request, most: int) -> tuple[int, int]:
    start = int(request.query.get("startAt") or 0)
    return start, min(int(request.query.get("maxResults") or most), most)


def _version(request: web.Request) -> int:
    return int(request.match_info["v"])


def _table(made: Any) -> Any:
    async def answer(request: web.Request) -> web.Response:
        del request
        return web.json_response(made())

    return answer
