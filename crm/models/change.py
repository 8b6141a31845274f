"""Pure: changes that can be taken back: what was done, by whom, and all that the way back needs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant

# What still holds what taking it back needs: until that is too long ago, and as long as two people are one.
HOLDS = "NOT emptied AND (kind <> 'contact.merge' OR undone_at IS NOT NULL)"


class Change(Base):
    """One deed of a person, `count` things at once; `words` keeps the shape of `summary` for other languages.

    An `emptied` one only says that it was done; of its `data` no more is left than what it was about.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_at", "at"),
        Index("ix_changes_holding", "at", "id", sqlite_where=text(HOLDS), postgresql_where=text(HOLDS)),
    )

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
    emptied: Mapped[bool] = mapped_column(default=False, server_default=false())
