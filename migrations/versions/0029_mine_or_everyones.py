"""Whose work a colleague looks at: their own, or everyone's.

Revision: 0029
Follows: 0025
"""

from alembic import op
import sqlalchemy as sa

revision = "0029"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("whose", sa.String(10), nullable=False, server_default="mine"))


def downgrade() -> None:
    with op.batch_alter_table("users") as table:
        table.drop_column("whose")
