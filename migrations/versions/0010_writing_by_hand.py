"""Texts of the workspace, drafts and files of mails written by hand, and how long a send can be taken back.

Revision: 0010
Follows: 0009
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("undo_s", sa.Integer(), nullable=False, server_default="10"))
    with op.batch_alter_table("users") as users:
        users.alter_column("undo_s", server_default=None)
    op.create_table(
        "saved_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("path", sa.String(160), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("dm", sa.Text(), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("updated_at", kit.db.Instant(), nullable=False),
        sa.Column("updated_by", sa.String(80), nullable=False),
        sa.Column("archived_at", kit.db.Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('template', 'snippet')", name=op.f("ck_saved_texts_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_texts")),
        sa.UniqueConstraint("path", name=op.f("uq_saved_texts_path")),
    )
    op.create_index("ix_saved_texts_kind_name", "saved_texts", ["kind", "name"])
    op.create_table(
        "text_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("send_id", sa.Integer(), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"], ["saved_texts.id"], name=op.f("fk_text_uses_text_id_saved_texts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_uses")),
        sa.UniqueConstraint("send_id", name=op.f("uq_text_uses_send_id")),
    )
    op.create_index("ix_text_uses_text", "text_uses", ["text_id", "at"])
    op.create_table(
        "mail_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mail_drafts_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["saved_texts.id"], name=op.f("fk_mail_drafts_text_id_saved_texts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_drafts")),
        sa.UniqueConstraint("user_id", "place", name=op.f("uq_mail_drafts_user_id_place")),
    )
    op.create_table(
        "mail_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("send_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("content_type", sa.String(120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["mail_drafts.id"], name=op.f("fk_mail_files_draft_id_mail_drafts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["send_id"], ["sends.id"], name=op.f("fk_mail_files_send_id_sends"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_files")),
    )
    op.create_index(op.f("ix_mail_files_draft_id"), "mail_files", ["draft_id"])
    op.create_index(op.f("ix_mail_files_send_id"), "mail_files", ["send_id"])


def downgrade() -> None:
    op.drop_table("mail_files")
    op.drop_table("mail_drafts")
    op.drop_table("text_uses")
    op.drop_table("saved_texts")
    with op.batch_alter_table("users") as users:
        users.drop_column("undo_s")
