"""The installed command in a folder of its own, as somebody types it there."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.hub.client import Client
from tests.integration.hub.running import MILEPOST


@dataclass
class Done:
    """A command that ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output; anything beside it is an error."""
        return json.loads(self.out)


@dataclass
class Folder:
    """A folder in which somebody works; everything said there is kept in `said`."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file; text without its common margin."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, *words: str, status: int = 0) -> Done:
        """Run `milepost …` and expect a status."""
        done = subprocess.run(
            [str(MILEPOST), *words],
            cwd=self.path,
            env=self._variables(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        self.said += [done.stdout, done.stderr]
        assert done.returncode == status, (words, done)
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def _variables(self) -> Mapping[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MILEPOST_")}
        return {**kept, **self.environment}

    @contextmanager
    def serving(self, *words: str, json_line: bool = True) -> Iterator["Serving"]:
        """Run `milepost serve` for a while; it must end well when it is told to."""
        log = self.path / "serve.err"
        options = ["--port", "0", *(["--json"] if json_line else []), *words]
        with log.open("w") as errors:
            process = subprocess.Popen(
                [str(MILEPOST), "serve", *options],
                cwd=self.path,
                env=self._variables(),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, log.read_text()
            yield Serving(self, json.loads(line) if json_line else {"line": line}, log)
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
            process.wait(60)
            process.stdout.close()
            self.said += [line, rest, log.read_text()]
        assert process.returncode == 0
        assert not (json_line and rest), rest


@dataclass
class Serving:
    """A hub that serves the folder."""

    folder: Folder
    told: dict[str, str]
    log: Path

    @property
    def base(self) -> str:
        """Where it listens."""
        return self.told["listening"]

    def client(self, role: str = "admin") -> Client:
        """Return somebody with a new token."""
        made = self.folder.run("token", "create", "--role", role, "--json").json
        return Client(self.base, made["token"])
