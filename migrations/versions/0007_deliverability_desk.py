"""What the deliverability desk keeps: the last checks of each mailbox, and mail that came in by mailbox and time.

Revision: 0007
Follows: 0006
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("findings", kit.db.Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["mailboxes.id"], ondelete="CASCADE", name=op.f("fk_mailbox_checks_mailbox_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_checks")),
    )
    op.create_index("ix_mailbox_checks_at", "mailbox_checks", ["mailbox_id", "at"])
    op.create_index("ix_messages_mailbox_at", "messages", ["mailbox_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_messages_mailbox_at", "messages")
    op.drop_index("ix_mailbox_checks_at", "mailbox_checks")
    op.drop_table("mailbox_checks")
