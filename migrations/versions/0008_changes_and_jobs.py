"""Changes that can be taken back, and long work as rows with its files.

Revision: 0008
Follows: 0007
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("words", kit.db.Document, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("data", kit.db.Document, nullable=False),
        sa.Column("undone_at", kit.db.Instant(), nullable=True),
        sa.Column("undone_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_at", "changes", ["at"])
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", kit.db.Document, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("data", kit.db.Document, nullable=False),
        sa.Column("cursor", kit.db.Document, nullable=False),
        sa.Column("left_out", kit.db.Document, nullable=False),
        sa.Column("result", kit.db.Document, nullable=False),
        sa.Column("log", kit.db.Document, nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("started_at", kit.db.Instant(), nullable=True),
        sa.Column("ended_at", kit.db.Instant(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], ondelete="SET NULL", name=op.f("fk_jobs_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "job_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE", name=op.f("fk_job_files_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_files")),
        sa.UniqueConstraint("job_id", "role", "position", name=op.f("uq_job_files_job_id_role_position")),
    )


def downgrade() -> None:
    op.drop_table("job_files")
    op.drop_index("ix_jobs_state", "jobs")
    op.drop_table("jobs")
    op.drop_index("ix_changes_at", "changes")
    op.drop_table("changes")
