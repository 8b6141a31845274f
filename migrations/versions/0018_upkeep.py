"""Upkeep: rhythms of stages and people, how often somebody writes, promises, and leaves of colleagues.

Revision: 0018
Follows: 0013
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median
from typing import Any

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_AT_ONCE = 5_000
# As crm/silence.py had it when this was written.
_GAPS, _FEWEST, _LEAST = 10, 3, timedelta(days=7)


def upgrade() -> None:
    op.add_column("stages", sa.Column("talk_days", sa.Integer(), nullable=True))
    op.add_column("relationships", sa.Column("talked_at", kit.db.Instant(), nullable=True))
    op.add_column("relationships", sa.Column("rhythm_days", sa.Integer(), nullable=True))
    op.add_column("relationships", sa.Column("rest_until", sa.Date(), nullable=True))
    op.create_index("ix_relationships_stage", "relationships", ["brand_id", "stage_id", "talked_at"])
    op.create_index("ix_relationships_rhythm", "relationships", ["brand_id", "rhythm_days", "talked_at"])
    op.execute(
        "UPDATE relationships SET talked_at = CASE WHEN last_out_at IS NULL OR last_in_at > last_out_at"
        " THEN last_in_at ELSE last_out_at END"
    )
    _make_pulses()
    _make_promises()
    _make_leaves()
    _fill_pulses()


def _make_pulses() -> None:
    op.create_table(
        "pulses",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("last_in_at", kit.db.Instant(), nullable=False),
        sa.Column("gap_s", sa.Integer(), nullable=True),
        sa.Column("quiet_from", kit.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_pulses_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_pulses")),
    )
    op.create_index("ix_pulses_quiet_from", "pulses", ["quiet_from"])


def _make_promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("decided_at", kit.db.Instant(), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'open', 'kept', 'broken', 'dismissed')", name=op.f("ck_promises_state")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_promises_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_promises_brand_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_promises_message_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_promises_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index("ix_promises_state", "promises", ["state", "due_on"])
    op.create_index("ix_promises_contact", "promises", ["contact_id", "state"])
    op.create_index("ix_promises_message_id", "promises", ["message_id"])


def _make_leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("begins_at", kit.db.Instant(), nullable=False),
        sa.Column("back_at", kit.db.Instant(), nullable=False),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("cancelled_at", kit.db.Instant(), nullable=True),
        sa.CheckConstraint("mode IN ('hand_over', 'pause')", name=op.f("ck_leaves_mode")),
        sa.CheckConstraint("begins_at < back_at", name=op.f("ck_leaves_span")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_leaves_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name=op.f("fk_leaves_deputy_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_user", "leaves", ["user_id", "back_at"])
    op.create_index("ix_leaves_deputy", "leaves", ["deputy_id", "back_at"])


def _fill_pulses() -> None:
    """Count once, for what is there already, what is kept up from now on."""
    bind = op.get_bind()
    messages = sa.table(
        "messages",
        sa.column("contact_id", sa.Integer()), sa.column("at", kit.db.Instant()), sa.column("id", sa.Integer()),
        sa.column("direction", sa.String()), sa.column("kind", sa.String()),
    )  # fmt: skip
    query = (
        sa.select(messages.c.contact_id, messages.c.at)
        .where(messages.c.direction == "in", messages.c.kind == "reply", messages.c.contact_id.is_not(None))
        .order_by(messages.c.contact_id, messages.c.at, messages.c.id)
    )
    rows = list(_pulses(bind.execute(query)))
    pulses = sa.table(
        "pulses",
        sa.column("contact_id", sa.Integer()), sa.column("last_in_at", kit.db.Instant()),
        sa.column("gap_s", sa.Integer()), sa.column("quiet_from", kit.db.Instant()),
    )  # fmt: skip
    for begin in range(0, len(rows), _AT_ONCE):
        bind.execute(pulses.insert(), rows[begin : begin + _AT_ONCE])


def _pulses(found: Any) -> Iterator[dict[str, Any]]:
    for contact_id, own in groupby(found, key=lambda row: row[0]):
        instants: list[datetime] = [row[1] for row in own]
        gaps = [(late - early).total_seconds() for early, late in zip(instants, instants[1:], strict=False)][-_GAPS:]
        gap = median(gaps) if len(gaps) >= _FEWEST else None
        quiet = None if gap is None else instants[-1] + max(2 * timedelta(seconds=int(gap)), _LEAST)
        yield {
            "contact_id": contact_id, "last_in_at": instants[-1],
            "gap_s": None if gap is None else int(gap), "quiet_from": quiet,
        }  # fmt: skip


def downgrade() -> None:
    op.drop_table("leaves")
    op.drop_table("promises")
    op.drop_table("pulses")
    op.drop_index("ix_relationships_rhythm", table_name="relationships")
    op.drop_index("ix_relationships_stage", table_name="relationships")
    with op.batch_alter_table("relationships") as table:
        table.drop_column("rest_until")
        table.drop_column("rhythm_days")
        table.drop_column("talked_at")
    with op.batch_alter_table("stages") as table:
        table.drop_column("talk_days")
