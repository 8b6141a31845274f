"""Pure: who stands for whom: agents, managers and assistants as contacts of their own, tied to a creator."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class ContactLink(Base):
    """One contact who acts for another one. `speaks`: what the agent writes counts as an answer of the creator."""

    __tablename__ = "contact_links"
    __table_args__ = (
        UniqueConstraint("contact_id", "agent_id"),
        CheckConstraint("contact_id <> agent_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    speaks: Mapped[bool] = mapped_column(default=True)
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
