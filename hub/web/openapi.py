"""The committed copy of the API document. `python -m hub.web.openapi` writes it anew."""

import json
from pathlib import Path
from typing import Final

from hub.web.api import openapi

COMMITTED: Final = Path(__file__).with_name("openapi.json")


def rendered() -> str:
    """Return the document as it is committed."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    COMMITTED.write_text(rendered(), encoding="utf-8")
