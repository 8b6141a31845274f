"""Search: the list of mails whose words the index does not have yet.

Revision: 0021
Follows: 0020
"""

from alembic import op
import sqlalchemy as sa

from crm.search_index import count_faults, index_waiting, install, rebuild

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_waiting",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_search_waiting")),
    )
    install(op.get_bind())
    if count_faults(op.get_bind()):
        rebuild(op.get_bind())


def downgrade() -> None:
    connection = op.get_bind()
    while index_waiting(connection):
        pass
    if connection.dialect.name != "sqlite":
        for table in ("messages", "message_bodies"):
            op.execute(f"DROP TRIGGER IF EXISTS search_{table} ON {table}")
    op.drop_table("search_waiting")
