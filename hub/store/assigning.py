"""Of which service a person says an alert is: a confirmed link, which nothing else overwrites."""

from typing import Any

import orjson
from sqlalchemy import insert, select, update

from hub.model.words import LinkState, LinkType
from hub.services.ingest.links import METHOD, link_id
from hub.services.refusals import Refusal, Why
from hub.store.database import Writing
from hub.store.tables import alert, link


def assign(writing: Writing, ref: str, service: str | None, who: str) -> Refusal | None:
    """Confirm the link from an alert to a service; a word on another service is taken back."""
    connection = writing.connection
    row = connection.execute(select(alert.c.service).where(alert.c.ref == ref)).first()
    if row is None:
        return Refusal(Why.NOT_FOUND, f"there is no alert {ref}")
    known = connection.execute(
        select(link).where(link.c.source == ref, link.c.type == LinkType.AFFECTS.value)
    ).all()
    for one in known:
        if one.state == LinkState.CONFIRMED and one.target != service:
            _write(writing, one, LinkState.EXPIRED, who)
    if service is not None:
        same = next((one for one in known if one.target == service), None)
        if same is None:
            _make(writing, ref, service, who)
        else:
            _write(writing, same, LinkState.CONFIRMED, who)
    writing.note(who, "alert.service", ref, {"service": service}, {"service": row.service})
    return None


def _write(writing: Writing, known: Any, state: LinkState, who: str) -> None:
    values = {"state": state.value, "by_whom": who, "version": known.version + 1, "at": writing.at}
    writing.connection.execute(update(link).where(link.c.id == known.id).values(values))
    writing.tell("updated", f"hub:link:{known.id}", "link", known.version + 1, who)


def _make(writing: Writing, ref: str, service: str, who: str) -> None:
    id_ = link_id(ref, service, LinkType.AFFECTS)
    edge = {"id": id_, "source": ref, "target": service, "type": LinkType.AFFECTS.value}
    said = {"code": "service_by_person", "values": {"service": service, "who": who}}
    body = {
        **edge, "confidence": 1.0, "rule": "person", "method": METHOD, "evidence": [],
        "reasons": [said], "at": writing.now.isoformat(),
    }  # fmt: skip
    values = {
        **edge, "state": LinkState.CONFIRMED.value, "confidence": 1.0, "rule": "person",
        "by_whom": who, "at": writing.at, "version": 1, "body": orjson.dumps(body),
    }  # fmt: skip
    writing.connection.execute(insert(link).values(values))
    writing.tell("created", f"hub:link:{id_}", "link", 1, who)
