"""Pure: the append-only timeline, and tasks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant

# In the words of the partial indexes, so that no planner has to prove that they fit.
STAGE_MOVE = "kind = 'stage'"


class TimelineEntry(Base):
    """One fact about a contact: who, what, why; only notes change (crm.notes). `undoes_id` names what this takes back.

    `actor` is `user:<id>`, `rule:<name>`, `contact` or `system`.
    """

    __tablename__ = "timeline_entries"
    __table_args__ = (
        Index("ix_timeline_entries_contact_at", "contact_id", "at", "id"),
        Index(
            "ix_timeline_entries_stage_moves",
            "brand_id",
            "id",
            sqlite_where=text(STAGE_MOVE),
            postgresql_where=text(STAGE_MOVE),
        ),
        Index(
            "ix_timeline_entries_newest_moves",
            "at",
            "id",
            "contact_id",
            "brand_id",
            sqlite_where=text(STAGE_MOVE),
            postgresql_where=text(STAGE_MOVE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(30))
    actor: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("timeline_entries.id"), unique=True)


class Task(Base):
    """Something a person has to do. `kind` is todo or step (a manual step of a sequence, `ref` names it)."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "done_at", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    kind: Mapped[str] = mapped_column(String(10), default="todo")
    ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    channel: Mapped[str] = mapped_column(String(30), default="")
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_by: Mapped[str] = mapped_column(String(80), default="")
