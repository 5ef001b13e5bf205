"""Streaming: the same file twice, any chunk size, bounded memory."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Anomalous
from tests.connectors.msproject import plans
from tests.generators import mspdi

HEAD = b'<Project xmlns="http://schemas.microsoft.com/project">'


class Trickle(io.RawIOBase):
    """Gives at most a few bytes at once, as a socket or a pipe does."""

    def __init__(self, data: bytes, most: int) -> None:
        self._data = io.BytesIO(data)
        self._most = most

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, self._most) if size >= 0 else self._most)


def generated(**size: int) -> tuple[bytes, dict[str, int]]:
    out = io.BytesIO()
    counts = mspdi.write(out, mspdi.Size(**size))
    return out.getvalue(), counts


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(tasks=st.integers(1, 120), assignments=st.integers(0, 60), most=st.integers(500, 9000))
def test_any_plan_is_counted_and_the_same_file_twice_changes_nothing(
    tasks: int, assignments: int, most: int
) -> None:
    data, counts = generated(tasks=tasks, assignments=assignments, resources=5)
    plan = plans.content(data)
    assert {key: plan.summary[key] for key in counts} == counts
    again = plans.read(Trickle(data, most))  # type: ignore[arg-type]  # a BinaryIO by its read
    assert again == plan


def test_every_record_has_its_own_key_and_a_version() -> None:
    data, _ = generated(tasks=300, assignments=100)
    plan = plans.content(data)
    keys = {(record.kind, record.key) for record in plan.records}
    assert len(keys) == len(plan.records)
    assert all(record.version for record in plan.records)


def test_a_changed_name_changes_the_version_of_that_task_only() -> None:
    data, _ = generated(tasks=100, assignments=30)
    changed = data.replace(b"<Name>task 48 ", b"<Name>Task 48 ")
    before = {(r.kind, r.key): r.version for r in plans.content(data).records}
    after = {(r.kind, r.key): r.version for r in plans.content(changed).records}
    assert {key for key in before if before[key] != after[key]} == {("task", "48")}


def test_the_projects_own_record_comes_last() -> None:
    data, _ = generated(tasks=60)
    assert plans.content(data).records[-1].kind == "project"


def test_the_title_is_known_with_the_first_page() -> None:
    rows = b"".join(b"<Task><UID>%d</UID></Task>" % uid for uid in range(1, 900))
    data = HEAD + b"<Title>Known</Title><Tasks>" + rows + b"</Tasks></Project>"
    reading = plans.importer().read(io.BytesIO(data))
    assert len(next(reading).records) == 100
    assert reading.summary["title"] == "Known"
    list(reading)
    assert reading.summary["tasks"] == 899


def test_pages_stay_small() -> None:
    data, _ = generated(tasks=2000, assignments=100)
    assert max(len(page.records) for page in plans.importer().read(io.BytesIO(data))) == 100


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD + b"<Unknown>", b"</Unknown></Project>"),
        (HEAD + b"<Tasks>", b"</Tasks></Project>"),
        (HEAD, b"</Project>"),
    ],
)
def test_unknown_elements_are_no_news(before: bytes, after: bytes) -> None:
    plan = plans.content(before + b"<a><b>x</b></a>" * 20_000 + after)
    assert plan.summary["tasks"] == 0


def test_one_endless_element_is_refused_before_it_fills_the_memory() -> None:
    data = HEAD + b"<Tasks><Task><UID>1</UID>" + b"<a>x</a>" * 800_000
    with pytest.raises(Anomalous, match="one element before byte"):
        plans.content(data)


def test_time_phased_data_may_be_longer_than_any_element() -> None:
    phased = b"<TimephasedData><UID>1</UID><Value>PT8H0M0S</Value></TimephasedData>" * 80_000
    task = b"<Tasks><Task><UID>1</UID><Name>A</Name></Task></Tasks>"
    begin = b"<Assignments><Assignment><UID>1</UID><TaskUID>1</TaskUID>"
    data = HEAD + task + begin + phased + b"</Assignment></Assignments></Project>"
    assert plans.content(data).notes("losses")["timephased_data"] == 80_000


MEASURE = """
import sys
from connectors.msproject import CONNECTOR
reading = CONNECTOR.importer(CONNECTOR.settings()).read(open(sys.argv[1], "rb"))
count = sum(len(page.records) for page in reading)
# What getrusage says of memory begins with the parent's: a child is a copy of it until its exec.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(count, peak.split()[1])
"""


def measured(path: Path, **size: int) -> tuple[int, float]:
    with path.open("wb") as out:
        mspdi.write(out, mspdi.Size(**size))
    command = [sys.executable, "-c", MEASURE, str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    records, kibibytes = answer.stdout.split()
    return int(records), int(kibibytes) / 1024


@pytest.mark.slow
def test_ten_times_the_plan_needs_little_more_memory(tmp_path: Path) -> None:
    _, small = measured(tmp_path / "small.xml", tasks=500, assignments=500)
    records, large = measured(tmp_path / "large.xml", tasks=5000, assignments=5000)
    assert records > 10_000
    assert large - small < 20, "mebibytes"


@pytest.mark.soak
def test_52500_tasks_stay_under_150_mebibytes(tmp_path: Path) -> None:
    records, mebibytes = measured(tmp_path / "plan.xml", tasks=52_500, assignments=50_000)
    assert (tmp_path / "plan.xml").stat().st_size > 118_000_000
    assert records > 150_000
    assert mebibytes < 150
