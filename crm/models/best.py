"""Pure: the best figures of each person's accounts, by which a long list is sorted; kept by the beat (crm.bests)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base

BEST_COLUMNS = ("fit", "followers", "views", "engagement", "price", "posted_on")


class ContactBest(Base):
    """The highest of each figure among the accounts a person uses, each of any of them; None where none has it.

    `fit` is by the usual weights; `asked` is what they ask for on any account, and in which currency. As of when the
    beat last looked; may be lost: it is counted anew.
    """

    __tablename__ = "contact_bests"
    __table_args__ = tuple(Index(f"ix_contact_bests_{name}", name, "contact_id") for name in BEST_COLUMNS)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    fit: Mapped[float | None]
    followers: Mapped[float | None]
    views: Mapped[float | None]
    engagement: Mapped[float | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    posted_on: Mapped[date | None]
    asked: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    asked_in: Mapped[str | None] = mapped_column(String(3))
