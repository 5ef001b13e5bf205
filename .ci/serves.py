"""Try an installed hub: serve from an empty folder, ask /readyz and the page, stop it."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

# A proxy of the environment must not stand between this machine and itself.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str) -> tuple[int, str]:
    """Return status and text of an address on loopback."""
    with _direct.open(url, timeout=30) as answer:
        return answer.status, answer.read().decode()


def main(command: str, folder: Path) -> None:
    """Start the hub in `folder`, which does not exist yet, and look at it."""
    folder.mkdir()
    hub = subprocess.Popen(
        [command, "serve", "--json", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        line = hub.stdout.readline() if hub.stdout else ""
        if not line:
            raise SystemExit(f"milepost serve ended with status {hub.wait()}")
        address = json.loads(line)["listening"]
        status, ready = get(f"{address}/readyz")
        print(f"wheel: /readyz {status} {ready}")
        page = get(f"{address}/")[1]
        if '<script type="module"' not in page:
            raise SystemExit("wheel: GET / is not the built page")
        print("wheel: GET / is the built page")
    finally:
        hub.terminate()
        hub.wait(30)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
