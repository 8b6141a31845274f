"""What the settings keep: languages, retired products, own fields of contacts, disconnected mailboxes, API tokens.

Revision: 0013
Follows: 0012
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.String(12), nullable=False, server_default=""))
    op.add_column("products", sa.Column("retired_at", kit.db.Instant(), nullable=True))
    op.add_column("mailboxes", sa.Column("disconnected_at", kit.db.Instant(), nullable=True))
    op.create_table(
        "contact_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("choices", kit.db.Document, nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("retired_at", kit.db.Instant(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('text', 'number', 'money', 'date', 'choice', 'url', 'yes_no')",
            name=op.f("ck_contact_fields_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_fields")),
        sa.UniqueConstraint("key", name=op.f("uq_contact_fields_key")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(80), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("revoked_at", kit.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("api_tokens")
    op.drop_table("contact_fields")
    with op.batch_alter_table("mailboxes") as table:
        table.drop_column("disconnected_at")
    with op.batch_alter_table("products") as table:
        table.drop_column("retired_at")
    with op.batch_alter_table("users") as table:
        table.drop_column("language")
