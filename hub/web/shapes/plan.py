"""The plan side: projects, milestones, tasks, and what is computed from them."""

from pydantic import AwareDatetime, BaseModel, Field

from hub.model.words import DependencyType, LagKind, Rag, TaskKind, TaskStatus
from hub.web.shapes.lists import Items, Paged
from hub.web.shapes.words import Condition, Line, Moment, Origin, Reason


class Project(BaseModel):
    """One plan."""

    ref: str
    key: str
    title: str
    start: Moment | None
    finish: Moment | None
    status_date: Moment | None = Field(description="Cut-off of earned value; not guessed.")
    currency: str | None
    source: Origin
    timezone: str | None = None
    minutes_per_day: int | None = None
    calendar: str | None = None
    tasks: int | None = None
    milestones: int | None = None
    critical_tasks: int | None = None
    percent: float | None = None
    health: Condition | None = None
    version: int | None = None


class ProjectList(Items[Project]):
    """Projects."""


class ProjectsAsked(Paged):
    """Filters of projects."""

    key: tuple[Line, ...] = ()
    connector: tuple[Line, ...] = ()


class Forecasted(BaseModel):
    """When it will be: even odds and four to one."""

    p50: Moment | None
    p80: Moment | None


class MoveCause(Reason):
    """A reason for a move: the task that changed, and who answers for it."""

    task: str | None = Field(description="Ref of the task that changed itself; null: none named.")
    owners: list[str] = Field(description="Who works on it, else the manager; empty: not known.")


class Move(BaseModel):
    """What an import of the plan did to the date of a milestone."""

    at: AwareDatetime = Field(description="When the plan came in.")
    before: Moment
    after: Moment
    days: int = Field(description="Calendar days; later is positive.")
    causes: list[MoveCause] = Field(description="At most three, the largest first; never empty.")


class Milestone(BaseModel):
    """A date that was promised, and what speaks for and against it."""

    ref: str
    title: str
    project: str
    due: Moment | None
    baseline: Moment | None
    actual: Moment | None
    forecast: Forecasted | None
    float_days: float | None = Field(description="Working days, as the hub computes them.")
    float_source_days: float | None = Field(description="Working days, as the tool says.")
    critical: bool | None
    health: Condition
    exposure: float = Field(description="0 to 100: how much open incidents hurt it.")
    incidents: list[str]
    risks: list[str]
    services: list[str]
    gate: dict[str, object] | None
    moved: Move | None = Field(description="The last move of its date; null: none known.")
    project_title: str | None = None
    source: Origin | None = None
    version: int | None = None


class MilestoneInFull(Milestone):
    """A milestone with the moves of its date."""

    moves: list[Move] = Field(description="Newest first, 20 at most.")


class MilestoneList(Items[Milestone]):
    """Milestones."""


class MilestonesAsked(Paged):
    """Filters of milestones."""

    project: tuple[Line, ...] = ()
    connector: tuple[Line, ...] = ()
    rag: tuple[Rag, ...] = ()
    service: tuple[Line, ...] = ()
    incident: tuple[Line, ...] = ()
    critical: bool | None = None


class Task(BaseModel):
    """A row of the unified board."""

    ref: str
    title: str
    project: str
    parent: str | None
    kind: TaskKind
    status: TaskStatus
    status_raw: str
    assignees: list[str]
    start: Moment | None
    finish: Moment | None
    due: Moment | None
    percent: float | None
    source: Origin
    order: int | None = None
    outline_level: int | None = None
    wbs: str | None = None
    baseline: Moment | None = None
    actual: Moment | None = None
    duration_minutes: int | None = None
    critical: bool | None = None
    float_days: float | None = None
    float_source_days: float | None = None
    version: int | None = None
    code: str | None = Field(None, description="What people call it, as ERP-12 in Jira.")
    points: float | None = None
    type_raw: str | None = Field(None, description="The tool's own word for what it is.")
    sprint: str | None = None
    labels: tuple[str, ...] = ()
    milestones: tuple[str, ...] = Field((), description="Refs of the milestones that it is for.")
    priority: int | None = None
    resolution: str | None = None


class TaskList(Items[Task]):
    """Tasks and milestones of every tool on one board."""


class TasksAsked(Paged):
    """Filters of tasks."""

    project: tuple[Line, ...] = ()
    connector: tuple[Line, ...] = ()
    kind: tuple[TaskKind, ...] = ()
    status: tuple[TaskStatus, ...] = ()
    assignee: tuple[Line, ...] = ()
    parent: tuple[Line, ...] = ()
    code: tuple[Line, ...] = ()


class Computed(BaseModel):
    """Computed dates and floats of one task, beside what the tool says of the same."""

    ref: str
    early_start: Moment | None
    early_finish: Moment | None
    late_start: Moment | None
    late_finish: Moment | None
    float_days: float | None
    free_float_days: float | None
    float_source_days: float | None
    free_float_source_days: float | None
    critical: bool | None
    critical_source: bool | None
    title: str | None = None
    kind: TaskKind | None = None
    status: TaskStatus | None = None
    parent: str | None = None
    percent: float | None = None
    start: Moment | None = Field(None, description="As the plan has it; likewise `finish`, `due`.")
    finish: Moment | None = None
    due: Moment | None = None
    baseline_start: Moment | None = Field(None, description="Of baseline 0.")
    baseline_finish: Moment | None = None
    reasons: tuple[Reason, ...] = ()


class Arrow(BaseModel):
    """A dependency as the schedule used it."""

    predecessor: str
    successor: str
    type: DependencyType
    lag: float
    lag_kind: LagKind


class Schedule(BaseModel):
    """The network of one project, computed."""

    project: str
    as_of: AwareDatetime
    start: Moment | None
    finish: Moment | None
    tasks: list[Computed]
    dependencies: list[Arrow]
    reasons: list[Reason]


class EarnedValue(BaseModel):
    """Earned value at the status date; what cannot be computed is null and has a reason."""

    project: str
    status_date: Moment | None
    currency: str | None
    bac: float | None = Field(description="Budget at completion.")
    pv: float | None = Field(description="Planned value.")
    ev: float | None = Field(description="Earned value.")
    ac: float | None = Field(description="Actual cost.")
    cv: float | None
    sv: float | None
    cpi: float | None
    spi: float | None
    eac: float | None = Field(description="Estimate at completion, typical: BAC / CPI.")
    eac_atypical: float | None = Field(description="AC + BAC - EV.")
    eac_both: float | None = Field(description="AC + (BAC - EV) / (CPI x SPI).")
    etc: float | None
    vac: float | None
    tcpi_bac: float | None
    tcpi_eac: float | None
    reasons: list[Reason]
    earned_schedule: float | None = None
    spi_t: float | None = Field(None, description="Schedule index in time, not in money.")


class ForecastOfMilestone(BaseModel):
    """The forecast of one milestone."""

    ref: str
    p50: Moment | None
    p80: Moment | None
    reasons: list[Reason]
    p10: Moment | None = None
    p90: Moment | None = None


class Forecast(BaseModel):
    """The forecast of a project: what was computed, by which method, from what."""

    project: str
    as_of: AwareDatetime
    method: str | None
    p50: Moment | None
    p80: Moment | None
    milestones: list[ForecastOfMilestone]
    reasons: list[Reason]
    runs: int | None = None
    seed: int | None = None


class Imported(BaseModel):
    """What came in with a plan file; the same as `milepost import --json` prints."""

    project: str
    title: str | None
    file_type: str
    tasks: int
    null_tasks: int
    milestones: int
    summaries: int
    critical_tasks: int
    resources: int
    assignments: int
    dependencies: int
    dep_FS: int  # noqa: N815 - the name of the field
    dep_FF: int  # noqa: N815 - the name of the field
    dep_SF: int  # noqa: N815 - the name of the field
    dep_SS: int  # noqa: N815 - the name of the field
    deps_with_lag: int
    calendars: int
    project_start: str | None = Field(description="Wall-clock time, as the file has it.")
    project_finish: str | None
    status_date: str | None
    currency: str | None
    minutes_per_day: int | None
    sum_cost_leaf_tasks: float | None
    root_task_cost: float | None
    warnings: list[object]
    losses: list[object]
    changed: dict[str, object] | None = Field(None, description="What differs from before.")
