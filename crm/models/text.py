"""Pure: texts a workspace keeps for its mails: whole templates and snippets."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class SavedText(Base):
    """A template (a whole mail, named in sequences by `path`) or a snippet (a few lines).

    `dm` is the same said in a direct message. An archived text keeps its path, because sequences may name it.
    """

    __tablename__ = "saved_texts"
    __table_args__ = (
        CheckConstraint("kind IN ('template', 'snippet')", name="kind"),
        Index("ix_saved_texts_kind_name", "kind", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    path: Mapped[str] = mapped_column(String(160), unique=True)
    subject: Mapped[str] = mapped_column(LongText, default="")
    body: Mapped[str] = mapped_column(LongText)
    dm: Mapped[str] = mapped_column(LongText, default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    updated_by: Mapped[str] = mapped_column(String(80))
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class TextUse(Base):
    """One mail written by hand that began with a text: what "replies earned" and "last used" count."""

    __tablename__ = "text_uses"
    __table_args__ = (Index("ix_text_uses_text", "text_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("saved_texts.id", ondelete="CASCADE"))
    send_id: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
