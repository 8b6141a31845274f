"""What is being written: drafts of sequences with their attachments, and tests sent to ourselves.

Revision: 0012
Follows: 0011
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sequence_drafts",
        sa.Column("sequence_id", sa.Integer(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("changed_at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence_id"], ["sequences.id"], ondelete="CASCADE", name=op.f("fk_sequence_drafts_sequence_id")
        ),
        sa.PrimaryKeyConstraint("sequence_id", name=op.f("pk_sequence_drafts")),
    )
    op.create_table(
        "sequence_draft_files",
        sa.Column("sequence_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence_id"],
            ["sequence_drafts.sequence_id"],
            ondelete="CASCADE",
            name=op.f("fk_sequence_draft_files_sequence_id"),
        ),
        sa.PrimaryKeyConstraint("sequence_id", "name", name=op.f("pk_sequence_draft_files")),
    )
    op.create_table(
        "trial_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sequence_id", sa.Integer(), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("step_key", sa.String(length=60), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE", name=op.f("fk_trial_mails_user_id")),
        sa.ForeignKeyConstraint(
            ["sequence_id"], ["sequences.id"], ondelete="CASCADE", name=op.f("fk_trial_mails_sequence_id")
        ),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["mailboxes.id"], ondelete="CASCADE", name=op.f("fk_trial_mails_mailbox_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_mails")),
    )
    op.create_index("ix_trial_mails_user", "trial_mails", ["user_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_trial_mails_user", "trial_mails")
    op.drop_table("trial_mails")
    op.drop_table("sequence_draft_files")
    op.drop_table("sequence_drafts")
