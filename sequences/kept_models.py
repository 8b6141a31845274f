"""Pure: reports that take too long to count for a page, kept by the beat for every day they may begin or end at."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant


class KeptReport(Base):
    """What was counted from `edge` on, or up to it, of one subject. May be lost: it is counted anew.

    An edge is midnight in the zone of somebody who reads reports. One between which and its neighbour nothing
    happened is left out, because it would say the same.
    """

    __tablename__ = "kept_reports"

    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    edge: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(Document)
