"""Reports at a size: what the beat keeps of them, and indexes that count runs, mails and notes without reading rows.

Revision: 0023
Follows: 0022
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_reports",
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("edge", kit.db.Instant(), nullable=False),
        sa.Column("document", kit.db.Document, nullable=False),
        sa.PrimaryKeyConstraint("subject", "edge", name=op.f("pk_kept_reports")),
    )
    op.drop_index("ix_sends_step", table_name="sends")
    op.create_index("ix_sends_step", "sends", ["sequence_id", "step_key", "state"])
    op.create_index(
        "ix_enrolments_moves",
        "enrolments",
        ["sequence_id", "state", "ended_at", "last_sent_at", "created_at", "id"],
    )
    op.create_index(
        "ix_feedback_report",
        "feedback",
        ["theme_id", "product_id", "contact_id", "created_at", "kind", "from_audience", "brand_id"],
    )
    moves = sa.text("kind = 'stage'")
    op.create_index(
        "ix_timeline_entries_newest_moves",
        "timeline_entries",
        ["at", "id", "contact_id", "brand_id"],
        sqlite_where=moves,
        postgresql_where=moves,
    )


def downgrade() -> None:
    op.drop_index("ix_timeline_entries_newest_moves", table_name="timeline_entries")
    op.drop_index("ix_feedback_report", table_name="feedback")
    op.drop_index("ix_enrolments_moves", table_name="enrolments")
    op.drop_index("ix_sends_step", table_name="sends")
    op.create_index("ix_sends_step", "sends", ["sequence_id", "step_key"])
    op.drop_table("kept_reports")
