"""`milepost preview --alerts`: which stored alerts a document would join or split."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from hub.app.hub import Hub
from hub.app.settings import Configuration
from hub.errors import Misconfigured
from hub.mapping import Document
from hub.services.refusals import Refusal
from hub.store import stands


async def foresee(
    document: Document, configuration: Configuration, data: Path, *, json: bool
) -> None:
    """Print what a document would make of the stored alerts; nothing is stored."""
    if not stands(configuration.hub.store, data):
        raise Misconfigured("nothing is stored yet; start the hub, or give --data its folder")
    hub = Hub(configuration, data)
    try:
        await hub.database.start(migrate=False)
        report = await hub.services.mappings.joins(None, document.text)
    finally:
        await hub.close()
    if isinstance(report, Refusal):
        raise Misconfigured(f"{document.name}: {report.detail}")
    if json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _lines(report)))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    kept = "; there are more" if report["more"] else ""
    yield (
        f"{report['alerts']} alerts looked at{kept}: {report['joined_total']} would be made of "
        f"several, {report['split_total']} would be split, {report['renamed']} would get another "
        "ref"
    )
    if report["unreadable"]:
        yield f"{report['unreadable']} stay as they are: their records are not kept or do not fit"
    if report["unknown_labels"]:
        yield f"no alert has the labels {', '.join(report['unknown_labels'])}"
    for word, entries in (("joined", report["joined"]), ("split", report["split"])):
        for one in entries:
            title = one["title"] if "title" in one else one["alerts"][0]["title"]
            yield f"  {word} {one['count']:4} {title} ({', '.join(one['differ'])})"
