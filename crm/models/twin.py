"""Pure: who may be the same person as whom: the keys people share, the pairs they make, the merges that were made."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant

KEY_LENGTH = 320


class ContactKey(Base):
    """One thing by which a person may be known twice. `kind` is mail, handle, url or name; `value` is normalised."""

    __tablename__ = "contact_keys"
    __table_args__ = (Index("ix_contact_keys_value", "kind", "value"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)


class ContactPair(Base):
    """Two contacts who may be one person; `evidence` is a list of [kind, what the one has, what the other has].

    `apart` is remembered for good: somebody said that they are two people.
    """

    __tablename__ = "contact_pairs"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'apart')", name="state"),
        Index("ix_contact_pairs_high", "high_id"),
        Index("ix_contact_pairs_state", "state", "weight", "low_id", "high_id"),
    )

    low_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    high_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    weight: Mapped[int] = mapped_column(default=0)
    evidence: Mapped[list[Any]] = mapped_column(Document, default=list)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(String(80), default="")


class ContactMerge(Base):
    """Who lives on in whom, until the merge is taken back. The absorbed contact's own row stays, hidden and empty."""

    __tablename__ = "contact_merges"

    absorbed_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    survivor_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("changes.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(Instant)
