"""Pure: the rows of what is being written: drafts of sequences with attachments, and tests sent to ourselves."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class SequenceDraft(Base):
    """What the next version of a sequence will say: a file as text, which need not be without faults yet.

    `base_number` is the version it was begun from; bodies that it names by a path are that version's.
    """

    __tablename__ = "sequence_drafts"

    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"), primary_key=True)
    base_number: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(80), default="")
    changed_at: Mapped[datetime] = mapped_column(Instant)


class DraftFile(Base):
    """An attachment that came with a draft, by its name in the file."""

    __tablename__ = "sequence_draft_files"

    sequence_id: Mapped[int] = mapped_column(
        ForeignKey("sequence_drafts.sequence_id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class TrialMail(Base):
    """A mail that somebody sent to themselves to look at it; it counts nowhere but against its own limit."""

    __tablename__ = "trial_mails"
    __table_args__ = (Index("ix_trial_mails_user", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    step_key: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant)
