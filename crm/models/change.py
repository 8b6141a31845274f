"""Pure: changes that can be taken back: what was done, by whom, and all that the way back needs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant


class Change(Base):
    """One deed of a person, `count` things at once; `words` keeps the shape of `summary` for other languages."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text)
    words: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    count: Mapped[int] = mapped_column(default=1)
    data: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[str] = mapped_column(String(80), default="")
