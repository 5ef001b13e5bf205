"""The entry point: the commands together, and how a failure ends."""

import sys

from hub.cli import checking, connecting, doctoring, importing, mapping, serving, tokens
from hub.cli.program import app, fail
from hub.errors import HubError

COMMANDS = (serving, importing, mapping, checking, doctoring, connecting, tokens)
"""Each module adds its commands to `app` when it is imported."""


def main() -> None:
    """Run the command line."""
    try:
        app()
    except HubError as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(130)
