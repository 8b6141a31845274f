"""Pure: what creators and their audiences say about products, the themes it makes, and what became of each theme."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant

_OPEN, _OPEN_OF_NOBODY = "merged_into_id IS NULL", "merged_into_id IS NULL AND brand_id IS NULL"
THEME_STATES = ("listening", "looking", "planned", "out")
SOURCES = ("hand", "mail", "form", "api", "csv")


class Theme(Base):
    """What several notes are about. `key` is its name folded; a merged theme stays, and names the one it went into.

    `quote_id` is the note that speaks for it, when somebody chose one; `plan` says what is being done, and when.
    Once it is out, `out_on` is the day and `did` says what was done, in the words that those who asked will read.
    """

    __tablename__ = "themes"
    __table_args__ = (
        CheckConstraint(f"state IN {THEME_STATES!r}", name="state"),
        Index("ix_themes_key", "key"),
        # Two themes of one name would each get half of the notes.
        Index(
            "uq_themes_open",
            "brand_id",
            "key",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "uq_themes_open_of_nobody",
            "key",
            unique=True,
            sqlite_where=text(_OPEN_OF_NOBODY),
            postgresql_where=text(_OPEN_OF_NOBODY),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(10), default="listening")
    state_since: Mapped[datetime] = mapped_column(Instant)
    plan: Mapped[str] = mapped_column(String(200), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    quote_id: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    out_on: Mapped[date | None]
    did: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)


class ThemeMove(Base):
    """One thing that became of a theme: `kind` is begun, state, name, owner, plan, did, merged, split or undone."""

    __tablename__ = "theme_moves"
    __table_args__ = (Index("ix_theme_moves_theme", "theme_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    before: Mapped[str] = mapped_column(String(200), default="")
    after: Mapped[str] = mapped_column(String(200), default="")


class Feedback(Base):
    """One quote about a product. `kind` is problem, idea or praise; without a theme it is new.

    `source` says how it came here, `reach` how many people they speak to. A stranger at a public form gives a name
    and an address (`said_by`, `said_email`), which prove nothing until a colleague says whose words these are.
    `request_key` keeps what is handed in twice from being kept twice; `batch_id` is the change that brought a file.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("kind IN ('problem', 'idea', 'praise')", name="kind"),
        CheckConstraint(f"source IN {SOURCES!r}", name="source"),
        Index("ix_feedback_theme", "theme_id", "created_at"),
        Index("ix_feedback_strongest", "theme_id", "from_audience", "created_at", "id"),
        Index("ix_feedback_created", "created_at", "id"),
        Index("ix_feedback_batch", "batch_id"),
        # Counts reports, and the new notes of each brand, without reading what was said.
        Index(
            "ix_feedback_report",
            "theme_id",
            "product_id",
            "contact_id",
            "created_at",
            "kind",
            "from_audience",
            "brand_id",
        ),
        Index("uq_feedback_request_key", "request_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    quote: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(10))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    heard: Mapped[str] = mapped_column(String(60), default="")
    from_audience: Mapped[bool] = mapped_column(default=False)
    reach: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(10), default="hand")
    said_by: Mapped[str] = mapped_column(String(200), default="")
    said_email: Mapped[str] = mapped_column(String(320), default="")
    request_key: Mapped[str | None] = mapped_column(String(120))
    batch_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)


class FeedbackLink(Base):
    """A public form for one brand, or one of its products. Its address is signed, and holds until `closed_at`."""

    __tablename__ = "feedback_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(80))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
