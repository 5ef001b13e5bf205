"""Pulled pages in the journal: their records as JSON, to be read again without the connector.

A source may put one record together out of several answers, so there are no bytes as received.
What is kept is each record as the connector handed it over, in the tool's own words (ADR 0018).
"""

from dataclasses import replace
from typing import Any, Final

import orjson

from hub.contract import Gone, Page, Receiver, Record, Rejected
from hub.errors import Anomalous

CONTENT_TYPE: Final = "application/vnd.milepost.records+json"
_HEAD: Final = b'{"milepost.records":['
_GONE: Final = b'],"gone":'


def encoded(page: Page) -> tuple[Page, bytes]:
    """Return a page whose records know where they stand, and the bytes in which they do.

    Shape: a record that cannot be written down is rejected; it must not hold up the others.
    """
    parts, records, rejected = [_HEAD], list[Record](), list(page.rejected)
    at = len(_HEAD)
    for record in page.records:
        try:
            text = orjson.dumps(_plain(record), option=orjson.OPT_NON_STR_KEYS)
        except orjson.JSONEncodeError as fault:
            key = record.key.encode("utf-8", "replace").decode()
            rejected.append(Rejected(record.kind, key, f"cannot be kept: {fault}"))
            continue
        at += bool(records)
        span = at, at + len(text)
        records.append(
            Record(record.kind, record.key, record.body, record.version, record.series, span)
        )
        parts.append(text if len(records) == 1 else b"," + text)
        at += len(text)
    gone = orjson.dumps([[g.kind, g.series, g.key, g.why] for g in page.gone])
    page = replace(page, records=tuple(records), rejected=tuple(rejected))
    return page, b"".join((*parts, _GONE, gone, b"}"))


def _plain(record: Record) -> dict[str, object]:
    return {
        "kind": record.kind,
        "key": record.key,
        "version": record.version,
        "series": record.series,
        "body": record.body,
    }


def reread(receiver: Receiver | None, body: bytes) -> Page:
    """Read a delivery of the journal again: one that was pulled, or one that its receiver knows.

    Raises: Anomalous.
    """
    if body.startswith(_HEAD):
        return _decoded(body)
    if receiver is None:
        raise Anomalous("a webhook of a connector that receives none", evidence=body[:4096])
    return receiver.unpack(body)


def _decoded(body: bytes) -> Page:
    told: dict[str, Any] = orjson.loads(body)
    records = tuple(
        Record(one["kind"], one["key"], one["body"], one["version"], one["series"])
        for one in told["milepost.records"]
    )
    spanned, _ = encoded(Page(records))
    return replace(spanned, gone=tuple(Gone(*one) for one in told["gone"]))
