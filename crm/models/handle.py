"""Pure: a contact's accounts on platforms, with metrics as dated snapshots."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class Handle(Base):
    """One account on one platform. The newest snapshot's figures are kept here too, for filters and lists."""

    __tablename__ = "handles"
    __table_args__ = (
        UniqueConstraint("platform", "username"),
        Index(
            "ix_handles_price",
            "contact_id",
            "price_amount",
            "price_currency",
            sqlite_where=text("price_amount IS NOT NULL"),
            postgresql_where=text("price_amount IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(30))
    username: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500), default="")
    topic: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str | None] = mapped_column(String(12))
    price_amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    price_currency: Mapped[str | None] = mapped_column(String(3))
    last_post_on: Mapped[date | None]
    followers: Mapped[float | None] = mapped_column(index=True)
    avg_views: Mapped[float | None]
    avg_likes: Mapped[float | None]
    avg_comments: Mapped[float | None]
    engagement_rate: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class HandleSnapshot(Base):
    """What a handle's figures were on one day, and who said so. `engagement_rate` is a fraction: 0.0139 is 1.39 %."""

    __tablename__ = "handle_snapshots"
    __table_args__ = (Index("ix_handle_snapshots_handle_taken", "handle_id", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handle_id: Mapped[int] = mapped_column(ForeignKey("handles.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    followers: Mapped[float | None]
    avg_views: Mapped[float | None]
    avg_likes: Mapped[float | None]
    avg_comments: Mapped[float | None]
    engagement_rate: Mapped[float | None]
    posts: Mapped[float | None]
    score: Mapped[float | None]
    source: Mapped[str] = mapped_column(String(200), default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
