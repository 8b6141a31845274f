"""Put away for good, or for now: sequences can be archived, and know since when.

Revision: 0027
Follows: 0026
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_NAME = "ck_sequences_state"
_BEFORE = "state IN ('draft', 'live', 'paused')"
_AFTER = "state IN ('draft', 'live', 'paused', 'archived')"


def upgrade() -> None:
    op.add_column("sequences", sa.Column("archived_at", kit.db.Instant(), nullable=True))
    _change_check(_BEFORE, _AFTER)


def downgrade() -> None:
    # What was launched once waits, and what never was is a draft again: neither sends.
    op.execute(
        sa.text(
            "UPDATE sequences SET state = CASE WHEN started_at IS NULL THEN 'draft' ELSE 'paused' END, "
            "paused_at = CASE WHEN started_at IS NULL THEN paused_at ELSE coalesce(paused_at, archived_at) END "
            "WHERE state = 'archived'"
        )
    )
    _change_check(_AFTER, _BEFORE)
    op.drop_column("sequences", "archived_at")


def _change_check(old: str, new: str) -> None:
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f(_NAME), "sequences", type_="check")
        op.create_check_constraint(op.f(_NAME), "sequences", new)
        return
    # Copying the table, as batches do, would take versions and runs along when the old one is dropped. The text of a
    # CHECK may be changed in place (sqlite.org/lang_altertable.html, section 8).
    number = bind.scalar(sa.text("PRAGMA schema_version"))
    op.execute(sa.text("PRAGMA writable_schema = ON"))
    change = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'sequences'")
    bind.execute(change, {"old": old, "new": new})
    op.execute(sa.text(f"PRAGMA schema_version = {number + 1}"))
    op.execute(sa.text("PRAGMA writable_schema = OFF"))
