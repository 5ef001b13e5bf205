"""The PHP pages and the JSON-RPC of Zabbix, served by PHP itself.

Debian's pages read their settings from one fixed file that only root can write. The settings here
are a small program that reads the environment, so that one copy of the pages serves any number of
servers: for the machine's own Zabbix a copy with that path changed, in the Debian 13 folder the
file itself.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Final

from deploy.lab import cache
from deploy.lab.ports import LOOPBACK, NotReady
from deploy.lab.zabbix_release import FRONTEND, Release

SETTINGS: Final = f"""<?php
$DB['TYPE'] = 'POSTGRESQL';
$DB['SERVER'] = '{LOOPBACK}';
$DB['PORT'] = getenv('LAB_DATABASE_PORT');
$DB['DATABASE'] = 'zabbix';
$DB['USER'] = 'lab';
$DB['PASSWORD'] = '';
$DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false;
$DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '{LOOPBACK}';
$ZBX_SERVER_PORT = getenv('LAB_SERVER_PORT');
$ZBX_SERVER_NAME = 'lab';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
"""
FIXED_SETTINGS: Final = "etc/zabbix/zabbix.conf.php"
LANGUAGES: Final = "lab-locale"
_READER: Final = "include/classes/core/CConfigFile.php"
# What the pages themselves ask of PHP.
_PHP: Final = {
    "post_max_size": "16M",
    "max_execution_time": "300",
    "max_input_time": "300",
    "memory_limit": "256M",
    "date.timezone": "UTC",
    "display_errors": "0",
}


def command(release: Release, port: int) -> list[str]:
    """Return what serves the pages on a port."""
    settings = [part for key, value in _PHP.items() for part in ("-d", f"{key}={value}")]
    pages = release.inside(_pages(release))
    return release.command("/usr/bin/php", *settings, "-S", f"{LOOPBACK}:{port}", "-t", pages)


def environment(
    release: Release, database_port: int, server_port: int, workers: int
) -> dict[str, str]:
    """Return what the settings read, and where the language of the pages is."""
    return {
        # Only a copy has the folder; in the Debian 13 folder the language is in its usual place.
        "LOCPATH": f"{_pages(release)}/{LANGUAGES}" if release.root == Path("/") else "",
        "LAB_DATABASE_PORT": str(database_port),
        "LAB_SERVER_PORT": str(server_port),
        "PHP_CLI_SERVER_WORKERS": str(workers),
        # Large questions are kept in a file; the folder of these tests is not in the other root.
        "TMPDIR": "/tmp",  # noqa: S108
    }


def speak_english(languages: Path) -> None:
    """Give PHP the language that the pages ask for; without it every page complains.

    No text of Zabbix depends on it, so the C locale under that name will do.
    """
    languages.mkdir(exist_ok=True)
    (languages / "en_US.utf8").symlink_to("/usr/lib/locale/C.utf8")


def _pages(release: Release) -> Path:
    shipped = release.root / FRONTEND
    if (release.root / FIXED_SETTINGS).is_file() and release.root != Path("/"):
        return shipped
    reader = (shipped / _READER).read_bytes()
    signature = hashlib.sha256(SETTINGS.encode() + LANGUAGES.encode() + reader).hexdigest()[:12]

    def make(folder: Path) -> None:
        # Links to files outside, such as the licence, are not followed: some lead nowhere.
        shutil.copytree(shipped, folder, dirs_exist_ok=True, symlinks=True)
        (folder / "lab.conf.php").write_text(SETTINGS)
        speak_english(folder / LANGUAGES)
        there = (folder / _READER).read_text()
        # PHP resolves links before it answers where a file is: only a copy can be changed.
        here = there.replace(f"'/{FIXED_SETTINGS}'", "__DIR__.'/../../../lab.conf.php'")
        if here == there:
            raise NotReady(f"{shipped / _READER} no longer names /{FIXED_SETTINGS}")
        (folder / _READER).write_text(here)

    return cache.kept(f"zabbix-{release.number}-frontend-{signature}", make)
