"""Networks whose answers were known before: N1 to N7."""

from tests.unit.plan.plans import START, critical, floats, row, run, table, units

N1 = "A3; B2 A FS+2; C2 A SS; D4 B SS+1; E1 C SF+3; F2 C FF+3; G4 D SS+1, E FS; H3 F SF+2, G FS"
N2 = "A7; B9; C12 A; D8 A, B; E9 D; F6 C, E; G5 E"
N3 = "A2; B4 A FS+5; C3 B SS+3; D5 B; E2 C, D"
N4 = "A2; B2 A; C4 A; D3 B, C SF+7; E3 C; F1 D FF+3, E"
N5 = "A1; B3 A; C2 A; D3 B; E3 C; F2 D, E; G2 F"
N6 = "A6; B2 A; C2 A; D3 B; F2 C; E4 D, F; G1 E"
N7 = "A4; B3 A SS, A FF+2"


def test_n1_all_link_types() -> None:
    plan = run(N1)
    assert units(plan.finish) == 14
    assert critical(plan) == "ABDGH"
    assert row(plan, "C") == (0, 2, 4, 6, 4, 0)
    assert row(plan, "E") == (2, 3, 6, 7, 4, 4)
    assert row(plan, "F") == (3, 5, 12, 14, 9, 9)
    assert row(plan, "D") == (6, 10, 6, 10, 0, 0)
    assert {ref: times[:2] for ref, times in table(plan, "GH").items()} == {
        "G": (7, 11),
        "H": (11, 14),
    }


def test_n2_finish_to_start_only() -> None:
    plan = run(N2)
    assert units(plan.finish) == 32
    assert critical(plan) == "BDEF"
    found = floats(plan)
    assert found["A"] == (2, 0)
    assert found["C"] == (7, 7)
    assert found["G"][0] == 1
    assert plan.critical_path() == ("B", "D", "E", "F")


def test_n3_lags() -> None:
    plan = run(N3)
    assert units(plan.finish) == 18
    assert floats(plan)["C"][0] == 3


def test_n4_start_to_finish_and_finish_to_finish_with_lag() -> None:
    plan = run(N4)
    assert units(plan.finish) == 12
    assert floats(plan)["B"] == (2, 2)
    assert floats(plan)["E"][0] == 2


def test_n5_total_float_without_free_float() -> None:
    plan = run(N5)
    assert units(plan.finish) == 11
    assert floats(plan)["C"] == (1, 0)
    assert floats(plan)["E"] == (1, 1)


def test_n6_two_tasks_share_their_float() -> None:
    plan = run(N6)
    assert units(plan.finish) == 16
    assert {ref: total for ref, (total, _) in floats(plan).items() if total} == {"C": 1, "F": 1}


def test_n7_two_links_between_one_pair() -> None:
    plan = run(N7)
    assert units(plan.finish) == 6
    assert row(plan, "B")[:2] == (3, 6)
    assert plan.start == START
