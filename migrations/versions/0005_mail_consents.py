"""Consent to sign in to mailboxes with tokens, and the requests for it that are under way.

Revision: 0005
Follows: 0004
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_consents",
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("expires_at", kit.db.Instant(), nullable=False),
        sa.Column("given_at", kit.db.Instant(), nullable=False),
        sa.Column("given_by", sa.String(80), nullable=False),
        sa.Column("refreshed_at", kit.db.Instant(), nullable=True),
        sa.Column("ended_at", kit.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], ondelete="CASCADE",
                                name=op.f("fk_mail_consents_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_mail_consents")),
    )
    op.create_table(
        "mail_consent_requests",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("expires_at", kit.db.Instant(), nullable=False),
        sa.Column("used_at", kit.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], ondelete="CASCADE",
                                name=op.f("fk_mail_consent_requests_mailbox_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE",
                                name=op.f("fk_mail_consent_requests_user_id")),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_mail_consent_requests")),
    )
    op.create_index(op.f("ix_mail_consent_requests_mailbox_id"), "mail_consent_requests", ["mailbox_id"])


def downgrade() -> None:
    op.drop_table("mail_consent_requests")
    op.drop_table("mail_consents")
