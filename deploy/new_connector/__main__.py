"""`python -m deploy.new_connector NAME`: start a connector and say what comes next."""

import sys
from pathlib import Path

from deploy.new_connector.starting import CannotStartError, start

ROOT = Path(__file__).resolve().parents[2]
_NEXT = """\
Next:
  make setup: the hub learns of the new entry point
  .venv/bin/python -m pytest tests/connectors/{name}: passes as it stands
  .venv/bin/python -m deploy.quality: what was seen of it, into the README
  docs/guides/first-connector.md: what to change, in which order
"""


def main() -> int:
    """Start the connector that is named; the status is 1 when it cannot be."""
    name = " ".join(sys.argv[1:])
    try:
        made = start(ROOT, name)
    except CannotStartError as error:
        print(f"new-connector: {error}", file=sys.stderr)
        return 1
    print("Made:\n" + "".join(f"  {path}\n" for path in made))
    print(_NEXT.format(name=name), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
