"""Pure: people who sign in, their sessions and one-time links, and the workspace's own settings."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant

# Whose work a colleague looks at.
MINE, EVERYONE = "mine", "everyone"
ROLES = ("admin", "manager", "outreach", "relationship", "reviewer", "brand")


class User(Base):
    """A colleague. Without a `password_hash` nobody can sign in yet; no `language` means what the browser asks for.

    Mail sent by hand waits `undo_s` seconds, in which it can be taken back.
    """

    __tablename__ = "users"
    __table_args__ = (CheckConstraint(f"role IN {ROLES!r}", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(300))
    zone: Mapped[str] = mapped_column(String(60), default="UTC")
    theme: Mapped[str] = mapped_column(String(10), default="system")
    letter_keys: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(12), default="", server_default="")
    undo_s: Mapped[int] = mapped_column(default=10)
    whose: Mapped[str] = mapped_column(String(10), default=MINE, server_default=MINE)
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)


class Session(Base):
    """One signed-in browser. Only the hash of its token is stored."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class OneTimeLink(Base):
    """A link that works once: `purpose` is setup (first account) or password."""

    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class WorkspaceSetting(Base):
    """One setting of the workspace, by name."""

    __tablename__ = "workspace_settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Document)
