"""Pure: a contact's accounts on platforms: dated figures, posts, rates, and the names they had before."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class Handle(Base):
    """One account on one platform. What its snapshots, posts and rates come to is kept here too, for filters and lists.

    `is_main` is the account that stands for the person, else the largest does. One that is no longer used is retired.
    `views_spread` is the variation of the last ten posts, `post_gap_days` the usual days between posts.
    """

    __tablename__ = "handles"
    __table_args__ = (
        UniqueConstraint("platform", "username"),
        # What filters ask of an account, so that they need not look at it.
        Index(
            "ix_handles_contact",
            "contact_id",
            "retired_at",
            "platform",
            "followers",
            "avg_views",
            "engagement_rate",
            "price_amount",
            "last_post_on",
        ),
        Index("ix_handles_topic", "topic", "contact_id", "retired_at"),
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
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
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
    median_views: Mapped[float | None]
    views_spread: Mapped[float | None]
    post_gap_days: Mapped[float | None]
    is_main: Mapped[bool] = mapped_column(default=False, server_default=false())
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    retired_why: Mapped[str] = mapped_column(String(200), default="", server_default="")
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


class HandleName(Base):
    """A name that an account had until somebody changed it, and why."""

    __tablename__ = "handle_names"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle_id: Mapped[int] = mapped_column(ForeignKey("handles.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(30))
    username: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500), default="")
    until: Mapped[datetime] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(String(200), default="")
    actor: Mapped[str] = mapped_column(String(80))


class HandlePost(Base):
    """One post of an account, as somebody read it; `sponsor` is the brand it was made for, if any."""

    __tablename__ = "handle_posts"
    __table_args__ = (Index("ix_handle_posts_handle_day", "handle_id", "posted_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handle_id: Mapped[int] = mapped_column(ForeignKey("handles.id", ondelete="CASCADE"))
    posted_on: Mapped[date]
    views: Mapped[float | None]
    interactions: Mapped[float | None]
    url: Mapped[str] = mapped_column(String(500), default="")
    sponsor: Mapped[str] = mapped_column(String(120), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)


class HandleRate(Base):
    """What one format costs at one account, from the day it was said; the newest of a format holds."""

    __tablename__ = "handle_rates"
    __table_args__ = (Index("ix_handle_rates_handle_day", "handle_id", "said_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handle_id: Mapped[int] = mapped_column(ForeignKey("handles.id", ondelete="CASCADE"))
    format: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    currency: Mapped[str] = mapped_column(String(3))
    said_on: Mapped[date]
    said_by: Mapped[str] = mapped_column(String(200), default="")
    actor: Mapped[str] = mapped_column(String(80))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
