"""Speed: whose turn it is by mailbox, which every page says, and the mails of one conversation, by indexes.

Revision: 0025
Follows: 0024
"""

from alembic import op
import sqlalchemy as sa

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_OPEN = sa.text("done_at IS NULL OR done_at < last_in_at OR done_at < last_out_at OR snoozed_until IS NOT NULL")


def upgrade() -> None:
    columns = ["mailbox_id", "last_in_at", "last_out_at", "done_at", "snoozed_until"]
    op.create_index("ix_threads_turns", "threads", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_sends_thread", "sends", ["thread_id"])


def downgrade() -> None:
    op.drop_index("ix_sends_thread", table_name="sends")
    op.drop_index("ix_threads_turns", table_name="threads")
