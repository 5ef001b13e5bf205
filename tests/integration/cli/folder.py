"""The command in a folder of its own, as somebody types it there."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.integration.hub import warm
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
    """A folder in which somebody works; everything said there is kept in `said`.

    `installed` starts the installed program instead of the same command in a warm process.
    """

    path: Path
    installed: bool = False
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
        done = warm.run(words, 120, self._start)
        self.said += [done.stdout, done.stderr]
        assert done.returncode == status, (words, done)
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def _start(self, words: Sequence[str], out: IO[bytes], err: IO[bytes]) -> warm.Process:
        if not self.installed:
            return warm.Started(words, out, err, cwd=self.path, env=self._variables())
        return subprocess.Popen(
            [str(MILEPOST), *words], cwd=self.path, env=self._variables(), stdout=out, stderr=err
        )

    def _variables(self) -> Mapping[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MILEPOST_")}
        return {**kept, **self.environment}

    @contextmanager
    def serving(self, *words: str, json_line: bool = True) -> Iterator["Serving"]:
        """Run `milepost serve` for a while; it must end well when it is told to."""
        log = self.path / "serve.err"
        options = ["--port", "0", *(["--json"] if json_line else []), *words]
        end, begin = os.pipe()
        with os.fdopen(end) as out:
            with log.open("wb") as errors, os.fdopen(begin, "wb") as into:
                process = self._start(["serve", *options], into, errors)
            try:
                line = out.readline()
                assert line, log.read_text()
                yield Serving(self, json.loads(line) if json_line else {"line": line}, log)
            finally:
                process.send_signal(signal.SIGTERM)
                rest = out.read()
                status = process.wait(60)
                self.said += [line, rest, log.read_text()]
        assert status == 0
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
