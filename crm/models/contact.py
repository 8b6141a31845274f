"""Pure: contacts, their addresses and tags, and the imports they came from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant


class Contact(Base):
    """A person we may write to. `search_text` is folded (crm.contacts) and serves filters by words."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index(
            "ix_contacts_erased",
            "id",
            sqlite_where=text("erased_at IS NOT NULL"),
            postgresql_where=text("erased_at IS NOT NULL"),
        ),
        Index("ix_contacts_name", text("lower(name)"), "id"),
        Index("ix_contacts_topic", "topic"),
        Index("ix_contacts_added", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300), default="")
    first_name: Mapped[str] = mapped_column(String(150), default="")
    last_name: Mapped[str] = mapped_column(String(150), default="")
    pronouns: Mapped[str] = mapped_column(String(60), default="")
    country: Mapped[str | None] = mapped_column(String(2), index=True)
    city: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str | None] = mapped_column(String(12))
    zone: Mapped[str | None] = mapped_column(String(60))
    topic: Mapped[str] = mapped_column(String(200), default="")
    personal_line: Mapped[str] = mapped_column(Text, default="")
    fields: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    ships_to: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(200), default="")
    basis_since: Mapped[date | None]
    basis_source: Mapped[str] = mapped_column(String(200), default="", server_default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)
    search_text: Mapped[str] = mapped_column(Text, default="")


class ContactAddress(Base):
    """An email address of a contact. `mailable` is ok, unknown or bad; could not check is unknown, never bad.

    One that is no longer used is retired, with the reason: mail from it is still theirs, mail to it is not written.
    """

    __tablename__ = "contact_addresses"
    __table_args__ = (
        CheckConstraint("mailable IN ('ok', 'unknown', 'bad')", name="mailable"),
        Index("ix_contact_addresses_contact", "contact_id", "retired_at", "mailable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    mailable: Mapped[str] = mapped_column(String(10), default="unknown")
    source: Mapped[str] = mapped_column(String(200), default="")
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    retired_why: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Instant)


class ContactTag(Base):
    """One tag on one contact."""

    __tablename__ = "contact_tags"
    __table_args__ = (Index("ix_contact_tags_tag", "tag"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(80), primary_key=True)


class Import(Base):
    """One file read into contacts: its mapping and counts, and what each row changed, so it can be taken back."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(300))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    mapping: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    undo: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
