"""Pure: mail being written by hand: drafts, one for each person and place, and the files that go with a mail."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class MailDraft(Base):
    """What a colleague has typed so far. `place` is thread:12 for an answer, contact:5 for a new mail."""

    __tablename__ = "mail_drafts"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    cc: Mapped[str] = mapped_column(Text, default="", server_default="")
    text_id: Mapped[int | None] = mapped_column(ForeignKey("saved_texts.id", ondelete="SET NULL"))
    updated_at: Mapped[datetime] = mapped_column(Instant)


class MailFile(Base):
    """A file that goes with a mail written by hand: of its draft first, then of its send."""

    __tablename__ = "mail_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("mail_drafts.id", ondelete="CASCADE"), index=True)
    send_id: Mapped[int | None] = mapped_column(ForeignKey("sends.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
