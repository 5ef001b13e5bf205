"""The lists that there are: what each is sorted, filtered and searched by."""

from typing import Final

from sqlalchemy import (
    and_,
    func,
    literal,
    or_,
    select,
)

from hub.store import shown
from hub.store.encoded import as_text, part
from hub.store.filters import (
    flapping,
    has,
    hurting,
    incident_numbers,
    indexed,
    labelled,
    numbers,
    or_none,
    words,
)
from hub.store.lists import ListSpec
from hub.store.tables import (
    alert,
    audit,
    document,
    incident,
    item,
    link,
    operation,
    quarantine,
)

_EMPTY: Final = literal("")

_WORK = item.alias("work")

SPECS: Final[dict[str, ListSpec]] = {
    "alerts": ListSpec(
        origin=alert,
        rows=alert.outerjoin(incident, incident.c.no == alert.c.incident),
        columns=(*alert.c, incident.c.exposures),
        key=alert.c.ref,
        default="-starts_at",
        sorts={
            "starts_at": alert.c.starts_at,
            "last_seen_at": alert.c.last_seen_at,
            "first_seen_at": alert.c.first_seen_at,
            "changed_at": func.coalesce(alert.c.ends_at, alert.c.starts_at),
            "severity": alert.c.severity,
            "title": alert.c.title,
        },
        filters={
            "status": indexed(alert.c.status, "firing"),
            "severity": numbers(alert.c.severity),
            "service": or_none(alert.c.service),
            "incident": incident_numbers,
            "connector": words(alert.c.connector),
            "milestone": hurting,
            "ref": words(alert.c.ref),
            "title": words(alert.c.title),
            "label": labelled,
            "fingerprint": has(as_text(alert.c.body), "key"),
            "flapping": flapping,
        },
        text=(alert.c.title, alert.c.ref, alert.c.service),
        encode=shown.alerts,
    ),
    "incidents": ListSpec(
        origin=incident,
        columns=(incident.c.no, incident.c.body),
        key=incident.c.no,
        default="-opened_at",
        sorts={
            "opened_at": incident.c.opened_at,
            "exposure": incident.c.exposure,
            "severity": incident.c.severity,
            "priority": incident.c.priority,
            "title": incident.c.title,
        },
        filters={
            "status": words(incident.c.status),
            "severity": numbers(incident.c.severity),
            "priority": numbers(incident.c.priority),
            "service": has(part(incident.c.body, "services")),
            "milestone": has(as_text(incident.c.exposures), "ref"),
        },
        text=(incident.c.title,),
        encode=shown.incidents,
    ),
    "tasks": ListSpec(
        origin=item,
        columns=(item.c.ref, item.c.ord, item.c.version, item.c.people, item.c.body),
        key=item.c.ref,
        default="order",
        sorts={
            "order": item.c.ord,
            "title": func.coalesce(item.c.title, _EMPTY),
            "start": func.coalesce(item.c.start, _EMPTY),
            "finish": func.coalesce(item.c.finish, _EMPTY),
            "due": func.coalesce(item.c.due, _EMPTY),
        },
        filters={
            "project": words(item.c.project),
            "status": words(item.c.status),
            "parent": words(item.c.parent),
            "kind": has(as_text(item.c.body), "kind"),
            "connector": lambda values: or_(
                *(item.c.ref.startswith(f"{v}:", autoescape=True) for v in values)
            ),
            "assignee": lambda values: or_(
                item.c.ref.in_(
                    select(_WORK.c.parent).where(
                        _WORK.c.kind == "assignment", _WORK.c.title.in_(values)
                    )
                ),
                has(item.c.people)(values),
            ),
            "code": words(item.c.code),
        },
        text=(item.c.title, item.c.ref),
        encode=shown.tasks,
        always=and_(item.c.kind.in_(("task", "milestone")), item.c.deleted_at.is_(None)),
    ),
    "links": ListSpec(
        origin=link,
        columns=(link.c.id, link.c.state, link.c.by_whom, link.c.version, link.c.body),
        key=link.c.id,
        default="-at",
        sorts={"at": link.c.at, "confidence": link.c.confidence},
        filters={
            "source": words(link.c.source),
            "target": words(link.c.target),
            "type": words(link.c.type),
            "state": indexed(link.c.state, "suggested"),
            "rule": words(link.c.rule),
        },
        text=(link.c.source, link.c.target, link.c.rule),
        encode=shown.links,
    ),
    "quarantine": ListSpec(
        origin=quarantine,
        columns=tuple(quarantine.c),
        key=quarantine.c.id,
        default="-at",
        sorts={"at": quarantine.c.at},
        filters={
            "receipt": words(quarantine.c.receipt),
            "connector": words(quarantine.c.connector),
            "kind": words(quarantine.c.kind),
            "state": words(quarantine.c.state),
        },
        text=(quarantine.c.message, quarantine.c.path),
        encode=shown.quarantined,
    ),
    "operations": ListSpec(
        origin=operation,
        columns=tuple(operation.c),
        key=operation.c.no,
        default="-no",
        sorts={"no": operation.c.no},
        filters={
            "connector": words(operation.c.connector),
            "alert": words(operation.c.alert),
            "write": words(operation.c.write),
            "state": words(operation.c.state),
            "by": words(operation.c.by_whom),
        },
        text=(operation.c.alert, operation.c.says, operation.c.by_whom),
        encode=shown.operations,
    ),
    "mappings": ListSpec(
        origin=document,
        columns=tuple(document.c),
        key=document.c.id,
        default="document",
        sorts={"document": document.c.name, "at": document.c.at},
        filters={
            "document": words(document.c.name),
            "origin": words(document.c.origin),
            "active": lambda values: document.c.active.in_([v == "true" for v in values]),
        },
        text=(document.c.name,),
        encode=shown.documents,
        always=document.c.kind == "mapping",
    ),
    "audit": ListSpec(
        origin=audit,
        columns=tuple(audit.c),
        key=audit.c.id,
        default="-id",
        sorts={"id": audit.c.id},
        filters={
            "who": words(audit.c.who),
            "action": words(audit.c.action),
            "ref": words(audit.c.ref),
        },
        text=(audit.c.action, audit.c.ref),
        encode=shown.audited,
    ),
}
