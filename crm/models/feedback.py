"""Pure: what creators and their audiences say about products."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class Feedback(Base):
    """One quote about a product. `kind` is problem, idea or praise."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("kind IN ('problem', 'idea', 'praise')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    quote: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(200), default="")
    from_audience: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
