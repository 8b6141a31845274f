"""Pure: what keeps a relationship alive: how often somebody writes, what we promised, and who of us is on leave."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class Pulse(Base):
    """How often somebody writes, kept up whenever they do (crm.pulses); `gap_s` None while they wrote too rarely.

    From `quiet_from` on they are going quiet, unless they write again.
    """

    __tablename__ = "pulses"
    __table_args__ = (Index("ix_pulses_quiet_from", "quiet_from"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    last_in_at: Mapped[datetime] = mapped_column(Instant)
    gap_s: Mapped[int | None]
    quiet_from: Mapped[datetime | None] = mapped_column(Instant)


class Promise(Base):
    """What one of us promised somebody, by when. `sentence` is where it was read; none for one written by hand.

    `state` is proposed (read, waits for a yes), open, kept, broken or dismissed. A new day for an open one is a move,
    counted in `moves`; `first_due_on` is what was promised at first.
    """

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'open', 'kept', 'broken', 'dismissed')", name="state"),
        Index("ix_promises_state", "state", "due_on"),
        Index("ix_promises_contact", "contact_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str] = mapped_column(String(300))
    sentence: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    first_due_on: Mapped[date | None]
    moves: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(String(80), default="")


class Leave(Base):
    """A colleague's leave from `begins_at` up to, not including, `back_at`: midnights on their own clock.

    `mode` is hand_over (the deputy sees their work) or pause (sequences from their mailboxes wait until they are
    back). It ends by itself; one that was taken back has `cancelled_at`.
    """

    __tablename__ = "leaves"
    __table_args__ = (
        CheckConstraint("mode IN ('hand_over', 'pause')", name="mode"),
        CheckConstraint("begins_at < back_at", name="span"),
        Index("ix_leaves_user", "user_id", "back_at"),
        Index("ix_leaves_deputy", "deputy_id", "back_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    mode: Mapped[str] = mapped_column(String(10))
    begins_at: Mapped[datetime] = mapped_column(Instant)
    back_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(80))
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
