"""Contacts in depth: who stands for whom, old addresses and names, posts, rates with their history, copies of mails.

Revision: 0015
Follows: 0013
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact_addresses", sa.Column("retired_at", kit.db.Instant(), nullable=True))
    op.add_column("contact_addresses", sa.Column("retired_why", sa.String(200), nullable=False, server_default=""))
    op.add_column("mail_drafts", sa.Column("cc", sa.Text(), nullable=False, server_default=""))
    op.add_column("sends", sa.Column("cc", kit.db.Document, nullable=False, server_default="[]"))
    for name in ("median_views", "views_spread", "post_gap_days"):
        op.add_column("handles", sa.Column(name, sa.Double(), nullable=True))
    op.add_column("handles", sa.Column("is_main", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("handles", sa.Column("retired_at", kit.db.Instant(), nullable=True))
    op.add_column("handles", sa.Column("retired_why", sa.String(200), nullable=False, server_default=""))
    _create_links()
    _create_names()
    _create_posts()
    _create_rates()
    op.execute(_KNOWN_RATES)


def _create_links() -> None:
    op.create_table(
        "contact_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.CheckConstraint("contact_id <> agent_id", name=op.f("ck_contact_links_two_people")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_links_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_links_agent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_links")),
        sa.UniqueConstraint("contact_id", "agent_id", name=op.f("uq_contact_links_contact_id_agent_id")),
    )
    op.create_index(op.f("ix_contact_links_agent_id"), "contact_links", ["agent_id"])


def _create_names() -> None:
    op.create_table(
        "handle_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(30), nullable=False),
        sa.Column("username", sa.String(200), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("until", kit.db.Instant(), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["handle_id"], ["handles.id"], ondelete="CASCADE", name=op.f("fk_handle_names_handle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handle_names")),
    )
    op.create_index(op.f("ix_handle_names_handle_id"), "handle_names", ["handle_id"])


def _create_posts() -> None:
    op.create_table(
        "handle_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle_id", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("views", sa.Double(), nullable=True),
        sa.Column("interactions", sa.Double(), nullable=True),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("sponsor", sa.String(120), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handle_id"], ["handles.id"], ondelete="CASCADE", name=op.f("fk_handle_posts_handle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handle_posts")),
    )
    op.create_index("ix_handle_posts_handle_day", "handle_posts", ["handle_id", "posted_on"])


def _create_rates() -> None:
    op.create_table(
        "handle_rates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handle_id"], ["handles.id"], ondelete="CASCADE", name=op.f("fk_handle_rates_handle_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], ondelete="SET NULL", name=op.f("fk_handle_rates_message_id")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_handle_rates_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handle_rates")),
    )
    op.create_index("ix_handle_rates_handle_day", "handle_rates", ["handle_id", "said_on"])
    op.create_index(op.f("ix_handle_rates_import_id"), "handle_rates", ["import_id"])


# A rate that was kept without a day was known at the latest when the account was added.
_KNOWN_RATES = """
    INSERT INTO handle_rates (handle_id, format, amount, currency, said_on, said_by, actor, created_at)
    SELECT id, 'post', price_amount, COALESCE(price_currency, 'EUR'), DATE(created_at), '', 'system',
           created_at
    FROM handles WHERE price_amount IS NOT NULL
"""


def downgrade() -> None:
    for name in ("handle_rates", "handle_posts", "handle_names", "contact_links"):
        op.drop_table(name)
    with op.batch_alter_table("handles") as batch:
        for name in ("retired_why", "retired_at", "is_main", "post_gap_days", "views_spread", "median_views"):
            batch.drop_column(name)
    with op.batch_alter_table("sends") as batch:
        batch.drop_column("cc")
    with op.batch_alter_table("mail_drafts") as batch:
        batch.drop_column("cc")
    with op.batch_alter_table("contact_addresses") as batch:
        batch.drop_column("retired_why")
        batch.drop_column("retired_at")
