"""Few among many: first mails by mailbox, open conversations by person, topics, and people by when they came, by
indexes that hold all that is asked.

Revision: 0026
Follows: 0025
"""

from alembic import op
import sqlalchemy as sa

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_FIRST = sa.text("state = 'sent' AND NOT is_follow_up AND sequence_id IS NOT NULL")
_OPEN = sa.text("done_at IS NULL OR done_at < last_in_at OR done_at < last_out_at OR snoozed_until IS NOT NULL")


def upgrade() -> None:
    first = ["mailbox_id", "sent_at", "thread_id"]
    op.create_index("ix_sends_first", "sends", first, sqlite_where=_FIRST, postgresql_where=_FIRST)
    turn = ["contact_id", "last_in_at", "last_out_at", "done_at", "snoozed_until"]
    op.create_index("ix_threads_awake", "threads", turn, sqlite_where=_OPEN, postgresql_where=_OPEN)
    # Whose turn it is, which every page says, is asked by brand and by the person's owner, too.
    op.drop_index("ix_threads_turns", table_name="threads")
    _index_turns(["mailbox_id", "brand_id", *turn])
    op.create_index("ix_contacts_topic", "contacts", ["topic"])
    op.create_index("ix_contacts_added", "contacts", ["created_at", "id"])
    op.create_index("ix_handles_topic", "handles", ["topic", "contact_id", "retired_at"])


def downgrade() -> None:
    op.drop_index("ix_handles_topic", table_name="handles")
    op.drop_index("ix_contacts_added", table_name="contacts")
    op.drop_index("ix_contacts_topic", table_name="contacts")
    op.drop_index("ix_threads_turns", table_name="threads")
    _index_turns(["mailbox_id", "last_in_at", "last_out_at", "done_at", "snoozed_until"])
    op.drop_index("ix_threads_awake", table_name="threads")
    op.drop_index("ix_sends_first", table_name="sends")


def _index_turns(columns: list[str]) -> None:
    op.create_index("ix_threads_turns", "threads", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
