"""Rows as the API shows them: stored JSON with the columns around it, joined as bytes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    Connection,
    func,
    null,
    select,
    union_all,
)

from hub.linking import SETTLED, end_kind
from hub.model.words import ENDED, AlertStatus, EndKind
from hub.services.ingest.trace import past_of
from hub.services.instants import instant, micros
from hub.store.tables import alert, former_member, item


def iso(at: int | None) -> bytes:
    """Encode an instant as JSON."""
    return b"null" if at is None else b'"' + instant(at).isoformat().encode() + b'"'


def alert_json(row: Any, milestones: bytes | None) -> bytes:
    """Join what is stored encoded with the columns that change more often."""
    no = b'"hub:incident:%d"' % row.incident if row.incident is not None else b"null"
    service = orjson.dumps(row.service) if row.service is not None else b"null"
    return b"".join(
        (
            b'{"ref":', orjson.dumps(row.ref), b',"status":"', row.status.encode(),
            b'","severity":%d,"service":' % row.severity, service,
            b',"incident":', no, b',"starts_at":', iso(row.starts_at),
            b',"ends_at":', iso(row.ends_at), b',"first_seen_at":', iso(row.first_seen_at),
            b',"last_seen_at":', iso(row.last_seen_at), b',"count":%d' % row.seen,
            b',"episode":%d,"flaps":%d' % (row.episode, row.flaps),
            b',"incomplete":', b"true" if row.incomplete else b"false",
            b',"confidence":', b"null" if row.confidence is None else b"%.4g" % row.confidence,
            b',"flapping":', _flapping(row), *_ending(row),
            b',"version":%d,"ack":' % row.version, _ack(row),
            b',"milestones":', milestones or b"[]",
            b",", bytes(row.body)[1:],
        )
    )  # fmt: skip


def flaps_now(until: int | None) -> bool:
    """Tell whether an alert flaps that does so until an instant."""
    return until is not None and until > micros(datetime.now(UTC))


def _flapping(row: Any) -> bytes:
    _, mark = past_of(row.trace) if flaps_now(row.flapping_until) else ((), None)
    return b"null" if mark is None else orjson.dumps(mark._asdict())


def _ending(row: Any) -> Iterable[bytes]:
    """Say how the end of an alert is known, or why nobody believes the one that was reported."""
    if row.status in ENDED or row.status == AlertStatus.UNVERIFIED:
        sources = orjson.loads(row.sources).values()
        told = [one for one in sources if one[3] == row.status] or list(sources)
        last = max(told, key=lambda one: one[5] or one[7])
        if row.status in ENDED:
            kind = end_kind(AlertStatus(last[3]), last[9])
            yield b',"end_kind":' + orjson.dumps(kind)
            yield b',"end_reason":' + orjson.dumps(last[9] or None)
        else:
            since = {"since": instant(last[7]), "reason": last[9]}
            reported = {"reported_at": None if last[8] is None else instant(last[8])}
            yield b',"doubt":' + orjson.dumps(since | reported)


def move_json(row: Any, author: str | None = None) -> bytes:
    """Show one thing that happened to an alert; a move of a source key has both its states.

    Shape: `author` is who wanted the write that caused what the tool told.
    """
    kind = end_kind(AlertStatus(row.became), row.why or "") if row.became else None
    return orjson.dumps(
        {
            "episode": row.episode,
            "event": row.event,
            "at": instant(row.at),
            "received_at": instant(row.received_at),
            "source_key": row.source_key,
            "receipt": row.receipt or None,
            "from_state": row.was,
            "to_state": row.became,
            "end_kind": kind,
            "reason": row.why,
            "cause": _cause(row, kind),
            "by": row.by_whom or author,
        }
    )


def _cause(row: Any, kind: EndKind | None) -> str:
    if row.by_whom is not None:
        return "person"
    if kind is EndKind.TIMEOUT:
        return "timeout"
    looked = kind in {EndKind.INFERRED_POLL, EndKind.GONE} or row.why == SETTLED
    return "look" if looked else "delivery"


def _ack(row: Any) -> bytes:
    """Show who acknowledged this episode; a word on an earlier one does not count for it.

    A person's own word in the hub comes before what the tool tells.
    """
    ack = None if row.ack is None else orjson.loads(row.ack)
    if ack is not None and ack.pop("episode") == row.episode:
        return orjson.dumps(ack | {"origin": "hub"})
    body = bytes(row.body)
    # Quotes within a text are escaped, so nothing else can look like it.
    return orjson.dumps(orjson.loads(body)["told_ack"]) if b'"told_ack":{' in body else b"null"


def alerts(_: Connection, rows: list[Any]) -> list[bytes]:
    """Show alerts with the milestones that their incident hurts."""
    return [alert_json(row, row.exposures) for row in rows]


def incidents(connection: Connection, rows: list[Any]) -> list[bytes]:
    """Show incidents with the refs of their alerts."""
    members = _members(connection, [row.no for row in rows])
    return [
        b'{"alerts":' + orjson.dumps(members.get(row.no, [])) + b"," + bytes(row.body)[1:]
        for row in rows
    ]


SHOWN_ALERTS: Final = 100


def _members(connection: Connection, numbers: list[int]) -> dict[int, list[str]]:
    """Return the newest alerts of each incident, firing ones first, former ones last."""
    now = select(
        alert.c.incident, alert.c.ref, alert.c.starts_at, (alert.c.status != "firing").label("over")
    ).where(alert.c.incident.in_(numbers))
    once = (
        select(former_member.c.incident, alert.c.ref, alert.c.starts_at, null().label("over"))
        .join_from(former_member, alert, alert.c.ref == former_member.c.alert)
        .where(former_member.c.incident.in_(numbers), alert.c.incident != former_member.c.incident)
    )
    held = union_all(now, once).subquery("held")
    newest = [held.c.over.is_(None), held.c.over, held.c.starts_at.desc(), held.c.ref]
    place = func.row_number().over(partition_by=held.c.incident, order_by=newest).label("place")
    members = select(held.c.incident, held.c.ref, place).subquery("members")
    query = (
        select(members.c.incident, members.c.ref)
        .where(members.c.place <= SHOWN_ALERTS)
        .order_by(members.c.incident, members.c.place)
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.incident, []).append(row.ref)
    return found


def tasks(connection: Connection, rows: list[Any]) -> list[bytes]:
    """Show tasks with who is assigned."""
    refs = [row.ref for row in rows]
    query = select(item.c.parent, item.c.title).where(
        item.c.parent.in_(refs), item.c.kind == "assignment", item.c.deleted_at.is_(None)
    )
    people: dict[str, list[str]] = {}
    for parent, title in connection.execute(query.order_by(item.c.parent, item.c.ord)):
        if title and title not in people.setdefault(parent, []):
            people[parent].append(title)
    return [
        b'{"assignees":' + (row.people.encode() if row.people else
                            orjson.dumps(people.get(row.ref, [])))
        + b',"order":%d,"version":%d,' % (row.ord, row.version) + bytes(row.body)[1:]
        for row in rows
    ]  # fmt: skip


def links(_: Connection, rows: list[Any]) -> list[bytes]:
    """Show links with what a person made of them."""
    return [
        b'{"state":"%b","by":%b,"version":%d,'
        % (row.state.encode(), orjson.dumps(row.by_whom), row.version)
        + bytes(row.body)[1:]
        for row in rows
    ]


def quarantined(_: Connection, rows: list[Any]) -> list[bytes]:
    """Show refused records, each with its evidence."""
    return [
        orjson.dumps(
            {
                "id": row.id, "receipt": row.receipt, "connector": row.connector,
                "kind": row.kind, "path": row.path, "message": row.message, "state": row.state,
                "at": instant(row.at), "attempts": row.attempts,
                "evidence": _readable(row.evidence),
            }
        )
        for row in rows
    ]  # fmt: skip


def _readable(evidence: bytes | None) -> str | None:
    return None if evidence is None else bytes(evidence).decode("utf-8", "replace")


def documents(_: Connection, rows: list[Any]) -> list[bytes]:
    """Show versions of documents."""
    return [
        orjson.dumps(
            {
                "id": row.id, "document": row.name, "version": row.number, "origin": row.origin,
                "active": bool(row.active), "at": instant(row.at), "by": row.by_whom,
            }
        )
        for row in rows
    ]  # fmt: skip


def audited(_: Connection, rows: list[Any]) -> list[bytes]:
    """Show who changed what."""
    return [
        orjson.dumps(
            {
                "id": row.id, "at": instant(row.at), "who": row.who, "action": row.action,
                "ref": row.ref, "before": _loaded(row.before), "after": _loaded(row.after),
            }
        )
        for row in rows
    ]  # fmt: skip


def operations(_: Connection, rows: list[Any]) -> list[bytes]:
    """Show what was written to tools, or is to be."""
    return [
        orjson.dumps(
            {
                "ref": f"hub:operation:{row.no}", "key": row.key, "connector": row.connector,
                "write": row.write, "field": row.field, "alert": row.alert, "state": row.state,
                "says": row.says, "wanted": _loaded(row.wanted), "answer": _loaded(row.answer),
                "attempts": row.attempts, "by": row.by_whom, "created_at": instant(row.created_at),
                "next_at": None if row.next_at is None else instant(row.next_at),
                "settled_at": None if row.settled_at is None else instant(row.settled_at),
                "version": row.version,
            }
        )
        for row in rows
    ]  # fmt: skip


def _loaded(value: bytes | None) -> object:
    return None if value is None else orjson.loads(value)
