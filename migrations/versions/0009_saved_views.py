"""Names for what the contact list is asked, and how long people stay at a stage.

Revision: 0009
Follows: 0008
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], ondelete="CASCADE", name=op.f("fk_saved_views_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_views_owner_id_name")),
    )
    stage_moves = sa.text("kind = 'stage'")
    op.create_index(
        "ix_timeline_entries_stage_moves",
        "timeline_entries",
        ["brand_id", "id"],
        sqlite_where=stage_moves,
        postgresql_where=stage_moves,
    )


def downgrade() -> None:
    op.drop_index("ix_timeline_entries_stage_moves", "timeline_entries")
    op.drop_table("saved_views")
