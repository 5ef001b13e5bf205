"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_ITEM = """
CREATE VIEW item AS SELECT * FROM item_row
WHERE since NOT IN (SELECT number FROM importing)
  AND (until IS NULL OR until IN (SELECT number FROM importing))
"""


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("incident", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("flaps", sa.Integer(), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("sources", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("flapping_until", sa.BigInteger(), nullable=True),
        sa.Column("trace", sa.LargeBinary(), nullable=True),
        sa.Column("ack", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(
            "ix_alert_flapping",
            ["flapping_until"],
            unique=False,
            postgresql_where=sa.text("flapping_until IS NOT NULL"),
            sqlite_where=sa.text("flapping_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_alert_firing",
            ["starts_at", "ref", "severity"],
            unique=False,
            postgresql_where=sa.text("status = 'firing'"),
            sqlite_where=sa.text("status = 'firing'"),
        )
        batch_op.create_index("ix_alert_incident", ["incident"], unique=False)
        batch_op.create_index(
            "ix_alert_waiting",
            ["starts_at", "ref"],
            unique=False,
            postgresql_where=sa.text("status IN ('pending', 'suppressed', 'unverified')"),
            sqlite_where=sa.text("status IN ('pending', 'suppressed', 'unverified')"),
        )
        batch_op.create_index("ix_alert_starts", ["starts_at", "ref"], unique=False)

    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_action", ["action", "id"], unique=False)

    op.create_table(
        "change",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("incident_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_name", ["kind", "name", "number"], unique=False)

    op.create_table(
        "former_member",
        sa.Column("incident", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "alert", name=op.f("pk_former_member")),
    )
    with op.batch_alter_table("former_member", schema=None) as batch_op:
        batch_op.create_index("ix_former_member_alert", ["alert"], unique=False)

    op.create_table(
        "incident",
        sa.Column(
            "no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("exposure", sa.Float(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("active_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("firing", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("exposures", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_opened", ["opened_at", "no"], unique=False)
        batch_op.create_index(
            "ix_incident_resolved",
            ["resolved_at"],
            unique=False,
            postgresql_where=sa.text("resolved_at IS NOT NULL"),
            sqlite_where=sa.text("resolved_at IS NOT NULL"),
        )
        batch_op.create_index("ix_incident_status", ["status"], unique=False)

    op.create_table(
        "item_row",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("start", sa.Text(), nullable=True),
        sa.Column("finish", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("journal", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("people", sa.Text(), nullable=True),
        sa.Column("owns", sa.Text(), nullable=True),
        sa.Column("awaits", sa.Text(), nullable=True),
        sa.Column("gone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("ref", "since", name=op.f("pk_item_row")),
    )
    with op.batch_alter_table("item_row", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_row_awaits",
            ["awaits"],
            unique=False,
            sqlite_where=sa.text("awaits IS NOT NULL"),
            postgresql_where=sa.text("awaits IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_item_row_code",
            ["code"],
            unique=False,
            sqlite_where=sa.text("code IS NOT NULL"),
            postgresql_where=sa.text("code IS NOT NULL"),
        )
        batch_op.create_index("ix_item_row_kind", ["kind", "ref"], unique=False)
        batch_op.create_index("ix_item_row_parent", ["parent", "kind"], unique=False)
        batch_op.create_index("ix_item_row_project", ["project", "kind", "ord"], unique=False)
        batch_op.create_index("ix_item_row_since", ["since"], unique=False)
        batch_op.create_index(
            "ix_item_row_until",
            ["until"],
            unique=False,
            sqlite_where=sa.text("until IS NOT NULL"),
            postgresql_where=sa.text("until IS NOT NULL"),
        )

    op.create_table(
        "former_code",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connector", "code", name=op.f("pk_former_code")),
    )
    with op.batch_alter_table("former_code", schema=None) as batch_op:
        batch_op.create_index("ix_former_code_ref", ["ref"], unique=False)

    op.create_table(
        "importing",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_importing")),
    )
    op.execute(_ITEM)
    op.create_table(
        "hint",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connector", "kind", "key", name=op.f("pk_hint")),
    )

    op.create_table(
        "identified",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_identified")),
    )
    op.create_table(
        "renamed",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_renamed")),
    )
    with op.batch_alter_table("renamed", schema=None) as batch_op:
        batch_op.create_index("ix_renamed_now", ["now"], unique=False)

    op.create_table(
        "watched",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("connector", name=op.f("pk_watched")),
    )

    op.create_table(
        "journal",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("headers", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("spans", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_connector", ["connector", "id"], unique=False)

    op.create_table(
        "journal_part",
        sa.Column(
            "journal",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("journal", "n", name=op.f("pk_journal_part")),
    )
    op.create_table(
        "link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(
            "ix_link_judged",
            ["id"],
            unique=False,
            postgresql_where=sa.text("state IN ('confirmed', 'rejected')"),
            sqlite_where=sa.text("state IN ('confirmed', 'rejected')"),
        )
        batch_op.create_index("ix_link_source", ["source"], unique=False)
        batch_op.create_index(
            "ix_link_suggested",
            ["at", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'suggested'"),
            sqlite_where=sa.text("state = 'suggested'"),
        )
        batch_op.create_index("ix_link_target", ["target"], unique=False)

    op.create_table(
        "move",
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("milestone", "number", name=op.f("pk_move")),
    )
    op.create_table(
        "occurrence",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("by_whom", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
    )
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.create_index("ix_occurrence_alert", ["alert"], unique=False)
        batch_op.create_index(
            "ix_occurrence_late",
            ["alert", "source_key"],
            unique=True,
            postgresql_where=sa.text("event = 'late'"),
            sqlite_where=sa.text("event = 'late'"),
        )

    op.create_table(
        "project",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("journal", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_project")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index("ix_quarantine_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_quarantine_connector", ["connector", "state"], unique=False)
        batch_op.create_index("ix_quarantine_receipt", ["receipt"], unique=False)
        batch_op.create_index(
            "ix_quarantine_unfit",
            ["at", "id"],
            unique=False,
            postgresql_where=sa.text("state <> 'solved'"),
            sqlite_where=sa.text("state <> 'solved'"),
        )

    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("loaded", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )

    op.create_table(
        "operation",
        sa.Column(
            "no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("write", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_operation")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index("uq_operation_key", ["key"], unique=True)
        batch_op.create_index("ix_operation_alert", ["alert", "no"], unique=False)
        batch_op.create_index(
            "ix_operation_field", ["connector", "series", "field", "no"], unique=False
        )
        batch_op.create_index(
            "ix_operation_waiting",
            ["connector", "next_at"],
            unique=False,
            postgresql_where=sa.text("next_at IS NOT NULL"),
            sqlite_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "position",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connector", name=op.f("pk_position")),
    )

    op.create_table(
        "pulse",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("connector", name=op.f("pk_pulse")),
    )

    op.create_table(
        "measured",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_measured")),
    )

    op.create_table(
        "measured_block",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ref", "step", "start", name=op.f("pk_measured_block")),
    )
    with op.batch_alter_table("measured_block", schema=None) as batch_op:
        batch_op.create_index("ix_measured_block_start", ["step", "start"], unique=False)

    op.create_table(
        "objective",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_objective")),
    )

    op.create_table(
        "write_stop",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connector", name=op.f("pk_write_stop")),
    )

    op.create_table(
        "staging",
        sa.Column("journal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("journal", "ref", name=op.f("pk_staging")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_token_hash")),
    )
    # One row from the start: every writer locks it.
    op.execute("INSERT INTO clock(id, seq, incident_no) VALUES (1, 0, 0)")


def downgrade() -> None:
    op.drop_table("token")
    op.drop_table("staging")
    op.drop_table("write_stop")
    op.drop_table("position")
    op.drop_table("pulse")
    op.drop_table("objective")
    with op.batch_alter_table("measured_block", schema=None) as batch_op:
        batch_op.drop_index("ix_measured_block_start")

    op.drop_table("measured_block")
    op.drop_table("measured")
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_operation_waiting",
            postgresql_where=sa.text("next_at IS NOT NULL"),
            sqlite_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_operation_field")
        batch_op.drop_index("ix_operation_alert")
        batch_op.drop_index("uq_operation_key")

    op.drop_table("operation")
    op.drop_table("sample")
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_quarantine_unfit",
            postgresql_where=sa.text("state <> 'solved'"),
            sqlite_where=sa.text("state <> 'solved'"),
        )
        batch_op.drop_index("ix_quarantine_receipt")
        batch_op.drop_index("ix_quarantine_connector")
        batch_op.drop_index("ix_quarantine_at")

    op.drop_table("quarantine")
    op.drop_table("project")
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_occurrence_late",
            postgresql_where=sa.text("event = 'late'"),
            sqlite_where=sa.text("event = 'late'"),
        )
        batch_op.drop_index("ix_occurrence_alert")

    op.drop_table("occurrence")
    op.drop_table("move")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index("ix_link_target")
        batch_op.drop_index(
            "ix_link_suggested",
            postgresql_where=sa.text("state = 'suggested'"),
            sqlite_where=sa.text("state = 'suggested'"),
        )
        batch_op.drop_index("ix_link_source")
        batch_op.drop_index(
            "ix_link_judged",
            postgresql_where=sa.text("state IN ('confirmed', 'rejected')"),
            sqlite_where=sa.text("state IN ('confirmed', 'rejected')"),
        )

    op.drop_table("link")
    op.drop_table("journal_part")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_connector")

    op.drop_table("journal")
    op.drop_table("watched")
    with op.batch_alter_table("renamed", schema=None) as batch_op:
        batch_op.drop_index("ix_renamed_now")

    op.drop_table("renamed")
    op.drop_table("identified")
    op.drop_table("hint")
    op.execute("DROP VIEW item")
    op.drop_table("importing")
    with op.batch_alter_table("former_code", schema=None) as batch_op:
        batch_op.drop_index("ix_former_code_ref")

    op.drop_table("former_code")
    with op.batch_alter_table("item_row", schema=None) as batch_op:
        batch_op.drop_index("ix_item_row_until")
        batch_op.drop_index("ix_item_row_since")
        batch_op.drop_index("ix_item_row_project")
        batch_op.drop_index("ix_item_row_parent")
        batch_op.drop_index("ix_item_row_kind")
        batch_op.drop_index("ix_item_row_code")
        batch_op.drop_index("ix_item_row_awaits")

    op.drop_table("item_row")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_status")
        batch_op.drop_index(
            "ix_incident_resolved",
            postgresql_where=sa.text("resolved_at IS NOT NULL"),
            sqlite_where=sa.text("resolved_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_incident_opened")

    op.drop_table("incident")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index("ix_document_name")

    with op.batch_alter_table("former_member", schema=None) as batch_op:
        batch_op.drop_index("ix_former_member_alert")

    op.drop_table("former_member")
    op.drop_table("document")
    op.drop_table("clock")
    op.drop_table("change")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_action")

    op.drop_table("audit")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index("ix_alert_starts")
        batch_op.drop_index(
            "ix_alert_waiting",
            postgresql_where=sa.text("status IN ('pending', 'suppressed', 'unverified')"),
            sqlite_where=sa.text("status IN ('pending', 'suppressed', 'unverified')"),
        )
        batch_op.drop_index(
            "ix_alert_flapping",
            postgresql_where=sa.text("flapping_until IS NOT NULL"),
            sqlite_where=sa.text("flapping_until IS NOT NULL"),
        )
        batch_op.drop_index("ix_alert_incident")
        batch_op.drop_index(
            "ix_alert_firing",
            postgresql_where=sa.text("status = 'firing'"),
            sqlite_where=sa.text("status = 'firing'"),
        )

    op.drop_table("alert")
