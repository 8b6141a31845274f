"""Pure: telling those who raised a theme what became of it: one letter for each person and theme, ever."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant

TELL_KEY = "tell:"  # how the request keys of such mails begin
TELL_STATES = ("draft", "held", "queued", "told")


class ThemeTell(Base):
    """The letter that tells one person about one theme; nobody is told twice, because there is no second row.

    draft: written, waits for a yes. held: not written, `reason` says why (`words` in other languages). queued:
    `send_id` is on its way, or ended without leaving. told: it left at `told_at`. `anyway` is why somebody wrote
    although a rule of the team stood against it.
    """

    __tablename__ = "theme_tells"
    __table_args__ = (
        UniqueConstraint("theme_id", "contact_id"),
        CheckConstraint(f"state IN {TELL_STATES!r}", name="state"),
        Index("ix_theme_tells_contact", "contact_id"),
        Index("ix_theme_tells_send", "send_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    is_edited: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    rule: Mapped[str] = mapped_column(String(30), default="")
    anyway: Mapped[str] = mapped_column(Text, default="")
    tries: Mapped[int] = mapped_column(default=0)
    send_id: Mapped[int | None] = mapped_column(ForeignKey("sends.id", ondelete="SET NULL"))
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
