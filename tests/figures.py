"""What a run counted or measured: printed, and kept where the evidence is written."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

Tell = Callable[..., None]
"""Takes what was counted, by name; the words stand in the table as they are."""


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Tell:
    """Return a way to tell figures; `MILEPOST_FIGURES` names the file that they are added to."""

    def tell(**counted: object) -> None:
        row = {"test": request.node.name, "figures": counted}
        line = json.dumps(row, ensure_ascii=False)
        print(line)  # noqa: T201 - for who runs it with -s
        if path := os.environ.get("MILEPOST_FIGURES"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    return tell
