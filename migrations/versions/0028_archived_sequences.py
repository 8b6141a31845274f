"""Put away for good, or for now: sequences can be archived, and know since when.

Revision: 0028
Follows: 0025
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0028"
down_revision = "0025"
branch_labels = None
depends_on = None

_NAME = "ck_sequences_state"


def upgrade() -> None:
    with op.batch_alter_table("sequences") as table:
        table.add_column(sa.Column("archived_at", kit.db.Instant(), nullable=True))
        table.drop_constraint(op.f(_NAME), type_="check")
        table.create_check_constraint(op.f(_NAME), "state IN ('draft', 'live', 'paused', 'archived')")


def downgrade() -> None:
    # What was launched once waits, and what never was is a draft again: neither sends.
    op.execute(
        sa.text(
            "UPDATE sequences SET state = CASE WHEN started_at IS NULL THEN 'draft' ELSE 'paused' END, "
            "paused_at = CASE WHEN started_at IS NULL THEN paused_at ELSE coalesce(paused_at, archived_at) END "
            "WHERE state = 'archived'"
        )
    )
    with op.batch_alter_table("sequences") as table:
        table.drop_constraint(op.f(_NAME), type_="check")
        table.create_check_constraint(op.f(_NAME), "state IN ('draft', 'live', 'paused')")
        table.drop_column("archived_at")
