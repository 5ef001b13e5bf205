"""The sample plan and services, read by the hub's own connector, documents and schedule."""

import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from connectors.msproject import CONNECTOR
from deploy.demo.organisation import settings
from hub import mapping
from hub.app.sample.axis import STATUS, Axis
from hub.app.sample.mspdi import document as plan_file
from hub.app.sample.work import tasks
from hub.model.plan import Calendar, CalendarException, Dependency, Project, Task
from hub.plan import Schedule, schedule_project
from hub.services.catalogue.document import load

TODAY = date(2026, 11, 23)


@cache
def entities() -> dict[str, dict[str, Mapping[str, Any]]]:
    """Map every record of the sample plan with the shipped documents."""
    assert CONNECTOR.importer is not None
    importer = CONNECTOR.importer(CONNECTOR.settings())
    found: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for page in importer.read(io.BytesIO(plan_file(tasks(), Axis(TODAY)))):
        assert not page.rejected
        for record in page.records:
            found[record.kind][record.key] = mapping.apply(document(record.kind), record).values
    return found


@cache
def document(kind: str) -> mapping.Document:
    text = files("mappings").joinpath("msproject", f"{kind}.yaml").read_text("utf-8")
    return mapping.load(text, name=f"{kind}.yaml")


def build(what: type, ref: str, values: Mapping[str, Any]) -> Any:
    names = {item.name for item in fields(what)}
    given = {"ref": ref, "project": "OFFICE", **values}
    given["baselines"] = ()
    return what(**{name: value for name, value in given.items() if name in names})


@pytest.fixture(scope="module")
def computed() -> Schedule:
    found = entities()
    values = next(iter(found["project"].values()))
    names = {item.name for item in fields(Calendar)}
    calendars = [
        Calendar(
            **{
                **{name: value for name, value in calendar.items() if name in names},
                "ref": ref,
                "week": tuple(tuple(map(tuple, day)) for day in calendar["week"]),
                "exceptions": tuple(
                    CalendarException(
                        item["first"], item["last"], tuple(map(tuple, item["hours"] or ()))
                    )
                    for item in calendar["exceptions"]
                ),
            }
        )
        for ref, calendar in found["calendar"].items()
    ]
    schedule = schedule_project(
        build(Project, "OFFICE", {"key": "OFFICE", **values}),
        [build(Task, key, task) for key, task in found["task"].items()],
        [Dependency(**{**link, "lag": int(link["lag"])}) for link in found["dependency"].values()],
        calendars,
    )
    assert schedule is not None
    return schedule


def test_nothing_of_the_plan_is_left_out() -> None:
    found = entities()
    assert len(found["task"]) == len(tasks())
    assert len(found["calendar"]) == 1
    assert sum(row["kind"] == "milestone" for row in found["task"].values()) == 14


def test_the_hub_computes_the_stored_dates(computed: Schedule) -> None:
    axis = Axis(TODAY)
    for task in tasks():
        if task.row.code:
            times = computed.times(str(task.uid))
            assert times is not None
            assert times.early_finish == axis.ends(task.now.finish), task.row.title


def test_the_hub_computes_the_stored_slack(computed: Schedule) -> None:
    for task in tasks():
        if task.row.code and task.now.finish > STATUS:
            times = computed.times(str(task.uid))
            assert times is not None
            assert times.total_float == task.now.total_slack, task.row.title
            assert times.critical is task.critical, task.row.title


def test_the_catalogue_has_no_fault() -> None:
    text = settings()["services.yaml"].decode()
    assert len(load(text, name="services.yaml")) == 18
