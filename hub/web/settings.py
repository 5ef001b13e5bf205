"""What the web side is told by whoever wires it."""

from dataclasses import dataclass
from pathlib import Path

_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Settings of the web side.

    Shape: `trust_forwarded` believes X-Forwarded-Proto and X-Forwarded-Host; only behind a proxy
           that sets them itself. `static` is the folder with the built dashboard.
    Units: `body_limit` and `upload_limit` are bytes; a webhook's limit is the intake's own.
           `messages_per_second` is what one live client gets at most; the rest is merged.
           `client_buffer` is how many bytes may wait for a slow live client before it is dropped.
    """

    organisation: str = "Milepost"
    timezone: str = "UTC"
    locale: str = "en"
    release: str = "0"
    static: Path = _STATIC
    trust_forwarded: bool = False
    body_limit: int = 4 * 1024 * 1024
    upload_limit: int = 1024 * 1024 * 1024
    session_seconds: int = 30 * 24 * 3600
    messages_per_second: int = 10
    resume_limit: int = 500
    heartbeat_seconds: float = 15.0
    recheck_seconds: float = 60.0
    client_buffer: int = 256 * 1024
