"""What the soak says of its figures."""

from datetime import UTC, datetime

from deploy.soak import report


def test_each_row_names_its_test_and_what_was_counted() -> None:
    rows = [{"test": "test_a_storm[6.0]", "figures": {"missed": 0, "s": 1.5, "dsn": "a|b"}}]
    text = report(rows, datetime(2026, 1, 2, tzinfo=UTC), passed=True)
    assert "# Soak of 2026-01-02" in text
    assert "every test passed" in text
    assert "| a storm[6.0] | missed 0; s 1.5; dsn a/b |" in text


def test_a_failed_run_says_so() -> None:
    assert "not every test passed" in report([], datetime(2026, 1, 2, tzinfo=UTC), passed=False)
