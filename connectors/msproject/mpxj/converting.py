"""From a plan of another format to Project XML: MPXJ's own converter, in a process of its own."""

import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final

from connectors.msproject.mpxj.origin import Origin
from connectors.msproject.mpxj.process import Ended, run
from connectors.msproject.settings import Settings
from hub.errors import Anomalous, HubError, Misconfigured, Transient

MAIN: Final = "org.mpxj.sample.MpxjConvert"
OUT_OF_MEMORY: Final = 3
"""The exit status of a JVM that was told to leave when its heap is full."""
GROWTH: Final = 64
"""Project XML is up to so many times as large as the file it was made of; arbitrary."""
LEAST_BYTES: Final = 64 << 20
_FAULT: Final = re.compile(r"Conversion Error: ([\w.$]+)(?:: (.*))?")
_SAVE_AS_XML: Final = 'or in the program that wrote it save it as XML ("Project XML", MSPDI)'
_INSTEAD: Final = "save it anew, as XML if the program can"
_AT_ONCE: Final = threading.Semaphore(2)
"""Each takes a core and half a gigabyte; the next one waits."""


class Converter:
    """Makes Project XML of what MPXJ reads.

    Units: seconds, mebibytes of heap.
    """

    def __init__(self, settings: Settings) -> None:
        self._java = str(settings.java or "java")
        self._seconds = settings.mpxj_seconds
        self._megabytes = settings.mpxj_megabytes
        self._max_bytes = settings.max_bytes

    def missing(self) -> str | None:
        """Say what has to be installed; None: nothing."""
        if jars() is None:
            return "install the extra: pip install 'milepost[mpp]'"
        if shutil.which(self._java) is None:
            return f"there is no program {self._java!r}: install Java 11 or newer, or set `java`"
        return None

    @contextmanager
    def converted(self, origin: Origin, head: bytes, file: BinaryIO) -> Iterator[BinaryIO]:
        """Open the XML that a file becomes; `head` was read of it already.

        Raises: Misconfigured, when something is not installed, the file has a password, or a limit
                was passed; Anomalous, when MPXJ cannot read it; Transient, when it changes.
        """
        lacks = self.missing()
        if lacks is not None:
            raise Misconfigured(f"this is {origin.shown}; to read it {lacks}; {_SAVE_AS_XML}")
        with tempfile.TemporaryDirectory(prefix="milepost-mpxj-") as made:
            folder = Path(made)
            source = folder / f"plan{origin.suffix}"
            size = self._copy(source, head, file)
            target = folder / "made.xml"
            with _AT_ONCE:
                ended = self._run(folder, source, target, size)
            source.unlink()
            if ended.over or ended.status != 0 or not target.is_file():
                raise self._fault(origin, ended)
            with target.open("rb") as xml:
                yield xml

    def _copy(self, source: Path, head: bytes, file: BinaryIO) -> int:
        with source.open("xb") as out:
            size = out.write(head)
            while piece := file.read(1 << 20):
                size += out.write(piece)
                if size > self._max_bytes:
                    raise Misconfigured(
                        f"the file is larger than {self._max_bytes} bytes; raise max_bytes of this "
                        "connector if that is meant"
                    )
        return size

    def _run(self, folder: Path, source: Path, target: Path, size: int) -> Ended:
        command = (
            self._java, f"-Xmx{self._megabytes}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError", "-Xshare:auto", "-Djava.awt.headless=true",
            "-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US",
            f"-Djava.io.tmpdir={folder}", "-cp", f"{jars()}/*", MAIN, str(source), str(target),
        )  # fmt: skip
        most = max(LEAST_BYTES, GROWTH * size)
        try:
            return run(command, folder, seconds=self._seconds, grown=target, most=most)
        except OSError as error:
            raise Transient(f"{self._java} cannot be started: {error.strerror}") from error

    def _fault(self, origin: Origin, ended: Ended) -> HubError:
        """Say what is wrong with a file, or which limit it passed."""
        if ended.over == "time":
            return Misconfigured(
                f"MPXJ did not read {origin.shown} within {self._seconds:g} seconds and was ended; "
                f"raise mpxj_seconds of this connector, {_SAVE_AS_XML}"
            )
        if ended.over:
            return Anomalous(
                f"MPXJ made too much of {origin.shown} and was ended; {_SAVE_AS_XML}",
                evidence=ended.said[-2000:],
            )
        if ended.status == OUT_OF_MEMORY:
            return Misconfigured(
                f"{origin.shown} needs more than {self._megabytes} MiB to be read; raise "
                f"mpxj_megabytes of this connector, {_SAVE_AS_XML}"
            )
        found = _FAULT.search(ended.said)
        kind, words = (found[1], found[2] or "") if found else ("", "")
        if "password" in words.lower():
            return Misconfigured(
                "the plan is password protected; remove the password in Microsoft Project "
                "(File, Info, Protect Project), or save it as XML there"
            )
        if "Unsupported file type" in words or "Invalid file format" in words:
            return Anomalous(
                f"this looks like {origin.shown} and holds no plan that MPXJ knows; {_INSTEAD}",
                evidence=ended.said[-2000:],
            )
        why = f"{kind.rpartition('.')[2]} {words}".strip() or f"it ended with {ended.status}"
        return Anomalous(
            f"MPXJ cannot read {origin.shown}: {why[:300]}; {_SAVE_AS_XML}",
            evidence=ended.said[-2000:],
        )


def jars() -> Path | None:
    """Return the folder of MPXJ's jars; None when the extra is not installed.

    Its package is only looked for: to import it would start a JVM in this process.
    """
    spec = find_spec("mpxj")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "lib"
    return folder if (folder / "mpxj.jar").is_file() else None
