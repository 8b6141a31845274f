"""How far a first look has come, what a folder last said, where reading broke; mails by recipient for bounces, by sender for aliases.

Revision: 0004
Follows: 0003
"""

from alembic import op
import sqlalchemy as sa

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPTIONAL = ("missing_from", "missing_to")
_NUMBERS = (("missing_total", sa.Integer(), "0"), ("missing_left", sa.Integer(), "0"), ("exists", sa.BigInteger(), "-1"),
            ("modseq", sa.BigInteger(), "0"), ("stuck_uid", sa.BigInteger(), "0"), ("stuck_times", sa.Integer(), "0"))


def upgrade() -> None:
    for name in _OPTIONAL:
        op.add_column("mail_folders", sa.Column(name, sa.BigInteger(), nullable=True))
    for name, kind, default in _NUMBERS:
        op.add_column("mail_folders", sa.Column(name, kind, nullable=False, server_default=default))
    op.create_index("ix_sends_email", "sends", ["email"])
    op.create_index("ix_messages_sender", "messages", ["sender"])


def downgrade() -> None:
    op.drop_index("ix_messages_sender", "messages")
    op.drop_index("ix_sends_email", "sends")
    for name in (*_OPTIONAL, *(name for name, _, _ in _NUMBERS)):
        op.drop_column("mail_folders", name)
