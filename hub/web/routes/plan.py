"""Projects, milestones, tasks, and bringing plan files in."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from aiohttp import hdrs, web

from hub.services.board import Listing
from hub.services.refusals import Refusal, Why
from hub.web.bodies import pieces
from hub.web.call import PLANNERS, READERS, Call
from hub.web.operations import Operations
from hub.web.routes.answers import found
from hub.web.shapes import admin, plan
from hub.web.shapes.lists import list_query
from hub.web.shapes.words import Ref

plans = Operations("plan")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@plans.op("GET", "/api/v1/projects", roles=READERS, query=plan.ProjectsAsked, out=plan.ProjectList)
async def list_projects(call: Call, query: plan.ProjectsAsked) -> Listing | Refusal:
    """List projects."""
    return await call.services.board.page("projects", list_query(query))


@plans.op("GET", "/api/v1/projects/{ref}", roles=READERS, out=plan.Project)
async def get_project(call: Call, ref: Ref) -> bytes | Refusal:
    """Read a project."""
    return found(await call.services.board.one("projects", ref), "project", ref)


@plans.op("GET", "/api/v1/projects/{ref}/schedule", roles=READERS, out=plan.Schedule)
async def get_schedule(call: Call, ref: Ref) -> bytes | Refusal:
    """Read computed dates and both floats of a project's tasks."""
    return found(await call.services.board.schedule(ref), "project", ref)


@plans.op("GET", "/api/v1/projects/{ref}/evm", roles=READERS, out=plan.EarnedValue)
async def get_earned_value(call: Call, ref: Ref) -> bytes | Refusal:
    """Read the earned value of a project at its status date."""
    return found(await call.services.board.earned_value(ref), "project", ref)


@plans.op("GET", "/api/v1/projects/{ref}/forecast", roles=READERS, out=plan.Forecast)
async def get_forecast(call: Call, ref: Ref) -> bytes | Refusal:
    """Read the forecast of a project."""
    return found(await call.services.board.forecast(ref), "project", ref)


@plans.op(
    "GET", "/api/v1/milestones", roles=READERS, query=plan.MilestonesAsked, out=plan.MilestoneList
)
async def list_milestones(call: Call, query: plan.MilestonesAsked) -> Listing | Refusal:
    """List milestones, with health and exposure."""
    return await call.services.board.page("milestones", list_query(query))


@plans.op("GET", "/api/v1/milestones/{ref}", roles=READERS, out=plan.MilestoneInFull)
async def get_milestone(call: Call, ref: Ref) -> bytes | Refusal:
    """Read a milestone."""
    return found(await call.services.board.one("milestones", ref), "milestone", ref)


@plans.op("GET", "/api/v1/tasks", roles=READERS, query=plan.TasksAsked, out=plan.TaskList)
async def list_tasks(call: Call, query: plan.TasksAsked) -> Listing | Refusal:
    """List tasks and milestones of every tool on one board."""
    return await call.services.board.page("tasks", list_query(query))


@plans.op(
    "POST",
    "/api/v1/imports",
    roles=PLANNERS,
    query=admin.ImportAsked,
    out=plan.Imported,
    status=201,
    takes="application/octet-stream",
)
async def import_plan(call: Call, query: admin.ImportAsked) -> Mapping[str, object] | Refusal:
    """Import a plan file; the body is the file.

    The file is read as a stream. Its type is told by its content, never by its name.
    """
    limit = call.settings.upload_limit
    too_large = Refusal(Why.TOO_LARGE, f"a plan file may have {limit} bytes at most")
    if (call.request.content_length or 0) > limit:
        return too_large
    stream = _Capped(call, limit)
    try:
        return await call.services.plans.upload(
            query.connector, query.project, query.name, stream.chunks(), call.who
        )
    except _Overrun:
        return too_large


@plans.op(
    "GET",
    "/api/v1/plan-template",
    roles=READERS,
    query=admin.TemplateAsked,
    gives=XLSX,
)
async def get_plan_template(call: Call, query: admin.TemplateAsked) -> web.Response | Refusal:
    """Download an empty plan to fill in: an Excel workbook.

    It has an example and explanations. Filled in, it is imported as any plan file.
    """
    language = query.language or call.settings.locale
    written = await call.services.plans.template(query.connector, language)
    if isinstance(written, Refusal):
        return written
    return web.Response(
        body=written,
        headers={
            hdrs.CONTENT_TYPE: XLSX,
            hdrs.CONTENT_DISPOSITION: 'attachment; filename="plan.xlsx"',
            hdrs.CACHE_CONTROL: "no-store",
        },
    )


class _Overrun(Exception):
    """More bytes came than may come; raised through the reader, so that it stores nothing."""


class _Capped:
    def __init__(self, call: Call, limit: int) -> None:
        self.request = call.request
        self.left = limit

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes.

        Raises: _Overrun, before the first byte that is too many; BrokenOffError.
        """
        async for chunk in pieces(self.request):
            self.left -= len(chunk)
            if self.left < 0:
                raise _Overrun
            yield chunk
