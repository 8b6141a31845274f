"""What the engine's rules count by: domains, hard bounces, overrides, moves between versions, incidents.

Revision: 0002
Follows: 0001
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXTS = (("sequence_versions", "actor", sa.String(80)), ("sequence_versions", "note", sa.Text()),
          ("enrolments", "override", sa.Text()), ("sends", "domain", sa.String(255)))
_INSTANTS = (("sequences", "counted_from"), ("mailboxes", "counted_from"), ("sends", "hard_bounced_at"))


def upgrade() -> None:
    for table, name, kind in _TEXTS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=""))
    for table, name in _INSTANTS:
        op.add_column(table, sa.Column(name, kit.db.Instant(), nullable=True))
    # In one statement both databases understand; Alembic would add the constraint apart, which SQLite cannot.
    op.execute(
        "ALTER TABLE enrolments ADD COLUMN user_id INTEGER CONSTRAINT fk_enrolments_user_id REFERENCES users (id)"
    )
    # Everything after the @; instr and strpos differ, substr with a pattern does not exist on both.
    find = "instr" if op.get_bind().dialect.name == "sqlite" else "strpos"
    op.execute(f"UPDATE sends SET domain = lower(substr(email, {find}(email, '@') + 1))")
    op.drop_index(op.f("ix_sends_sequence_id"), "sends")
    op.create_index("ix_sends_sequence_log", "sends", ["sequence_id", "sent_at"])
    op.create_index("ix_sends_domain_log", "sends", ["domain", "sent_at"])
    draft, hard = sa.text("state = 'draft'"), sa.text("hard_bounced_at IS NOT NULL")
    op.create_index("ix_sends_draft", "sends", ["due_at", "id"], sqlite_where=draft, postgresql_where=draft)
    op.create_index("ix_sends_hard", "sends", ["hard_bounced_at"], sqlite_where=hard, postgresql_where=hard)
    op.add_column("quarantine", sa.Column("digest", sa.String(64), nullable=False, server_default=""))
    known = sa.text("digest <> ''")
    op.create_index(
        "uq_quarantine_digest", "quarantine", ["mailbox_id", "digest"], unique=True,
        sqlite_where=known, postgresql_where=known,
    )  # fmt: skip
    unclear = sa.text("state IN ('sending', 'unknown')")
    op.create_index(
        "ix_sends_unclear", "sends", ["mailbox_id", "claimed_at"], sqlite_where=unclear, postgresql_where=unclear
    )
    op.create_table(
        "version_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence_id", sa.Integer(), nullable=False),
        sa.Column("to_number", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.Column("undone_at", kit.db.Instant(), nullable=True),
        sa.Column("undone_by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequences.id"], ondelete="CASCADE",
                                name=op.f("fk_version_changes_sequence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_changes")),
    )
    op.create_index(op.f("ix_version_changes_sequence_id"), "version_changes", ["sequence_id"])
    op.create_table(
        "version_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column("before", kit.db.Document, nullable=False),
        sa.Column("after", kit.db.Document, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["version_changes.id"], ondelete="CASCADE",
                                name=op.f("fk_version_moves_change_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], ondelete="CASCADE",
                                name=op.f("fk_version_moves_enrolment_id")),
        sa.ForeignKeyConstraint(["from_version_id"], ["sequence_versions.id"],
                                name=op.f("fk_version_moves_from_version_id")),
        sa.ForeignKeyConstraint(["to_version_id"], ["sequence_versions.id"],
                                name=op.f("fk_version_moves_to_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_moves")),
    )
    op.create_index(op.f("ix_version_moves_change_id"), "version_moves", ["change_id"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=True),
        sa.Column("sequence_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("data", kit.db.Document, nullable=False),
        sa.Column("closed_at", kit.db.Instant(), nullable=True),
        sa.Column("closed_by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_incidents_mailbox_id")),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequences.id"], name=op.f("fk_incidents_sequence_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], ondelete="SET NULL",
                                name=op.f("fk_incidents_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_open", "incidents", ["closed_at", "at"])


def downgrade() -> None:
    for table in ("incidents", "version_moves", "version_changes"):
        op.drop_table(table)
    for name in ("ix_sends_unclear", "ix_sends_hard", "ix_sends_draft", "ix_sends_domain_log", "ix_sends_sequence_log"):
        op.drop_index(name, "sends")
    op.create_index(op.f("ix_sends_sequence_id"), "sends", ["sequence_id"])
    op.drop_index("uq_quarantine_digest", "quarantine")
    op.drop_column("quarantine", "digest")
    op.drop_column("enrolments", "user_id")
    for table, name in reversed(_INSTANTS):
        op.drop_column(table, name)
    for table, name, _ in reversed(_TEXTS):
        op.drop_column(table, name)
