"""Long lists: the best figures of each person's accounts and people by name, with an index in their order; and indexes
that answer what filters ask without looking at a row.

Revision: 0022
Follows: 0021
"""

from alembic import op
import sqlalchemy as sa

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_FIGURES = ("fit", "followers", "views", "engagement", "price", "posted_on")
_KINDS = {"price": sa.Numeric(14, 2), "posted_on": sa.Date()}

# Name before, its columns, name since, its columns.
_WIDER = (
    (
        "handles", "ix_handles_contact_id", ("contact_id",), "ix_handles_contact",
        ("contact_id", "retired_at", "platform", "followers", "avg_views", "engagement_rate", "price_amount",
         "last_post_on"),
    ),
    (
        "threads", "ix_threads_contact", ("contact_id",), "ix_threads_contact",
        ("contact_id", "last_in_at", "last_out_at", "done_at", "snoozed_until"),
    ),
    (
        "contact_addresses", "ix_contact_addresses_contact_id", ("contact_id",), "ix_contact_addresses_contact",
        ("contact_id", "retired_at", "mailable"),
    ),
)


def upgrade() -> None:
    op.create_table(
        "contact_bests",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        *(sa.Column(name, _KINDS.get(name, sa.Double()), nullable=True) for name in _FIGURES),
        sa.Column("asked", sa.Numeric(14, 2), nullable=True),
        sa.Column("asked_in", sa.String(3), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], ondelete="CASCADE", name=op.f("fk_contact_bests_contact_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact_bests")),
    )
    for name in _FIGURES:
        op.create_index(f"ix_contact_bests_{name}", "contact_bests", [name, "contact_id"])
    op.create_index("ix_feedback_strongest", "feedback", ["theme_id", "from_audience", "created_at", "id"])
    op.create_index("ix_contacts_name", "contacts", [sa.text("lower(name)"), "id"])
    for table, old, _, new, columns in _WIDER:
        op.drop_index(old, table)
        op.create_index(new, table, list(columns))


def downgrade() -> None:
    for table, old, columns, new, _ in _WIDER:
        op.drop_index(new, table)
        op.create_index(old, table, list(columns))
    op.drop_index("ix_contacts_name", "contacts")
    op.drop_index("ix_feedback_strongest", "feedback")
    op.drop_table("contact_bests")
