"""Pure: own fields of contacts: what a team wants to know beyond what every contact has."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant

FIELD_KINDS = ("text", "number", "money", "date", "choice", "url", "yes_no")


class ContactField(Base):
    """One own field. Values lie in `Contact.fields` under `key`, which stays when the label changes."""

    __tablename__ = "contact_fields"
    __table_args__ = (CheckConstraint(f"kind IN {FIELD_KINDS!r}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    choices: Mapped[list[str]] = mapped_column(Document, default=list)
    created_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
