"""Search and speed: indexes of what pages count, and the index of words: FTS5 on SQLite, tsvectors on PostgreSQL. Its triggers are set, and it is filled, by crm/search_index.py in 0021.

Revision: 0016
Follows: 0013
"""

from alembic import op
import sqlalchemy as sa

import kit.db

from crm.search_sources import INDEXES, SOURCES

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


_REPLY = "direction = 'in' AND kind = 'reply'"
_QUICK = (
    ("ix_threads_mailbox", "threads", "mailbox_id", ""),
    (
        "ix_threads_open",
        "threads",
        "last_in_at, last_out_at, done_at, snoozed_until",
        "done_at IS NULL OR done_at < last_in_at OR done_at < last_out_at OR snoozed_until IS NOT NULL",
    ),
    ("ix_messages_replies", "messages", "contact_id, at", _REPLY),
    ("ix_messages_box_replies", "messages", "mailbox_id, at, complaint", _REPLY),
    ("ix_messages_unsure", "messages", "reply_confidence, thread_id", "reply_confidence IS NOT NULL AND reply_kind_by = ''"),
    ("ix_contacts_erased", "contacts", "id", "erased_at IS NOT NULL"),
    ("ix_messages_complaints", "messages", "mailbox_id, at", "direction = 'in' AND complaint"),
    (
        "ix_messages_human",
        "messages",
        "at, contact_id, direction",
        "kind IN ('reply', 'sent', 'manual') AND contact_id IS NOT NULL",
    ),
    ("ix_sends_step", "sends", "sequence_id, step_key", ""),
    ("ix_sends_waiting", "sends", "sequence_id, state", "state IN ('draft', 'unknown')"),
    ("ix_sends_box_hard", "sends", "mailbox_id, hard_bounced_at", "hard_bounced_at IS NOT NULL"),
    ("ix_sends_sequence_hard", "sends", "sequence_id, hard_bounced_at", "hard_bounced_at IS NOT NULL"),
    ("ix_sends_left", "sends", "mailbox_id, sent_at, bounced_at", "state = 'sent'"),
    ("ix_handles_price", "handles", "contact_id, price_amount, price_currency", "price_amount IS NOT NULL"),
    ("ix_relationships_lane", "relationships", "brand_id, stage_id, stage_since, contact_id", ""),
)


def upgrade() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    for index in INDEXES:
        op.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', prefix='2 3 4', "
            "tokenize='unicode61 remove_diacritics 2')"
            if is_sqlite
            else f"CREATE TABLE {index} (id bigint CONSTRAINT pk_{index} PRIMARY KEY, words tsvector NOT NULL)"
        )
    for name, table, columns, where in _QUICK:
        op.execute(f"CREATE INDEX {name} ON {table} ({columns}){f' WHERE {where}' if where else ''}")
    op.execute("DROP INDEX ix_relationships_stage")
    op.create_table(
        "kept_figures",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.Column("document", kit.db.Document, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept_figures")),
    )
    if not is_sqlite:
        for index in INDEXES:
            op.execute(f"CREATE INDEX ix_{index}_words ON {index} USING gin (words)")


def downgrade() -> None:
    op.drop_table("kept_figures")
    for name, *_ in _QUICK:
        op.execute(f"DROP INDEX {name}")
    op.create_index("ix_relationships_stage", "relationships", ["brand_id", "stage_id"])
    if op.get_bind().dialect.name != "sqlite":
        for table in ("messages", *(source.table for source in SOURCES)):
            op.execute(f"DROP TRIGGER IF EXISTS search_{table} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS search_{table}()")
        op.execute("DROP FUNCTION search_vector(text)")
    for index in INDEXES:
        op.execute(f"DROP TABLE {index}")
