"""Pure: figures that take too long to count for a page, kept by the beat with the instant they were counted at."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant


class KeptFigures(Base):
    """What was counted under a name; a page that shows it says as of when. May be lost: it is counted anew."""

    __tablename__ = "kept_figures"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    document: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
