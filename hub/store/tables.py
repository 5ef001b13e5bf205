"""Every table, declared once; Alembic migrations are the only way a schema comes to be.

Instants are whole microseconds since the epoch (UTC) in `*_at` columns; plan dates are text as the
source wrote them. `body` columns hold encoded JSON that lists join on read.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only makes INTEGER PRIMARY KEY the row id; PostgreSQL wants eight bytes.
Id = BigInteger().with_variant(Integer, "sqlite")

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("incident_no", BigInteger, nullable=False),
)
"""One row. Every writer raises `seq`, so numbers rise in commit order on both stores."""

journal = Table(
    "journal",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("connector", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("received_at", BigInteger, nullable=False),
    Column("content_type", Text),
    Column("headers", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("spans", LargeBinary),
    Column("body", LargeBinary),
    Index("ix_journal_connector", "connector", "id"),
)
"""Raw and append-only. A file has no `body`: its bytes are in `journal_part`."""

journal_part = Table(
    "journal_part",
    metadata,
    Column("journal", Id, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
"""Pieces of a file, each compressed with zlib."""

alert = Table(
    "alert",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("connector", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("service", Text),
    Column("confidence", Float),
    Column("incident", BigInteger),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("flaps", Integer, nullable=False),
    Column("incomplete", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("sources", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("flapping_until", BigInteger),
    Column("trace", LargeBinary),
    Column("ack", LargeBinary),  # a person's; what a tool says never touches it
    Index(
        "ix_alert_firing",
        "starts_at",
        "ref",
        "severity",  # so that the firing ones are sorted by it without reading the rows
        postgresql_where=text("status = 'firing'"),
        sqlite_where=text("status = 'firing'"),
    ),
    Index(
        "ix_alert_waiting",
        "starts_at",
        "ref",
        postgresql_where=text("status IN ('pending', 'suppressed', 'unverified')"),
        sqlite_where=text("status IN ('pending', 'suppressed', 'unverified')"),
    ),
    Index(
        "ix_alert_flapping",
        "flapping_until",
        postgresql_where=text("flapping_until IS NOT NULL"),
        sqlite_where=text("flapping_until IS NOT NULL"),
    ),
    Index("ix_alert_starts", "starts_at", "ref"),
    Index("ix_alert_incident", "incident"),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("alert", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("source_key", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("was", Text),
    Column("became", Text),
    Column("why", Text),
    Column("by_whom", Text),
    Index("ix_occurrence_alert", "alert"),
    Index(
        "ix_occurrence_late",
        "alert",
        "source_key",
        unique=True,
        postgresql_where=text("event = 'late'"),
        sqlite_where=text("event = 'late'"),
    ),
)

former_member = Table(
    "former_member",
    metadata,
    Column("incident", BigInteger, primary_key=True, autoincrement=False),
    Column("alert", Text, primary_key=True),
    Index("ix_former_member_alert", "alert"),
)
"""Alerts that an incident had, and that began to fire again in another one since: what happened
then goes on being told. `alert.incident` has the others."""

identified = Table(
    "identified",
    metadata,
    Column("name", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)
"""By which rules on identity the stored alerts are told apart: a digest for each document."""

renamed = Table(
    "renamed",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("now", Text, nullable=False),
    Index("ix_renamed_now", "now"),
)
"""Refs that alerts had under another rule on identity, and which alert each is of now."""

incident = Table(
    "incident",
    metadata,
    Column("no", Id, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("exposure", Float, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("active_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("resolved_at", BigInteger),
    Column("alerts", Integer, nullable=False),
    Column("firing", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("exposures", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_incident_status", "status"),
    Index("ix_incident_opened", "opened_at", "no"),
    Index(
        "ix_incident_resolved",
        "resolved_at",
        postgresql_where=text("resolved_at IS NOT NULL"),
        sqlite_where=text("resolved_at IS NOT NULL"),
    ),
)
"""`state` is what the next decision needs; `exposures` is the short list that alerts show."""

link = Table(
    "link",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("rule", Text, nullable=False),
    Column("by_whom", Text),
    Column("at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_link_source", "source"),
    Index("ix_link_target", "target"),
    Index(
        "ix_link_judged",
        "id",
        postgresql_where=text("state IN ('confirmed', 'rejected')"),
        sqlite_where=text("state IN ('confirmed', 'rejected')"),
    ),
    Index(
        "ix_link_suggested",
        "at",
        "id",
        postgresql_where=text("state = 'suggested'"),
        sqlite_where=text("state = 'suggested'"),
    ),
)
"""No index of all links by `at`: it costs each new alert more than the whole list is worth."""

operation = Table(
    "operation",
    metadata,
    Column("no", Id, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("connector", Text, nullable=False),
    Column("write", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("alert", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("wanted", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("says", Text, nullable=False),
    Column("answer", LargeBinary),
    Column("attempts", Integer, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("by_whom", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("next_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("settled_at", BigInteger),
    Column("version", Integer, nullable=False),
    Index("uq_operation_key", "key", unique=True),
    Index("ix_operation_alert", "alert", "no"),
    Index("ix_operation_field", "connector", "series", "field", "no"),
    Index(
        "ix_operation_waiting",
        "connector",
        "next_at",
        postgresql_where=text("next_at IS NOT NULL"),
        sqlite_where=text("next_at IS NOT NULL"),
    ),
)
"""The outbox and the ledger of writes to tools. `next_at` is when it is due; NULL once settled.
`sent_at` is when it was begun to be sent last; NULL: never. `claims` tells one sender from the
next, and only grows."""

hint = Table(
    "hint",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""What webhooks of trackers named and nobody asked the tool about yet; `at` is the newest word."""

position = Table(
    "position",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Up to where each source was read; written in the transaction that stores what was read."""

pulse = Table(
    "pulse",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""What a restart should not forget of a connector's health."""

write_stop = Table(
    "write_stop",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by_whom", Text, nullable=False),
)
"""Connectors whose kill switch is thrown: nothing is written to them."""

measured = Table(
    "measured",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("since", BigInteger),
    Column("until", BigInteger),
    Column("state", Text, nullable=False),
    Column("message", Text),
    Column("changed_at", BigInteger),
    Column("asked_at", BigInteger),
    Column("at", BigInteger),
    Column("value", Float),
)
"""Metric series of services: how far each was asked for, and what it said last."""

measured_block = Table(
    "measured_block",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_measured_block_start", "step", "start"),
)
"""Their points: so many of a step (in seconds) from an instant on, eight bytes each."""

objective = Table(
    "objective",
    metadata,
    Column("name", Text, primary_key=True),
    Column("service", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("judged_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""What is said of each objective, and since when."""

project = Table(
    "project",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("connector", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("journal", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    Column("body", LargeBinary, nullable=False),
)

_ITEM = (
    Column("ref", Text, primary_key=True),
    Column("project", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("guid", Text),
    Column("parent", Text),
    Column("ord", Integer, nullable=False),
    Column("title", Text),
    Column("status", Text),
    Column("start", Text),
    Column("finish", Text),
    Column("due", Text),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger),
    Column("version", Integer, nullable=False),
    Column("deleted_at", BigInteger),
    # Of work that a tracker told of, one by one; of a plan that came as a file all of it is null.
    Column("origin", Text),
    Column("stamp", Text),
    Column("heard_at", BigInteger),
    Column("journal", BigInteger),
    Column("code", Text),
    Column("people", Text),
    Column("owns", Text),
    Column("awaits", Text),
    Column("gone", Text),
)

item_row = Table(
    "item_row",
    metadata,
    *_ITEM,
    Index("ix_item_row_project", "project", "kind", "ord"),
    Index("ix_item_row_kind", "kind", "ref"),
    Index("ix_item_row_parent", "parent", "kind"),
    Index("ix_item_row_since", "since"),
    Index(
        "ix_item_row_until",
        "until",
        postgresql_where=text("until IS NOT NULL"),
        sqlite_where=text("until IS NOT NULL"),
    ),
    Index(
        "ix_item_row_code",
        "code",
        postgresql_where=text("code IS NOT NULL"),
        sqlite_where=text("code IS NOT NULL"),
    ),
    Index(
        "ix_item_row_awaits",
        "awaits",
        postgresql_where=text("awaits IS NOT NULL"),
        sqlite_where=text("awaits IS NOT NULL"),
    ),
)
"""What a plan consists of, with what imports under way add (`since`) and take away (`until`).

Work that a tracker tells of is changed in place, with `since` 0: `origin` and `stamp` are its
record's kind and version, `heard_at` is when it was told, `journal` by which delivery; `code` is
what people call it, `people` who works on it, `owns` the keys of its dependencies, `awaits` the
code of a parent that nobody told of yet, `gone` why it is deleted."""

former_code = Table(
    "former_code",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    Index("ix_former_code_ref", "ref"),
)
"""What work was called before it moved: people still write the old name."""

item = Table("item", MetaData(), *(c._copy() for c in _ITEM))  # noqa: SLF001 - no other way
"""A view, for all readers: the rows of `item_row` as they are while nothing is under way. What is
plan: tasks, milestones, dependencies, calendars, resources, assignments."""

importing = Table(
    "importing",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("project", Text),
    Column("lost", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Imports under way; none of their rows shows before theirs goes. `at` is their last sign of life,
`lost` says that another one took over."""

staging = Table(
    "staging",
    metadata,
    Column("journal", BigInteger, primary_key=True, autoincrement=False),
    Column("ref", Text, primary_key=True),
)
"""What an import under way found again of a plan; the rest of the plan is removed by it."""

move = Table(
    "move",
    metadata,
    Column("milestone", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("project", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("detail", LargeBinary, nullable=False),
)
"""Milestones whose date another import of their plan moved; `number` is that import's, so the
newest move of a milestone has the greatest. `before` and `after` are as the source wrote them,
`detail` says by how many days and why."""

watched = Table(
    "watched",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("refusal", Text),
)
"""The newest file of each watched path that was dealt with; `refusal` says why it is not the plan,
`stamp` by which settings and mappings that was decided."""

document = Table(
    "document",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by_whom", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_document_name", "kind", "name", "number"),
)
"""Versions of mapping documents and of the service catalogue."""

sample = Table(
    "sample",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("loaded", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by_whom", Text, nullable=False),
)
"""One row while sample data is in the hub, none else; `loaded` is false until all of it is."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    Column("receipt", Text, nullable=False),
    Column("connector", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("evidence", LargeBinary),
    Index("ix_quarantine_receipt", "receipt"),
    Index("ix_quarantine_at", "at", "id"),
    Index("ix_quarantine_connector", "connector", "state"),
    Index(
        "ix_quarantine_unfit",
        "at",
        "id",
        postgresql_where=text("state <> 'solved'"),
        sqlite_where=text("state <> 'solved'"),
    ),
)

change = Table(
    "change",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("cause", Text, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("used_at", BigInteger),
    Column("revoked_at", BigInteger),
)
"""Tokens, sessions and one-time links (`kind`), as hashes; the secret itself is never stored."""

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Index("ix_audit_action", "action", "id"),
)
