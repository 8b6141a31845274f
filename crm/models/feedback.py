"""Pure: what creators and their audiences say about products, the themes it makes, and what became of each theme."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant

THEME_STATES = ("listening", "looking", "planned", "out")


class Theme(Base):
    """What several notes are about. `key` is its name folded; a merged theme stays, and names the one it went into.

    `quote_id` is the note that speaks for it, when somebody chose one; `plan` says what is being done, and when.
    """

    __tablename__ = "themes"
    __table_args__ = (
        CheckConstraint(f"state IN {THEME_STATES!r}", name="state"),
        Index("ix_themes_key", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(10), default="listening")
    state_since: Mapped[datetime] = mapped_column(Instant)
    plan: Mapped[str] = mapped_column(String(200), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    quote_id: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class ThemeMove(Base):
    """One thing that became of a theme: `kind` is begun, state, name, owner, plan, merged or undone."""

    __tablename__ = "theme_moves"
    __table_args__ = (Index("ix_theme_moves_theme", "theme_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    before: Mapped[str] = mapped_column(String(200), default="")
    after: Mapped[str] = mapped_column(String(200), default="")


class Feedback(Base):
    """One quote about a product. `kind` is problem, idea or praise; without a theme it is new."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("kind IN ('problem', 'idea', 'praise')", name="kind"),
        Index("ix_feedback_theme", "theme_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    quote: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(10))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    heard: Mapped[str] = mapped_column(String(60), default="")
    from_audience: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
