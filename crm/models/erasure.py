"""Pure: what stays of people who were erased, and who was shown or given whose data."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class ErasedMark(Base):
    """The salted hash of an address or account of somebody erased: enough to refuse it, not enough to read it."""

    __tablename__ = "erased_marks"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class Disclosure(Base):
    """One time that data of people left Rapport: `kind` is person, people, workspace, mail or backup.

    `contact_id` names the person when it was one; `count` how many people, 0 where nobody counted.
    """

    __tablename__ = "disclosures"
    __table_args__ = (Index("ix_disclosures_contact", "contact_id", "at"), Index("ix_disclosures_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    count: Mapped[int] = mapped_column(default=1)
