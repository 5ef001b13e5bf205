"""Resources, assignments and custom fields."""

import pytest

from tests.connectors.msproject import plans
from tests.connectors.msproject.plans import Plan


@pytest.fixture(scope="module")
def people() -> Plan:
    return plans.fixture("people.xml")


def test_nobody_and_blank_rows_are_no_resources(people: Plan) -> None:
    assert set(people.of("resource")) == {"1", "2", "3"}
    assert people.notes("warnings")["record_without_uid"] == 1
    assert [one.message for one in people.rejected] == ["the resource 'No UID' has no UID"]


def test_a_resource_keeps_its_rate_unscaled(people: Plan) -> None:
    ana = people.mapped("resource")["1"]
    assert ana == {
        "title": "Ana",
        "kind": "work",
        "email": "ana@example.com",
        "group": "Backend",
        "max_units": 0.5,
        "standard_rate": 50.0,
        "calendar": "1",
        "custom": {},
    }


def test_a_cost_resource_is_told_from_a_material_one(people: Plan) -> None:
    kinds = {key: values["kind"] for key, values in people.mapped("resource").items()}
    assert kinds == {"1": "work", "2": "material", "3": "cost"}


def test_an_assignment_has_minutes_and_currency_units(people: Plan) -> None:
    values = people.mapped("assignment")["1"]
    assert (values["task"], values["resource"], values["units"]) == ("1", "1", 0.5)
    assert (values["work_minutes"], values["actual_work_minutes"]) == (1200, 240)
    assert (values["remaining_work_minutes"], values["cost"]) == (960, 1000.0)


def test_an_assignment_of_nobody_names_no_resource(people: Plan) -> None:
    assert "resource" not in people.mapped("assignment")["2"]


def test_assignments_without_a_task_of_ours_are_left_out_and_told(people: Plan) -> None:
    assert set(people.of("assignment")) == {"1", "2"}
    assert people.summary["assignments"] == 3
    assert people.notes("warnings")["assignment_to_unknown_task"] == 1
    losses = people.notes("losses")
    assert losses == {"rates": 1, "assignment_to_project_row": 1, "timephased_data": 2}


def test_custom_values_stand_under_the_names_that_people_see() -> None:
    plan = plans.fixture("custom-fields.xml")
    assert plan.mapped("task")["1"]["custom"] == {
        "Team": "Blue",
        "Team (Text2)": "Second",
        "Number1": "12.5",
        "Stage": "Build.Backend",
        "188743999": "lost",
        "Outline Code1": "A7",
    }
    assert plan.mapped("resource")["1"]["custom"] == {"Team (Text1)": "Red"}
    assert plan.notes("losses") == {"custom_field_unknown": 1}


def test_the_project_lists_what_its_custom_fields_are_called() -> None:
    names = plans.fixture("custom-fields.xml").mapped("project")["0"]["custom_fields"]
    assert isinstance(names, dict)
    assert names["Team (Text2)"] == "Text2"
    assert names["Stage"] == "Text3"
