"""Pure: conversations, their messages, and every id that a message may be known by."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant

# What may be anybody's turn, or sleeps: very few of all conversations. Queries that name it use the index of it.
OPEN_THREAD = "done_at IS NULL OR done_at < last_in_at OR done_at < last_out_at OR snoozed_until IS NOT NULL"
# The same for mail: what people sent, and the mail of people on either side.
REPLY = "direction = 'in' AND kind = 'reply'"
COMPLAINT = "direction = 'in' AND complaint"
UNSURE = "reply_confidence IS NOT NULL AND reply_kind_by = ''"
HUMAN_MAIL = "kind IN ('reply', 'sent', 'manual') AND contact_id IS NOT NULL"


def _of_awake(name: str, *first: str) -> Index:
    """Return an index of the conversations that are anybody's turn or sleep: some columns, then what decides it."""
    only = text(OPEN_THREAD)
    decisive = "last_in_at", "last_out_at", "done_at", "snoozed_until"
    return Index(name, *first, *decisive, sqlite_where=only, postgresql_where=only)


class Thread(Base):
    """A conversation of one mailbox with one contact, or with somebody unknown (`contact_id` None)."""

    __tablename__ = "threads"
    __table_args__ = (
        Index("ix_threads_contact", "contact_id", "last_in_at", "last_out_at", "done_at", "snoozed_until"),
        Index("ix_threads_last", "last_at"),
        Index("ix_threads_mailbox", "mailbox_id"),
        _of_awake("ix_threads_open"),
        # The same by person, for lists of people.
        _of_awake("ix_threads_awake", "contact_id"),
        # Whose turn it is, by mailbox and brand, which every page says.
        _of_awake("ix_threads_turns", "mailbox_id", "brand_id", "contact_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    subject: Mapped[str] = mapped_column(Text, default="")
    last_at: Mapped[datetime] = mapped_column(Instant)
    last_in_at: Mapped[datetime | None] = mapped_column(Instant)
    last_out_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    snoozed_until: Mapped[datetime | None] = mapped_column(Instant)


class Message(Base):
    """One stored mail, in or out. `at` is INTERNALDATE for mail that came in, the sending for mail that left.

    `kind` is reply, auto_reply, bounce, challenge or other for mail in; sent or manual for mail out.
    `guessed_kind` is what the machine said, for good; `reply_kind` what holds, a person's word before the machine's.
    `dedupe` is the Message-ID, else a hash of the bytes: the same mail in two folders is one row.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "dedupe"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        Index("ix_messages_thread_at", "thread_id", "at"),
        Index("ix_messages_contact_at", "contact_id", "at"),
        Index("ix_messages_sender", "sender"),
        Index("ix_messages_mailbox_at", "mailbox_id", "at"),
        Index("ix_messages_replies", "contact_id", "at", sqlite_where=text(REPLY), postgresql_where=text(REPLY)),
        Index(
            "ix_messages_box_replies",
            "mailbox_id",
            "at",
            "complaint",
            sqlite_where=text(REPLY),
            postgresql_where=text(REPLY),
        ),
        Index(
            "ix_messages_complaints",
            "mailbox_id",
            "at",
            sqlite_where=text(COMPLAINT),
            postgresql_where=text(COMPLAINT),
        ),
        Index(
            "ix_messages_unsure",
            "reply_confidence",
            "thread_id",
            sqlite_where=text(UNSURE),
            postgresql_where=text(UNSURE),
        ),
        Index(
            "ix_messages_human",
            "at",
            "contact_id",
            "direction",
            sqlite_where=text(HUMAN_MAIL),
            postgresql_where=text(HUMAN_MAIL),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    direction: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(12))
    dedupe: Mapped[str] = mapped_column(String(300))
    rfc_id: Mapped[str | None] = mapped_column(String(998))
    sender: Mapped[str] = mapped_column(String(320), default="")
    sender_name: Mapped[str] = mapped_column(String(300), default="")
    recipients: Mapped[list[str]] = mapped_column(Document, default=list)
    subject: Mapped[str] = mapped_column(Text, default="")
    snippet: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    dated_at: Mapped[datetime | None] = mapped_column(Instant)
    folder: Mapped[str] = mapped_column(String(300), default="")
    matched_by: Mapped[str] = mapped_column(String(40), default="")
    needs_review: Mapped[bool] = mapped_column(default=False)
    reply_kind: Mapped[str | None] = mapped_column(String(20))
    reply_cue: Mapped[str] = mapped_column(String(300), default="")
    reply_kind_by: Mapped[str] = mapped_column(String(80), default="")
    guessed_kind: Mapped[str | None] = mapped_column(String(20))
    reply_confidence: Mapped[float | None]
    opt_out: Mapped[bool] = mapped_column(default=False)
    complaint: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)


class MessageBody(Base):
    """The large parts of a message, apart, so that lists stay quick. `new_text` is what the sender newly wrote."""

    __tablename__ = "message_bodies"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    new_text: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str | None] = mapped_column(Text)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)


class MessageId(Base):
    """One id that a message is known by: servers rewrite ids, so a message may have several."""

    __tablename__ = "message_ids"
    __table_args__ = (Index("ix_message_ids_rfc", "rfc_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    rfc_id: Mapped[str] = mapped_column(String(998))
