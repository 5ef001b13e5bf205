"""The demo's alert sender: posts the story to a hub's webhook, over real HTTP, in a loop.

Not a part of the product: it stands in for an Alertmanager. It ends when the hub is gone.
"""

import argparse
import http.client
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from hub.app.sample.story import LENGTH, Moment, body, moments

_TRIES: Final = 5


class Gone(Exception):
    """The hub does not answer any more."""


def post(url: str, secret: str, content: Mapping[str, Any]) -> int:
    """Post one webhook and return the status; a busy hub is asked again, as Alertmanager does.

    Raises: Gone, when nobody listens.
    """
    text = json.dumps(content, ensure_ascii=False).encode()
    status = _post(url, secret, text)
    for attempt in range(_TRIES):
        if status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
            break
        time.sleep(0.5 * 2**attempt)
        status = _post(url, secret, text)
    return status


def _post(url: str, secret: str, content: bytes) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}
    try:
        connection.request("POST", address.path, content, headers)
        return connection.getresponse().status
    except OSError as error:
        raise Gone(str(error)) from error
    finally:
        connection.close()


def tell(url: str, secret: str, speed: float = 1.0) -> None:
    """Tell the story once. Units: `speed` 2 is twice as fast.

    Raises: Gone, when nobody listens.
    """
    begun = time.monotonic()
    since: dict[str, datetime] = {}
    for moment in moments():
        _sleep_until(begun + moment.at / speed)
        status = post(url, secret, _content(moment, since))
        names = ", ".join(alert.name for alert in moment.alerts)
        print(f"demo sender: {moment.status} {names} -> {status}", flush=True)
    _sleep_until(begun + LENGTH / speed)


def _content(moment: Moment, since: dict[str, datetime]) -> dict[str, Any]:
    now = datetime.now(UTC)
    if moment.status == "firing":
        since.update({alert.name: now for alert in moment.alerts})
    return body(moment.status, moment.alerts, since, now)


def _sleep_until(instant: float) -> None:
    time.sleep(max(0.0, instant - time.monotonic()))


def main() -> None:
    """Loop until the hub goes away."""
    parser = argparse.ArgumentParser(prog="demo sender", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("secret_file", type=Path)
    parser.add_argument("--speed", type=float, default=1.0)
    options = parser.parse_args()
    secret = options.secret_file.read_text().strip()
    try:
        while True:
            tell(options.url, secret, options.speed)
    except (Gone, KeyboardInterrupt):
        print("demo sender: the hub is gone, so am I", flush=True)


if __name__ == "__main__":
    main()
