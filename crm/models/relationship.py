"""Pure: brands, their products, the stages, and where one contact stands with one brand."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class Brand(Base):
    """On whose behalf we write.

    `signature` is Markdown with merge fields; `reply_to` an address that one of our mailboxes receives, or empty.
    """

    __tablename__ = "brands"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    postal_address: Mapped[str] = mapped_column(String(500), default="")
    signature: Mapped[str] = mapped_column(Text, default="")
    requires_postal: Mapped[bool] = mapped_column(default=True)
    reply_to: Mapped[str] = mapped_column(String(320), default="")
    requires_one_click: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Product(Base):
    """What a brand sells, in the words a pitch needs. A retired one is offered no more."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("brand_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(Text, default="")
    difference: Mapped[str] = mapped_column(Text, default="")
    audience_reason: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class Stage(Base):
    """One stage of the pipeline. `rule` names the automatic move that ends here: first_pitch or human_reply.

    People who stand here are to be talked to every `talk_days`, as far as it says so.
    """

    __tablename__ = "stages"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    position: Mapped[int]
    rule: Mapped[str | None] = mapped_column(String(20), unique=True)
    talk_days: Mapped[int | None]


class Relationship(Base):
    """One contact and one brand. The instants of the last mails decide whose turn it is (crm.turns).

    `talked_at` is the last word of either side, mail or logged by hand. `rhythm_days` None is the stage's rhythm, 0
    none; with `rest_until` they are not due before that day, until the next word.
    """

    __tablename__ = "relationships"
    __table_args__ = (
        UniqueConstraint("contact_id", "brand_id"),
        Index("ix_relationships_lane", "brand_id", "stage_id", "stage_since", "contact_id"),
        Index("ix_relationships_stage", "brand_id", "stage_id", "talked_at"),
        Index("ix_relationships_rhythm", "brand_id", "rhythm_days", "talked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    stage_since: Mapped[datetime] = mapped_column(Instant)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    last_in_at: Mapped[datetime | None] = mapped_column(Instant)
    last_out_at: Mapped[datetime | None] = mapped_column(Instant)
    talked_at: Mapped[datetime | None] = mapped_column(Instant)
    rhythm_days: Mapped[int | None]
    rest_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
