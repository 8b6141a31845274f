"""Pure: long work as a row, and the files it reads or makes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant


class Job(Base):
    """Work done a chunk at a time; all that the next chunk needs is here, so a restart resumes exactly.

    A draft is not begun before somebody says so: it holds a file that is looked at. `data` is what was asked for,
    `cursor` where the next chunk begins; `left_out` counts by reason; `result` has `counts` by name and what else its
    page shows; `log` is a list of [instant, sentence].
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'waiting', 'running', 'done', 'failed')", name="state"),
        Index("ix_jobs_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    title: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    data: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    cursor: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    left_out: Mapped[dict[str, int]] = mapped_column(Document, default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    log: Mapped[list[list[str]]] = mapped_column(Document, default=list)
    faults: Mapped[int] = mapped_column(default=0)
    actor: Mapped[str] = mapped_column(String(80))
    change_id: Mapped[int | None] = mapped_column(ForeignKey("changes.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class JobFile(Base):
    """A piece of a file of a job, by the file's role and its place in it: pieces are added without rewriting any."""

    __tablename__ = "job_files"
    __table_args__ = (UniqueConstraint("job_id", "role", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
