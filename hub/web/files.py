"""The built dashboard's files: found safely, compressed once, read anew when they change."""

import gzip
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

# A table of our own: what the system's mimetypes say differs from machine to machine.
_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_PACKED: Final = frozenset({".png", ".woff2", ".ico"})
_HASHED: Final = "assets"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
# Below this, headers weigh more than compression saves. Arbitrary.
_WORTH_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file, ready to be sent."""

    body: bytes
    gzipped: bytes | None
    kind: str
    etag: str
    cache: str


class Files:
    """Files below one folder. Names that lead out of it lead nowhere."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._kept: dict[Path, tuple[int, File]] = {}

    def find(self, name: str) -> Path | None:
        """Return the file of that name, if there is one."""
        try:
            path = (self.root / name.lstrip("/")).resolve()
            inside = path.is_relative_to(self.root) and path.is_file()
        except (OSError, ValueError):  # a name too long, or with a NUL
            return None
        return path if inside else None

    def load(self, path: Path) -> File:
        """Read and compress a file, unless that was done since it last changed."""
        changed = path.stat().st_mtime_ns
        kept = self._kept.get(path)
        if kept is not None and kept[0] == changed:
            return kept[1]
        file = _read(path, hashed=path.parent == self.root / _HASHED)
        self._kept[path] = (changed, file)
        return file


def _read(path: Path, *, hashed: bool) -> File:
    body = path.read_bytes()
    worth = len(body) >= _WORTH_BYTES and path.suffix not in _PACKED
    return File(
        body=body,
        gzipped=gzip.compress(body, mtime=0) if worth else None,
        kind=_KINDS.get(path.suffix, "application/octet-stream"),
        etag=f'"{blake2b(body, digest_size=12).hexdigest()}"',
        cache=_FOR_EVER if hashed else "no-cache",
    )


def sent(request: web.Request, file: File) -> web.Response:
    """Answer with a file, compressed where the client takes that."""
    headers = {hdrs.ETAG: file.etag, hdrs.CACHE_CONTROL: file.cache, hdrs.VARY: "Accept-Encoding"}
    if file.etag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = file.kind
    body = file.body
    if file.gzipped is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        body = file.gzipped
    return web.Response(body=body, headers=headers)
