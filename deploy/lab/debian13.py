"""A folder with Debian 13's Zabbix 7.0, made by debootstrap and entered by chroot. Root only."""

import os
import platform
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from deploy.lab import cache
from deploy.lab.ports import NotReady
from deploy.lab.zabbix_frontend import FIXED_SETTINGS, SETTINGS, speak_english

_PACKAGES: Final = (
    "zabbix-server-pgsql,zabbix-frontend-php,zabbix-agent,"
    "php-cli,php-pgsql,php-curl,php-xml,php-gd,php-bcmath,php-mbstring"
)
_SUITE: Final = "trixie"
# Raise it when what is made of the folder below changes.
_RECIPE: Final = 2
_NAME: Final = f"debian13-{_RECIPE}"


def possible() -> Path | None:
    """Return what makes or holds the folder; None where there can be none."""
    if os.geteuid() != 0:
        return None
    if (made := cache.folder() / _NAME).is_dir():
        return made
    found = shutil.which("debootstrap", path="/usr/sbin:/usr/bin")
    return Path(found) if found else None


def folder() -> Path:
    """Return the folder; the first time make it, which takes a minute and the network.

    Raises: NotReady.
    """
    if possible() is None:
        raise NotReady("zabbix-7.0 needs root and debootstrap")
    return cache.kept(_NAME, _make)


def _make(beside: Path) -> None:
    # PostgreSQL is the host's; nobody but root has to get in.
    beside.chmod(0o755)
    reasons = []
    for mirror in _mirrors():
        done = _debootstrap(beside, mirror)
        if done.returncode == 0:
            break
        reasons.append(f"{' '.join(mirror) or 'its own mirror'}: {_why(beside, done)}")
        shutil.rmtree(beside)
        beside.mkdir(mode=0o755)
    else:
        raise NotReady(
            "debootstrap could not make the Debian 13 folder for Zabbix 7.0; "
            f"is the package mirror reachable from here? {'; '.join(reasons)}"
        )
    (beside / FIXED_SETTINGS).write_text(SETTINGS)
    speak_english(beside / "usr/lib/locale")
    for archive in (beside / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()


def _debootstrap(beside: Path, mirror: list[str]) -> subprocess.CompletedProcess[str]:
    command = ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}"]
    # A file: what it leaves running would hold a pipe open.
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            [*_mounts_of_its_own(), *command, _SUITE, str(beside), *mirror],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, **_proxy()},
            start_new_session=True,
        ) as child,
    ):
        try:
            child.wait()
        finally:
            # All that it started, above all when we are interrupted.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        said.seek(0)
        return subprocess.CompletedProcess(command, child.returncode, said.read())


def _mounts_of_its_own() -> list[str]:
    """Let what debootstrap mounts end with it, even when it is killed."""
    apart = ["unshare", "--mount"]
    try:
        subprocess.run([*apart, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        # Where this is not allowed, mounting is not either.
        return []
    return apart


def _mirrors() -> Iterator[list[str]]:
    """Name where this machine has its own packages from, and at last debootstrap's default."""
    with suppress(OSError):
        system = platform.freedesktop_os_release()
        if system["ID"] == "debian":
            wanted = f" {system.get('VERSION_CODENAME', '')} main"
            argv = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"]
            listed = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
            found = [line for line in listed.splitlines() if line.endswith(wanted)]
            yield from ([line.split()[0]] for line in dict.fromkeys(found))
    yield []


def _proxy() -> dict[str, str]:
    """Return the proxy that apt is told to use."""
    argv = ["apt-config", "shell", "http_proxy", "Acquire::http::Proxy"]
    said = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    return dict(word.split("=", 1) for word in shlex.split(said))


def _why(beside: Path, done: subprocess.CompletedProcess[str]) -> str:
    log = beside / "debootstrap/debootstrap.log"
    said = log.read_text(errors="replace") if log.exists() else done.stdout
    return said.strip()[-600:]
