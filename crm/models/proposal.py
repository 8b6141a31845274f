"""Pure: facts that a mail proposes, with what a person decided; and what people corrected about the machine's guess."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant


class Proposal(Base):
    """One fact that a mail states, waiting for a yes. `kind` and `data` as in mailer.said; `effect` is what a yes made.

    `decision` is empty, accepted or dismissed; who decided and when stay with it.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("message_id", "number"),
        CheckConstraint("decision IN ('', 'accepted', 'dismissed')", name="decision"),
        Index("ix_proposals_contact", "contact_id", "decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    data: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(String(10), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    effect: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)


class ReplyCorrection(Base):
    """What a person said a reply is, beside what the machine had said: `guessed` with its confidence, kept for good.

    `before` is what it was taken for just before; `marks` how much text the model had to go by.
    """

    __tablename__ = "reply_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    guessed: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[float | None]
    marks: Mapped[int] = mapped_column(default=0)
    before: Mapped[str] = mapped_column(String(20), default="")
    after: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
