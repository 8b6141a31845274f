"""People known twice: the keys they share, the pairs they make, the merges that were made.

Revision: 0017
Follows: 0013
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_keys",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("value", sa.String(320), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_keys_contact_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", "kind", "value", name=op.f("pk_contact_keys")),
    )
    op.create_index("ix_contact_keys_value", "contact_keys", ["kind", "value"])
    op.create_table(
        "contact_pairs",
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("evidence", kit.db.Document, nullable=False),
        sa.Column("decided_at", kit.db.Instant(), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.CheckConstraint("state IN ('open', 'apart')", name=op.f("ck_contact_pairs_state")),
        sa.ForeignKeyConstraint(["low_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_pairs_low_id")),
        sa.ForeignKeyConstraint(
            ["high_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_pairs_high_id")
        ),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_contact_pairs")),
    )
    op.create_index("ix_contact_pairs_high", "contact_pairs", ["high_id"])
    op.create_index("ix_contact_pairs_state", "contact_pairs", ["state", "weight", "low_id", "high_id"])
    op.create_table(
        "contact_merges",
        sa.Column("absorbed_id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["absorbed_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_merges_absorbed_id")
        ),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_merges_survivor_id")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], ondelete="SET NULL", name=op.f("fk_contact_merges_change_id")
        ),
        sa.PrimaryKeyConstraint("absorbed_id", name=op.f("pk_contact_merges")),
    )
    op.create_index(op.f("ix_contact_merges_survivor_id"), "contact_merges", ["survivor_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_contact_merges_survivor_id"), "contact_merges")
    op.drop_table("contact_merges")
    op.drop_index("ix_contact_pairs_state", "contact_pairs")
    op.drop_index("ix_contact_pairs_high", "contact_pairs")
    op.drop_table("contact_pairs")
    op.drop_index("ix_contact_keys_value", "contact_keys")
    op.drop_table("contact_keys")
