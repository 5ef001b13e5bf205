"""What `make lab` runs: real servers on loopback with a hub connected; thrown away at the end."""

import json
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.children import free_port, serve

_FOLDER: Final = Path(".lab")
_LAB: Final = (sys.executable, "-m", "deploy.lab")


def main() -> int:
    """Run the lab until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        return _run(_FOLDER.resolve(), ending)
    print("\nThe lab is thrown away.")
    return 0


def _run(folder: Path, ending: ExitStack) -> int:
    port, secret = free_port(), secrets.token_urlsafe(24)
    servers = folder / "servers"
    folder.mkdir(mode=0o755, exist_ok=True)
    ending.callback(shutil.rmtree, folder, ignore_errors=True)
    ending.callback(subprocess.run, [*_LAB, "down", str(servers)], check=False)
    hook = f"http://127.0.0.1:{port}/hooks/am-main"
    command = [*_LAB, "up", str(servers), "--webhook", hook, "--secret", secret]
    up = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if up.returncode:
        return up.returncode
    addresses = json.loads(up.stdout)
    (folder / "milepost.yaml").write_text(yaml.safe_dump(_settings(addresses, secret)))
    hub, ready = serve(folder, port, ending)
    if ready is None:
        print("The hub did not start; what it said stands above.", file=sys.stderr)
        return 1
    print(json.dumps({**addresses, **ready}, indent=1))
    print("Ctrl-C ends the hub and the servers, and throws their data away.", flush=True)
    return hub.wait()


def _settings(addresses: dict[str, Any], secret: str) -> dict[str, Any]:
    """Connect the hub to everything; the secret lives as long as the lab does."""
    return {
        "organisation": {"name": "Lab", "timezone": "UTC", "locale": "en"},
        "store": addresses["postgres"],
        "bus": addresses["rabbitmq"],
        "connectors": {
            "am-main": {
                "type": "prometheus",
                "prometheus_url": addresses["prometheus"],
                "alertmanager_urls": addresses["alertmanagers"],
                "webhook_secret": secret,
            }
        },
    }


if __name__ == "__main__":
    sys.exit(main())
