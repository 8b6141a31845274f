"""What stays of people who were erased, who was given whose data, and since when and whence a lawful basis holds.

Revision: 0020
Follows: 0013
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("basis_since", sa.Date(), nullable=True))
    op.add_column("contacts", sa.Column("basis_source", sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "erased_marks",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_erased_marks")),
    )
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], ondelete="SET NULL", name=op.f("fk_disclosures_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    op.create_index("ix_disclosures_contact", "disclosures", ["contact_id", "at"])
    op.create_index("ix_disclosures_at", "disclosures", ["at"])


def downgrade() -> None:
    op.drop_table("disclosures")
    op.drop_table("erased_marks")
    with op.batch_alter_table("contacts") as table:
        table.drop_column("basis_source")
        table.drop_column("basis_since")
