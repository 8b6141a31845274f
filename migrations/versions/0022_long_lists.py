"""Long lists: the best figures of each person's accounts, and people by name, each with an index in their order.

Revision: 0022
Follows: 0020
"""

from alembic import op
import sqlalchemy as sa

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_FIGURES = ("fit", "followers", "views", "engagement", "price", "posted_on")
_KINDS = {"price": sa.Numeric(14, 2), "posted_on": sa.Date()}


def upgrade() -> None:
    op.create_table(
        "contact_bests",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        *(sa.Column(name, _KINDS.get(name, sa.Double()), nullable=True) for name in _FIGURES),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_bests_contact_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact_bests")),
    )
    for name in _FIGURES:
        op.create_index(f"ix_contact_bests_{name}", "contact_bests", [name, "contact_id"])
    op.create_index("ix_contacts_name", "contacts", [sa.text("lower(name)"), "id"])


def downgrade() -> None:
    op.drop_index("ix_contacts_name", "contacts")
    op.drop_table("contact_bests")
