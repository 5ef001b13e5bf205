"""`python -m hub.web.openapi` writes the committed copy of the API document anew."""

import json

from hub.web.api import COMMITTED, openapi


def rendered() -> str:
    """Return the document as it is committed."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    COMMITTED.write_text(rendered(), encoding="utf-8")
