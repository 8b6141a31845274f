"""Feedback that closes its loop: where a note came from and whom it reaches, public forms, what was done, who was told.

Revision: 0019
Follows: 0013
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("feedback") as table:
        table.add_column(sa.Column("reach", sa.Integer(), nullable=True))
        table.add_column(sa.Column("source", sa.String(10), nullable=False, server_default="hand"))
        table.add_column(sa.Column("said_by", sa.String(200), nullable=False, server_default=""))
        table.add_column(sa.Column("said_email", sa.String(320), nullable=False, server_default=""))
        table.add_column(sa.Column("request_key", sa.String(120), nullable=True))
        table.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_feedback_source"), "source IN ('hand', 'mail', 'form', 'api', 'csv')")
        table.create_index("ix_feedback_created", ["created_at", "id"])
        table.create_index("ix_feedback_batch", ["batch_id"])
        table.create_index("uq_feedback_request_key", ["request_key"], unique=True)
    op.execute(sa.text("UPDATE feedback SET source = 'mail' WHERE message_id IS NOT NULL"))
    op.add_column("themes", sa.Column("out_on", sa.Date(), nullable=True))
    op.add_column("themes", sa.Column("did", sa.Text(), nullable=False, server_default=""))
    _make_links()
    _make_tells()


def _make_links() -> None:
    op.create_table(
        "feedback_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("closed_at", kit.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_feedback_links_brand_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_feedback_links_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_links")),
    )


def _make_tells() -> None:
    op.create_table(
        "theme_tells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_edited", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", kit.db.Document, nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("anyway", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("send_id", sa.Integer(), nullable=True),
        sa.Column("told_at", kit.db.Instant(), nullable=True),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'held', 'queued', 'told')", name=op.f("ck_theme_tells_state")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], ondelete="CASCADE", name=op.f("fk_theme_tells_theme_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_theme_tells_contact_id")
        ),
        sa.ForeignKeyConstraint(["send_id"], ["sends.id"], ondelete="SET NULL", name=op.f("fk_theme_tells_send_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_tells")),
        sa.UniqueConstraint("theme_id", "contact_id", name=op.f("uq_theme_tells_theme_id_contact_id")),
    )
    op.create_index("ix_theme_tells_contact", "theme_tells", ["contact_id"])
    op.create_index("ix_theme_tells_send", "theme_tells", ["send_id"])


def downgrade() -> None:
    op.drop_table("theme_tells")
    op.drop_table("feedback_links")
    op.drop_column("themes", "did")
    op.drop_column("themes", "out_on")
    with op.batch_alter_table("feedback") as table:
        table.drop_index("uq_feedback_request_key")
        table.drop_index("ix_feedback_batch")
        table.drop_index("ix_feedback_created")
        table.drop_constraint(op.f("ck_feedback_source"), type_="check")
        for name in ("batch_id", "request_key", "said_email", "said_by", "source", "reach"):
            table.drop_column(name)
