"""Runs the bench; what it measures is listed in docs/reference/performance.md."""

import sys

from deploy.bench.command import main

if __name__ == "__main__":
    sys.exit(main())
