"""A hub as people run it: the real command in a folder of its own, with a real store."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from hub.store import Stores, open_database
from tests.integration.hub import warm
from tests.integration.hub.client import Answer, Client, until
from tests.integration.hub.samples import envelope

SECRET: Final = "a secret of these tests"  # noqa: S105
MILEPOST: Final = Path(sys.executable).parent / "milepost"
_PATIENCE: Final = 60


class RunningHub:
    """One hub: `milepost.yaml`, `services.yaml` and `data` in `folder`, the process, a token."""

    def __init__(self, folder: Path, store: str, **settings: Any) -> None:
        self.folder = folder
        self.store = store
        self.log = folder / "hub.log"
        self.base = ""
        self.token = ""
        self._process: warm.Started | None = None
        self.configure(**settings)

    def configure(self, **settings: Any) -> None:
        """Write `milepost.yaml` anew."""
        given = {
            "organisation": {"name": "Test", "timezone": "Asia/Shanghai"},
            "store": self.store,
            "connectors": {"am": {"type": "prometheus", "webhook_secret": SECRET}},
            **settings,
        }
        # By way of JSON: a list that two connectors share would become an alias, which is refused.
        self.write("milepost.yaml", yaml.safe_dump(json.loads(json.dumps(given))))

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the hub's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def services(self, *services: Mapping[str, Any]) -> None:
        """Write `services.yaml`; the hub reads it at its next start."""
        self.write("services.yaml", yaml.safe_dump({"services": list(services)}))

    @property
    def api(self) -> Client:
        """The API, as an admin."""
        return Client(self.base, self.token)

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def command(self, *words: str) -> list[str]:
        """Return a command line of this hub."""
        files = ["--config", str(self.folder / "milepost.yaml"), "--data", str(self.data)]
        return [str(MILEPOST), *words, *files]

    @property
    def data(self) -> Path:
        """The folder of the embedded store."""
        return self.folder / "data"

    def cli(self, *words: str, status: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a command beside the hub."""
        done = warm.run(self.command(*words)[1:], timeout=120)
        if status is not None:
            assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done

    def told(self, *words: str, status: int = 0) -> Any:
        """Run a command with `--json`; return what it says."""
        return json.loads(self.cli(*words, "--json", status=status).stdout)

    def start(self) -> "RunningHub":
        """Start it and wait until it is ready."""
        words = self.command("serve", "--port", "0", "--json")[1:]
        end, begin = os.pipe()
        with os.fdopen(end) as out:
            with self.log.open("ab") as log, os.fdopen(begin, "wb") as into:
                self._process = warm.Started(words, into, log)
            line = out.readline()
        assert line, self.log.read_text()[-3000:]
        self.base = json.loads(line)["listening"]
        if not self.token:
            self.token = self.told("token", "create", "--role", "admin")["token"]
        return self

    def stop(self) -> int:
        """End it as an admin does; return its status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise

    def restart(self) -> "RunningHub":
        """Stop and start."""
        self.stop()
        return self.start()

    def post(
        self, body: bytes, *, connector: str = "am", secret: str = SECRET, **headers: str
    ) -> Answer:
        """Deliver bytes as a webhook."""
        given = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", **headers}
        return Client(self.base, "").send("POST", f"/hooks/{connector}", body, given)

    def tell(self, *alerts: object, **fields: object) -> str:
        """Deliver alerts that must be accepted; return the receipt."""
        answer = self.post(envelope(alerts, **fields))
        assert answer.status == 202, (answer.status, answer.body, self.errors())
        return str(answer.json["receipt"])

    def seq(self) -> int:
        """Return the number of the newest change, once the hub knows what was stored beside it."""
        stored = asyncio.run(_clock(self.store, self.data))

        def look() -> int:
            known = int(self.api.get("/changes", after=0, limit=1)["last_seq"])
            return known if known >= stored else 0

        return until(look, "the hub knows every change")

    def errors(self) -> str:
        """Return the end of the hub's log."""
        return self.log.read_text()[-3000:]

    def alerts(self, **query: object) -> list[Any]:
        """Return all alerts."""
        return self.api.items("alerts", **query)

    def alert(self, name: str) -> Any:
        """Return the one alert of a rule, in full."""
        named = [one for one in self.alerts() if one["labels"].get("alertname") == name]
        assert len(named) == 1, [one["labels"] for one in named]
        return self.api.one("alerts", named[0]["ref"])

    def incident_of(self, name: str) -> Any:
        """Return the incident of a rule's alert."""
        return self.api.one("incidents", self.alert(name)["incident"])

    def bring_in(self, data: bytes, project: str = "ERP") -> Any:
        """Upload a plan that must be accepted."""
        answer = self.api.upload(data, project=project, name=f"{project}.xml")
        assert answer.status == 201, answer.body
        self._linked()
        return answer.json

    def _linked(self) -> None:
        """Give the hub a moment to bind the new plan to its services: that is not in the answer."""
        catalogue = self.folder / "services.yaml"
        if not catalogue.exists() or "delivers" not in catalogue.read_text():
            return
        for _ in range(60):
            if any(one["services"] for one in self.api.items("milestones")):
                return
            time.sleep(0.05)

    def becomes(self, name: str, status: str) -> Any:
        """Wait until the incident of a rule's alert has a status."""

        def look() -> Any:
            found = self.incident_of(name)
            return found if found["status"] == status else None

        return until(look, f"the incident of {name} becomes {status}")


async def _clock(store: str, data: Path) -> int:
    database = open_database(store, data)
    await database.start(migrate=False)
    try:
        return await Stores(database).changes.clock()
    finally:
        await database.stop()


def names(entities: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the rules' names of alerts."""
    return sorted(one["labels"].get("alertname", "") for one in entities)
