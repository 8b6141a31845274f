"""What a brand's mail carries, where answers go, and the keys that sign it.

Revision: 0006
Follows: 0005
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("brands", sa.Column("requires_postal", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("brands", sa.Column("reply_to", sa.String(320), nullable=False, server_default=""))
    op.add_column("mailboxes", sa.Column("reply_to", sa.String(320), nullable=False, server_default=""))
    op.create_table(
        "dkim_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("selector", sa.String(63), nullable=False),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("started_at", kit.db.Instant(), nullable=True),
        sa.CheckConstraint("algorithm IN ('rsa-sha256', 'ed25519-sha256')", name=op.f("ck_dkim_keys_algorithm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dkim_keys")),
        sa.UniqueConstraint("domain", "selector", name=op.f("uq_dkim_keys_domain_selector")),
    )


def downgrade() -> None:
    op.drop_table("dkim_keys")
    op.drop_column("mailboxes", "reply_to")
    op.drop_column("brands", "reply_to")
    op.drop_column("brands", "requires_postal")
