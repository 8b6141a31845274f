"""Whose work a colleague looks at, their own or everyone's; and changes that lose what is too old to be taken back.

Revision: 0028
Follows: 0027
"""

from alembic import op
import sqlalchemy as sa

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_HOLDS = sa.text("NOT emptied AND (kind <> 'contact.merge' OR undone_at IS NOT NULL)")


def upgrade() -> None:
    op.add_column("users", sa.Column("whose", sa.String(10), nullable=False, server_default="mine"))
    op.add_column("changes", sa.Column("emptied", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_changes_holding", "changes", ["at", "id"], sqlite_where=_HOLDS, postgresql_where=_HOLDS)


def downgrade() -> None:
    op.drop_index("ix_changes_holding", table_name="changes")
    with op.batch_alter_table("changes") as table:
        table.drop_column("emptied")
    with op.batch_alter_table("users") as table:
        table.drop_column("whose")
