"""Pure: our mailboxes, how far each folder was read, and what could not be read."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant


class Mailbox(Base):
    """An SMTP and IMAP account of ours, with its four throttles.

    `daily_cap` None means none; the gap is in seconds; `window` is "always" or a Window as a document; a mailbox
    with `paused_at` sends nothing and says why; bounces count against it since `counted_from`. `secret` is sealed.
    A disconnected one is kept for what it sent: it is paused, is not read, and has no secret.
    """

    __tablename__ = "mailboxes"
    __table_args__ = (CheckConstraint("auth IN ('password', 'xoauth2')", name="auth"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    reply_to: Mapped[str] = mapped_column(String(320), default="")
    smtp_url: Mapped[str] = mapped_column(String(300))
    imap_url: Mapped[str] = mapped_column(String(300))
    user: Mapped[str] = mapped_column(String(320))
    auth: Mapped[str] = mapped_column(String(10), default="password")
    secret: Mapped[str] = mapped_column(Text)
    daily_cap: Mapped[int | None]
    gap_min_s: Mapped[int] = mapped_column(default=480)
    gap_max_s: Mapped[int] = mapped_column(default=840)
    ramp: Mapped[bool] = mapped_column(default=True)
    window: Mapped[dict[str, Any]] = mapped_column(Document)
    zone: Mapped[str] = mapped_column(String(60), default="UTC")
    folders: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    pause_reason: Mapped[str] = mapped_column(Text, default="")
    counted_from: Mapped[datetime | None] = mapped_column(Instant)
    disconnected_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class MailFolder(Base):
    """The cursor of one folder: it moves only in the transaction that stores what it passes.

    `last_uid` is where new mail begins. What a first look has still to read below it lies from `missing_from` to
    `missing_to` (None: nothing), newest first; `missing_total` and `missing_left` count it. `exists` and `modseq` are
    what the server last said: while they stay, nothing is searched. `stuck_uid` is where reading broke `stuck_times`
    times. IMAP's numbers are unsigned and have 32 bits (RFC 9051 2.3.1.1), one more than PostgreSQL's integer.
    """

    __tablename__ = "mail_folders"
    __table_args__ = (UniqueConstraint("mailbox_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(300))
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    missing_from: Mapped[int | None] = mapped_column(BigInteger)
    missing_to: Mapped[int | None] = mapped_column(BigInteger)
    missing_total: Mapped[int] = mapped_column(default=0)
    missing_left: Mapped[int] = mapped_column(default=0)
    exists: Mapped[int] = mapped_column(BigInteger, default=-1)
    modseq: Mapped[int] = mapped_column(BigInteger, default=0)
    stuck_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    stuck_times: Mapped[int] = mapped_column(default=0)


class Quarantined(Base):
    """A message that could not be taken in: its bytes and the error, so that nothing is lost.

    `digest` is the SHA-256 of the bytes: the same message in two folders is one row.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        Index(
            "uq_quarantine_digest",
            "mailbox_id",
            "digest",
            unique=True,
            sqlite_where=text("digest <> ''"),
            postgresql_where=text("digest <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"), index=True)
    folder: Mapped[str] = mapped_column(String(300))
    uid: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64), default="")
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    error: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class MailboxCheck(Base):
    """One look at a mailbox: both servers and what DNS says of its domain. `ok`: mail can go and come.

    `findings` are those of `sequences/mailboxes/health.py`, in order: name, state, sentence, reason, record, paste,
    replaces.
    """

    __tablename__ = "mailbox_checks"
    __table_args__ = (Index("ix_mailbox_checks_at", "mailbox_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    ok: Mapped[bool]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Document)
