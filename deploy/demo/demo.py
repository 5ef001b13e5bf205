"""What `make demo` runs: prepare a folder, start the hub on it and the sender beside, say where.

Everything is in one folder, `.demo/`: remove it and the demo is gone.
"""

import argparse
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path

from deploy.children import free_port, serve, start
from deploy.demo.organisation import ALERTS, EARLIER, PLAN, SECRET, prepare


def main() -> int:
    """Run the demo until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".demo"))
    parser.add_argument("--reset", action="store_true", help="throw the old demo away first")
    parser.add_argument("--speed", type=float, default=1.0, help="2: the story runs twice as fast")
    options = parser.parse_args()
    if options.reset:
        remove(options.folder)
    if prepare(options.folder, date.today()):  # noqa: DTZ011 - the day where the demo is shown
        _import_yesterday(options.folder)
    for name in (signal.SIGINT, signal.SIGTERM):  # a shell's background ignores the first
        signal.signal(name, signal.default_int_handler)
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        return _run(options.folder.resolve(), options.speed, ending)
    print(f"\nThe demo has ended. It is kept in {options.folder}/; RESET=1 starts anew.")
    return 0


def _import_yesterday(folder: Path) -> None:
    """Let the hub know the plan of a day ago, so that today's has moved a date when it comes."""
    milepost = Path(sys.executable).parent / "milepost"
    files = ["--config", str(folder / "milepost.yaml"), "--data", str(folder / "data")]
    command = [str(milepost), "import", str(folder / EARLIER), "--connector", PLAN, *files]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # what fails, serve will say


def _run(folder: Path, speed: float, ending: ExitStack) -> int:
    hub, ready = serve(folder, free_port(), ending)
    if ready is None:
        print("The hub did not start; what it said stands above.", file=sys.stderr)
        return 1
    _welcome(ready, folder)
    hook = f"{ready['listening']}/hooks/{ALERTS}"
    sender = [sys.executable, "-m", "deploy.demo.sender", hook, str(folder / SECRET)]
    log = ending.enter_context((folder / "sender.log").open("w"))
    start([*sender, "--speed", str(speed)], ending, stdout=log)
    return hub.wait()


def _welcome(ready: dict[str, str], folder: Path) -> None:
    print(f"\nMilepost is open on a sample organisation: {ready['listening']}")
    if "admin_link" in ready:
        print(f"Come in as administrator, once, by:        {ready['admin_link']}")
    else:
        milepost = Path(sys.executable).parent / "milepost"
        files = f"--config {folder / 'milepost.yaml'} --data {folder / 'data'}"
        print(f"A token to come in: {milepost} token create --role admin {files}")
    print("The first alerts arrive within seconds. Ctrl-C ends the demo.\n", flush=True)


def remove(folder: Path) -> None:
    """Remove an old demo; refuse a folder that is none."""
    if not folder.exists():
        return
    if not (folder / "plans" / "made-for").exists():
        raise SystemExit(f"{folder} holds no demo, so it is not removed")
    shutil.rmtree(folder)
