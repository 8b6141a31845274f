"""What replies say: the machine's guess kept beside the person's, and facts that wait for a yes.

Revision: 0003
Follows: 0002
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("guessed_kind", sa.String(20), nullable=True))
    op.add_column("messages", sa.Column("reply_confidence", sa.Double(), nullable=True))
    op.execute("UPDATE messages SET guessed_kind = reply_kind WHERE reply_kind_by = ''")
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("data", kit.db.Document, nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("decided_at", kit.db.Instant(), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("effect", kit.db.Document, nullable=False),
        sa.CheckConstraint("decision IN ('', 'accepted', 'dismissed')", name=op.f("ck_proposals_decision")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], ondelete="CASCADE",
                                name=op.f("fk_proposals_message_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], ondelete="CASCADE",
                                name=op.f("fk_proposals_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("message_id", "number", name=op.f("uq_proposals_message_id_number")),
    )
    op.create_index("ix_proposals_contact", "proposals", ["contact_id", "decision"])
    op.create_table(
        "reply_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("guessed", sa.String(20), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(20), nullable=False),
        sa.Column("after", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], ondelete="CASCADE",
                                name=op.f("fk_reply_corrections_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_corrections")),
    )
    op.create_index(op.f("ix_reply_corrections_message_id"), "reply_corrections", ["message_id"])


def downgrade() -> None:
    op.drop_table("reply_corrections")
    op.drop_table("proposals")
    op.drop_column("messages", "reply_confidence")
    op.drop_column("messages", "guessed_kind")
